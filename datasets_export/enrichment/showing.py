"""Cuts a text where its spans begin and end, to show them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that the same spans hold; `ends` are the numbers of those that end with it."""

    text: str
    spans: tuple[Any, ...]
    ends: tuple[int, ...]

    @property
    def tone(self) -> str:
        """kept if all its spans are, else certain if one is, else uncertain; empty without any."""
        if not self.spans:
            return ""
        redacted = [span for span in self.spans if not span.is_kept]
        if not redacted:
            return "kept"
        return "certain" if any(span.is_certain for span in redacted) else "uncertain"


def cut(text: str, spans: Sequence[Any], first: int = 1) -> list[Piece]:
    """The whole text in pieces; spans, in order of their start, are numbered from `first`."""
    places = sorted({0, len(text), *(min(place, len(text)) for span in spans for place in (span.start, span.end))})
    pieces = []
    held: list[tuple[int, Any]] = []
    coming = list(enumerate(spans, first))[::-1]
    for start, end in zip(places, places[1:], strict=False):
        while coming and coming[-1][1].start <= start:
            held.append(coming.pop())
        held = [(number, span) for number, span in held if span.end > start]
        ends = tuple(number for number, span in held if span.end <= end)
        pieces.append(Piece(text[start:end], tuple(span for _number, span in held), ends))
    return pieces
