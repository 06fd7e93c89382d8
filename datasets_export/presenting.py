"""A release as its page shows it, from its manifest alone: nothing is counted when a page is read."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portals.templatetags.wording import locale

from . import telling
from .columns import COLUMNS, OF_ANSWER


@dataclass(frozen=True)
class Bar:
    name: str
    count: int
    percent: float
    """Of the largest: how long it is drawn."""

    @property
    def width(self):
        return f"{self.percent:.1f}%"


@dataclass(frozen=True)
class Measure:
    language: str
    recall: float
    precision: float
    cases: int


@dataclass
class Sheet:
    """`audit` is what `audits.results` gives of it, if anything; `portals` names them by code."""

    release: object
    audit: dict | None
    portals: dict

    def __post_init__(self):
        self.manifest = self.release.manifest
        self.counts = self.manifest["counts"]
        self.is_demo = self.release.is_demo

    @property
    def figures(self):
        return [(telling.COUNTS[name], self.counts[name]) for name in telling.COUNTS]

    @cached_property
    def months(self):
        return [date.fromisoformat(f"{month}-01") for month in sorted(self.counts.get("by_month", {}))]

    @property
    def until(self):
        return datetime.fromisoformat(self.manifest["until"])

    @property
    def bytes(self):
        return sum(file["bytes"] for file in self.manifest["files"])

    @property
    def languages(self):
        return bars(self.counts["by_language"], language_title)

    @property
    def by_portal(self):
        return bars(
            self.counts["by_portal"], lambda code: f"{self.portals[code]} ({code})" if code in self.portals else code
        )

    @property
    def by_model(self):
        return bars(self.counts.get("by_model", {}), str)

    @property
    def left_out(self):
        found = {}
        for entry in self.manifest["left_out"]:
            name = str(telling.rule(entry["rule"]))
            found[name] = found.get(name, 0) + entry["turns"]
        return sorted(((name, turns) for name, turns in found.items() if turns), key=lambda pair: -pair[1])

    @property
    def left_out_total(self):
        return sum(turns for _name, turns in self.left_out)

    @property
    def redacted(self):
        found = sorted(self.manifest["redacted"].items(), key=lambda pair: -pair[1])
        return [(telling.KINDS.get(kind, kind), spans) for kind, spans in found if spans]

    @property
    def measures(self):
        found = self.manifest["personal_data"]["measured"]
        return [
            Measure(language_title(code), 100 * one["recall"], 100 * one["precision"], one["cases"])
            for code, one in sorted(found.items())
        ]

    @property
    def bound(self):
        return 100 * self.audit["upper_bound"] if self.audit else None


def bars(counts, named):
    """The largest first."""
    most = max(counts.values(), default=0)
    found = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Bar(str(named(code)), count, 100 * count / most) for code, count in found if count]


def language(code):
    """Its name in the language of the page."""
    if code in ("", "und"):
        return telling.TOO_SHORT
    return locale().languages.get(code, code)


def language_title(code):
    return capfirst(language(code))


def columns():
    """(names, type, what it is): those of the two sides told once."""
    sides = {f"{column.name}_{side}" for column in OF_ANSWER for side in "ab"}
    alone = [([column.name], column.type, _(column.about)) for column in COLUMNS if column.name not in sides]
    return alone + [([f"{column.name}_a", f"{column.name}_b"], column.type, _(column.about)) for column in OF_ANSWER]


def changes(found):
    """[(what, before, after)] of a `changes.json`: the totals, those that changed."""
    counts = (found or {}).get("counts", {})
    return [(telling.COUNTS[name], *counts[name]) for name in telling.COUNTS if name in counts]
