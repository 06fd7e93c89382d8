"""How well the rules do on the synthetic set that ships with the project: five languages, and a half of each that
no rule was fitted to. Every name, number and address of it was made up."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arena.personal import Found, find

from .redacting import Piece

DATA = Path(__file__).parent / "data"
LANGUAGES = ("fr", "en", "da", "sv", "lt")
HALVES = ("tuned", "held-out")
MARK = re.compile(r"⟦(\w+):([^⟧]*)⟧")


@dataclass(frozen=True, slots=True)
class Case:
    """A text whose personal data is known."""

    language: str
    half: str
    by_visitor: bool
    text: str
    spans: list[Piece]


@dataclass(slots=True)
class Score:
    """`known` spans, of which `caught` from their first character to their last; spans `found`, of which `right` ones
    touch a known one."""

    cases: int = 0
    known: int = 0
    caught: int = 0
    caught_alone: int = 0
    """Without a person's help."""
    found: int = 0
    right: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.caught / self.known if self.known else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    def figures(self) -> dict[str, Any]:
        return {"recall": round(self.recall, 3), "precision": round(self.precision, 3), "cases": self.cases}


def cases(language: str, half: str = "") -> Iterator[Case]:
    """Those of a language; of one half if it is named."""
    for line in (DATA / f"personal_{language}.jsonl").read_text().splitlines():
        row = json.loads(line)
        if half in ("", row["half"]):
            yield Case(language, row["half"], row["by"] == "visitor", *unmarked(row["text"]))


def unmarked(marked: str) -> tuple[str, list[Piece]]:
    """The text without its marks, and what they said."""
    text = ""
    spans = []
    place = 0
    for match in MARK.finditer(marked):
        text += marked[place : match.start()]
        spans.append((len(text), len(text) + len(match[2]), match[1]))
        text += match[2]
        place = match.end()
    return text + marked[place:], spans


def score(language: str, half: str = "", kind: str = "") -> Score:
    """Over the cases of a language, for one kind or all."""
    total = Score()
    for case in cases(language, half):
        add(total, case, find(case.text, language, case.by_visitor), kind)
    return total


def add(total: Score, case: Case, found: list[Found], kind: str) -> None:
    """Count one case."""
    known = [span for span in case.spans if kind in ("", span[2])]
    ours = [piece for piece in found if kind in ("", piece.kind)]
    total.cases += bool(known) if kind else 1
    total.known += len(known)
    total.found += len(ours)
    for span in known:
        is_caught = covers(found, span)
        total.caught += is_caught
        total.caught_alone += covers([piece for piece in found if piece.is_certain], span)
        if not is_caught:
            total.missed.append(case.text)
    for piece in ours:
        is_right = any(start < piece.end and piece.start < end for start, end, _kind in case.spans)
        total.right += is_right
        if not is_right:
            total.wrong.append(f"{case.text} → {case.text[piece.start : piece.end]}")


def covers(found: list[Found], span: Piece) -> bool:
    """Whether no character of the span is left."""
    left = set(range(span[0], span[1]))
    for piece in found:
        left -= set(range(piece.start, piece.end))
    return not left


def measure() -> dict[str, dict[str, Any]]:
    """{language: {recall, precision, cases}} on the half that no rule was fitted to: what a dataset card prints."""
    return {language: score(language, "held-out").figures() for language in LANGUAGES}


def measure_kinds(half: str = "held-out") -> dict[str, dict[str, Any]]:
    """{kind: {recall, precision, cases}} over all the languages."""
    totals: dict[str, Score] = defaultdict(Score)
    for language in LANGUAGES:
        for case in cases(language, half):
            found = find(case.text, language, case.by_visitor)
            for kind in {*(span[2] for span in case.spans), *(piece.kind for piece in found)}:
                add(totals[kind], case, found, kind)
    return {kind: total.figures() for kind, total in sorted(totals.items())}
