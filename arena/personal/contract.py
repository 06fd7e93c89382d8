"""What the rules share."""

import re
from collections.abc import Iterator
from typing import NamedTuple, Protocol

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŸŹŻŽẠ-Ỹ"
"""Letters that begin a name in the languages of the site, and in most names that come to it."""


class Found(NamedTuple):
    """Characters `start` to `end` of a text. What is certain is redacted without asking a person."""

    start: int
    end: int
    kind: str
    source: str
    is_certain: bool = True


class Rule(Protocol):
    """A module of rules. `by_visitor`: the text is a question or a comment, else it is a model's answer."""

    def __call__(self, text: str, language: str, by_visitor: bool) -> Iterator[Found]: ...


def any_of(words: str) -> str:
    """An alternation of these words, longest first."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(words.split("|"), key=len, reverse=True))
