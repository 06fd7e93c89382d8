"""The ranking as a visitor asks for it: search, filters, sorts, style. In memory: a board has a few hundred rows."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from models_catalog import browsing
from models_catalog.models import LanguageModel, Licence
from models_catalog.sheets import month
from portals.templatetags.wording import grouped, significant

from . import boards, telling
from .drawing import Axis

FACETS = ("size", "licence")
SORTS = {
    "rank": gettext_lazy("Best liked first"),
    "name": gettext_lazy("Name"),
    "votes": gettext_lazy("Most votes first"),
    "neither": gettext_lazy("Least often “neither” first"),
    "energy": gettext_lazy("Least energy first"),
    "recent": gettext_lazy("Newest first"),
}


@dataclass(frozen=True)
class Bar:
    """Where an interval and a score stand on the shared axis, in percents of its width."""

    low: str
    high: str
    score: str


@dataclass(frozen=True)
class Row:
    """A model of the table, in words; what is empty is not known. `address` is empty if no sheet is here."""

    slug: str
    name: str
    address: str
    maker: str
    tier: int
    place: str
    score: str
    interval: str
    bar: Bar
    moved: int
    votes: str
    win_rate: str
    neither: str
    energy: str
    energy_class: str
    licence: str
    size: str
    released: str


@dataclass(frozen=True)
class Standing:
    """What the page shows. `tiers` are (tier, rows), a single one without number if the order is not that of the score;
    `query` is the canonical query string: what was wrong or useless in the address is gone."""

    tiers: list
    count: int
    ranked: int
    not_ranked: list
    axis: Axis
    facets: dict
    search: str
    sort: str
    has_style: bool
    is_styled: bool
    query: str

    @property
    def is_filtered(self):
        return bool(self.search or any(option.is_chosen for options in self.facets.values() for option in options))

    @property
    def ticks(self):
        return [(self.axis.percent(tick), number_format(tick)) for tick in self.axis.ticks()]

    @property
    def mean(self):
        return self.axis.percent(1000)


@dataclass(frozen=True)
class Filtered:
    """The ratings that a search and facets keep, with what they were, and how many each facet's value would keep."""

    kept: list
    facets: dict
    search: str
    query: list

    @property
    def is_filtered(self):
        return bool(self.query)


def filtered(ratings, asked):
    models = [rating.model for rating in ratings]
    labels = {name: browsing.LABELS[name](models) for name in FACETS}
    chosen = {name: [value for value in labels[name] if value in asked.getlist(name)] for name in FACETS}
    search = " ".join(asked.get("q", "").replace("\0", "").split())[: browsing.LONGEST_SEARCH].strip()
    words = browsing.plain(search).split()
    found = [
        rating
        for rating in ratings
        if all(word in browsing.plain(f"{rating.model.name} {rating.model.organisation}") for word in words)
    ]
    facets = {}
    for name in FACETS:
        counts = Counter(
            browsing.FACETS[name](rating.model) for rating in found if browsing.fits(rating.model, chosen, but=name)
        )
        facets[name] = [
            browsing.Option(value, label, counts[value], value in chosen[name]) for value, label in labels[name].items()
        ]
    kept = [rating for rating in found if browsing.fits(rating.model, chosen)]
    query = [*([("q", search)] if search else []), *((name, value) for name in FACETS for value in chosen[name])]
    return Filtered(kept, facets, search, query)


def standing(board, ratings, public, asked):
    """The Standing that the parameters ask for (a QueryDict). `public`: the ids of models with a sheet here."""
    found = filtered(ratings, asked)
    sort = asked.get("sort") if asked.get("sort") in SORTS else "rank"
    ranked = [rating for rating in ratings if rating.rank]
    has_style = bool(ranked) and all(rating.style_score is not None for rating in ranked)
    is_styled = has_style and asked.get("style") == "1"
    shown = [rating for rating in found.kept if rating.rank]
    ends = [end for rating in ranked for end in (rating.low, rating.high, *([rating.style_score] if is_styled else []))]
    axis = Axis.over(ends)
    drawn = rows(ordered(shown, sort, is_styled), axis, public, styled_places(ranked) if is_styled else None)
    return Standing(
        tiers=by_tier(drawn) if sort == "rank" and not is_styled else [(None, drawn)] if drawn else [],
        count=len(shown),
        ranked=len(ranked),
        not_ranked=[
            (rating, rating.model_id in public, telling.reason(rating, board.parameters))
            for rating in found.kept
            if not rating.rank
        ],
        axis=axis,
        facets=found.facets,
        search=found.search,
        sort=sort,
        has_style=has_style,
        is_styled=is_styled,
        query=urlencode(
            [
                *([("board", board.board)] if board.board != boards.ALL else []),
                *found.query,
                *([("style", "1")] if is_styled else []),
                *([("sort", sort)] if sort != "rank" else []),
            ]
        ),
    )


def by_tier(drawn):
    tiers = {}
    for row in drawn:
        tiers.setdefault(row.tier, []).append(row)
    return list(tiers.items())


def styled_places(ranked):
    """Each model's place at equal length and format, by its id."""
    order = sorted(ranked, key=lambda rating: -rating.style_score)
    return {rating.model_id: place for place, rating in enumerate(order, 1)}


def ordered(shown, sort, is_styled):
    """Ratings, which come by rank, in the order asked for; what is not known is last."""
    keys = {
        "rank": lambda rating: -(rating.style_score if is_styled else rating.score),
        "name": lambda rating: rating.model.name.casefold(),
        "votes": lambda rating: -rating.votes,
        "neither": lambda rating: 1 if rating.both_bad_rate is None else rating.both_bad_rate,
        "energy": lambda rating: browsing.middle_energy(rating.model),
        "recent": lambda rating: -rating.model.release_date.toordinal() if rating.model.release_date else 0,
    }
    return sorted(shown, key=keys[sort])


def rows(ratings, axis, public, places=None):
    """The Row of each rating; with the places at equal style, its score and place are those."""
    months = cache(month)
    sizes = {value: capfirst(str(label)) for value, label in LanguageModel.SizeClass.choices}
    licences = {value: capfirst(str(label)) for value, label in Licence.Distribution.choices}

    def row(rating):
        model = rating.model
        score = rating.style_score if places else rating.score
        place = places[rating.model_id] if places else None
        return Row(
            slug=model.slug,
            name=model.name,
            address=model.get_absolute_url() if rating.model_id in public else "",
            maker=model.organisation.name,
            tier=rating.tier,
            place=str(place) if places else span(rating),
            score=number_format(round(score), force_grouping=True),
            interval=""
            if places
            else _("%(low)s to %(high)s") % {"low": grouped(round(rating.low)), "high": grouped(round(rating.high))},
            bar=Bar(axis.percent(rating.low), axis.percent(rating.high), axis.percent(score)),
            moved=rating.rank - place if places else 0,
            votes=grouped(rating.votes),
            win_rate=telling.percent(rating.win_rate),
            neither=telling.percent(rating.both_bad_rate),
            energy=energy(model),
            energy_class=model.energy_class or "",
            licence=licences[model.licence.distribution],
            size=sizes.get(model.size_class, ""),
            released=capfirst(months(model.release_date)),
        )

    return [row(rating) for rating in ratings]


def span(rating):
    """A rank as the range that it is known by: "2–5", or "1"."""
    if rating.rank_low is None:
        return str(rating.rank)
    return f"{rating.rank_low}–{rating.rank_high}" if rating.rank_low < rating.rank_high else str(rating.rank_low)


def energy(model):
    """Electricity for 1,000 tokens, as a range; empty if it is not known."""
    found = model.impact_of_1000_tokens()
    if not found:
        return ""
    low, high = significant(found.energy_wh.min), significant(found.energy_wh.max)
    return _("%(low)s to %(high)s Wh") % {"low": low, "high": high} if low != high else _("%(low)s Wh") % {"low": low}
