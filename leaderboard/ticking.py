"""The words that visitors ticked, as pages tell them: a table of models and words, and a line for one model."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arena.models import VoteTag
from portals.templatetags.wording import grouped

from . import boards, presenting, telling
from .words import shares

SORTS = {
    "rank": gettext_lazy("Best liked first"),
    "name": gettext_lazy("Name"),
    "ticked": gettext_lazy("Most votes with a word first"),
}
"""Beside the words, each of which is an order of its own."""
NAMED = 3
"""Words of a model that its line names."""


@dataclass(frozen=True)
class Cell:
    """A word's share in words, and where it and its interval stand on an axis from 0 to 100 %."""

    label: str
    is_negative: bool
    percent: str
    interval: str
    share: str
    low: str
    high: str


@dataclass(frozen=True)
class Row:
    name: str
    address: str
    maker: str
    ticked: str
    cells: list


@dataclass(frozen=True)
class Table:
    """`few`: models that so few votes have words for that no share is told."""

    words: list
    rows: list
    few: list
    found: presenting.Filtered
    sort: str
    sorts: dict
    query: str

    @property
    def positive(self):
        return sum(word.polarity == VoteTag.Polarity.POSITIVE for word in self.words)

    @property
    def negative(self):
        return len(self.words) - self.positive


def table(board, ratings, public, asked):
    """The Table that the parameters ask for (a QueryDict). `public`: the ids of models with a sheet here."""
    words = ordered_words()
    codes = [word.code for word in words]
    sorts = {**SORTS, **{word.code: _("Most often “%(word)s” first") % {"word": word.label} for word in words}}
    sort = asked.get("sort") if asked.get("sort") in sorts else "rank"
    found = presenting.filtered(ratings, asked)
    told = {rating.pk: shares(rating.words, codes) for rating in found.kept}
    shown = [rating for rating in found.kept if told[rating.pk]]
    if sort == "name":
        shown.sort(key=lambda rating: rating.model.name.casefold())
    elif sort == "ticked":
        shown.sort(key=lambda rating: -rating.words["ticked"])
    elif sort in codes:
        shown.sort(key=lambda rating: -told[rating.pk][sort].share)
    return Table(
        words=words,
        rows=[row(rating, rating.model_id in public, words, told[rating.pk]) for rating in shown],
        few=sorted(rating.model.name for rating in found.kept if not told[rating.pk]),
        found=found,
        sort=sort,
        sorts=sorts,
        query=urlencode(
            [
                *([("board", board.board)] if board.board != boards.ALL else []),
                *found.query,
                *([("sort", sort)] if sort != "rank" else []),
            ]
        ),
    )


def ordered_words():
    """Those that visitors are offered, the positive ones first."""
    return sorted(VoteTag.offered(), key=lambda word: word.polarity != VoteTag.Polarity.POSITIVE)


def row(rating, has_sheet, words, told):
    return Row(
        name=rating.model.name,
        address=rating.model.get_absolute_url() if has_sheet else "",
        maker=rating.model.organisation.name,
        ticked=grouped(rating.words["ticked"]),
        cells=[cell(word, told[word.code]) for word in words],
    )


def cell(word, found):
    low, high = (number_format(round(100 * end)) for end in (found.low, found.high))
    return Cell(
        label=word.label,
        is_negative=word.polarity == VoteTag.Polarity.NEGATIVE,
        percent=telling.percent(found.share),
        interval=_("%(low)s to %(high)s%%") % {"low": low, "high": high},
        **{name: f"{100 * getattr(found, name):.1f}%" for name in ("share", "low", "high")},
    )


def line(rating):
    """The words ticked most often for a model, in a sentence; empty where too few votes have any."""
    words = {word.code: word.label for word in ordered_words()}
    told = shares(rating.words, words) or {}
    most = sorted((code for code in told if told[code].votes), key=lambda code: -told[code].share)[:NAMED]
    if not most:
        return ""
    listed = telling.listed([f"{words[code]} ({telling.percent(told[code].share)})" for code in most])
    return _("Words ticked most often for %(model)s, in %(votes)s votes that ticked any: %(words)s.") % {
        "model": rating.model.name,
        "votes": grouped(rating.words["ticked"]),
        "words": listed,
    }
