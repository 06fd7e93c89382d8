"""How far the site meets two references, criterion by criterion: accessibility (RGAA) and eco-design (RGESN).

The tables are `portals/data/rgaa.csv` and `rgesn.csv`, kept by hand; the pages and the footer only count them.
Their titles in the languages of other countries are apart, in `rgaa-titles.csv` and `rgesn-titles.csv`.
"""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
STATUSES = ("met", "not_met", "to_check", "not_applicable")


@dataclass(frozen=True)
class Criterion:
    """One row. `status` is one of STATUSES; what could not be checked here is "to_check", and does not count as met."""

    number: str
    status: str
    titles: dict[str, str]
    evidence: str
    checked_on: date

    def title(self, language: str) -> tuple[str, str]:
        """The title and its language: the one wanted, else English."""
        found = language if language in self.titles else "en"
        return self.titles[found], found


@dataclass(frozen=True)
class Table:
    """All criteria of a reference, in order."""

    rows: tuple[Criterion, ...]

    def of(self, status: str) -> list[Criterion]:
        return [row for row in self.rows if row.status == status]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in STATUSES}

    @property
    def rate(self) -> int:
        """Percent of the criteria that apply and are met, rounded down: a site is not said better than it is."""
        counts = self.counts
        applicable = len(self.rows) - counts["not_applicable"]
        return 100 * counts["met"] // applicable if applicable else 100

    @property
    def state(self) -> str:
        """As the law names it: "full", "partial" (half of the criteria or more) or "none"."""
        if self.rate == 100:
            return "full"
        return "partial" if self.rate >= 50 else "none"

    @property
    def checked_on(self) -> date:
        return max(row.checked_on for row in self.rows)


@cache
def table(name: str) -> Table:
    """`rgaa` or `rgesn`."""
    titles = {row["number"]: row for row in rows_of(f"{name}-titles.csv")}
    return read(row | titles[row["number"]] for row in rows_of(f"{name}.csv"))


def rows_of(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(newline="") as content:
        return list(csv.DictReader(content))


def read(rows: Iterable[dict[str, str]]) -> Table:
    """Raises ValueError for a status that is none."""
    found = []
    for row in rows:
        if row["status"] not in STATUSES:
            raise ValueError(f"{row['number']}: {row['status']} is not a status")
        titles = {name.removeprefix("title_"): text for name, text in row.items() if name.startswith("title_")}
        when = date.fromisoformat(row["checked_on"])
        found.append(Criterion(row["number"], row["status"], titles, row["evidence"], when))
    return Table(tuple(found))
