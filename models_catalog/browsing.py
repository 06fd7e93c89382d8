"""The list of models as a visitor asks for it: search, filters with counts, sorts.

One narrow query brings every card; the rest is done in memory, where a few hundred rows cost nothing.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portals.templatetags.wording import country, initials

from .models import LanguageModel, Licence
from .sheets import month

CARD = (
    *("slug", "name", "status", "reasoning", "release_date", "rank_summary", *LanguageModel.COUNTED_WITH),
    *("organisation__name", "organisation__slug", "organisation__country", "organisation__logo"),
    "licence__distribution",
)
SORTS = {"recent": _("Newest first"), "name": _("Name"), "size": _("Smallest first"), "energy": _("Least energy first")}
FACETS = {
    "size": lambda model: model.size_class or "unknown",
    "licence": lambda model: model.licence.distribution,
    "reasoning": lambda model: model.reasoning,
    "organisation": lambda model: model.organisation.slug,
}
"""By the parameter's name: what each model is under it."""
STATES = {"archived": _("no longer compared"), "paused": _("paused")}
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Option:
    """A value of a filter; `count` is how many models choosing it would show, the other filters being as they are."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Card:
    """A model as the list shows it, in words; what is empty is not known. `state` is empty for one that is compared."""

    address: str
    name: str
    logo: str
    initials: str
    maker: str
    size: str
    licence: str
    released: str
    energy: str
    tier: str
    state: str


@dataclass(frozen=True)
class Listing:
    """What the page shows. `query` is the canonical query string: what was wrong or useless in the address is gone."""

    cards: list
    facets: dict
    search: str
    sort: str
    archived: Option
    query: str

    @property
    def is_filtered(self):
        return bool(self.search or any(option.is_chosen for options in self.facets.values() for option in options))


def browse(models, asked):
    """The Listing that the parameters ask for (a QueryDict), among these models (a QuerySet). One query."""
    models = list(models.select_related("organisation", "licence").only(*CARD).order_by("name"))
    labels = {name: known(models) for name, known in LABELS.items()}
    chosen = {name: [value for value in labels[name] if value in asked.getlist(name)] for name in FACETS}
    search = " ".join(asked.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH].strip()
    sort = asked.get("sort") if asked.get("sort") in SORTS else "recent"
    shows_archived = asked.get("archived") == "1"

    words = plain(search).split()
    found = [model for model in models if all(word in plain(f"{model.name} {model.organisation}") for word in words)]
    kept = [model for model in found if shows_archived or model.status == LanguageModel.Status.ENABLED]
    facets = {}
    for name, key in FACETS.items():
        counts = Counter(key(model) for model in kept if fits(model, chosen, but=name))
        facets[name] = [
            Option(value, label, counts[value], value in chosen[name]) for value, label in labels[name].items()
        ]
    past = [model for model in found if model.status != LanguageModel.Status.ENABLED and fits(model, chosen)]
    return Listing(
        cards=cards(ordered([model for model in kept if fits(model, chosen)], sort)),
        facets=facets,
        search=search,
        sort=sort,
        archived=Option("1", gettext("Also those no longer compared"), len(past), shows_archived),
        query=urlencode(
            [
                *([("q", search)] if search else []),
                *((name, value) for name, values in chosen.items() for value in values),
                *([("archived", "1")] if shows_archived else []),
                *([("sort", sort)] if sort != "recent" else []),
            ]
        ),
    )


def plain(text):
    """Lower case, without accents: how words are searched."""
    return "".join(mark for mark in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(mark))


def fits(model, chosen, but=None):
    """Whether a model has, under each filter, one of the chosen values; a filter may be left out."""
    return all(FACETS[name](model) in values for name, values in chosen.items() if values and name != but)


def ordered(models, sort):
    """Models, which come by name, in the order asked for; those of which it is not known are last."""
    if sort == "recent":
        return sorted(models, key=lambda model: -model.release_date.toordinal() if model.release_date else 0)
    if sort == "size":
        return sorted(models, key=lambda model: model.total_params or float("inf"))
    if sort == "energy":
        return sorted(models, key=middle_energy)
    return models


def cards(models):
    """The Card of each model. A word is made once for all the cards that have it: the page is made of little else."""
    countries, months = cache(country), cache(month)
    sizes, licences, states = map(_words, (LanguageModel.SizeClass.choices, Licence.Distribution.choices, STATES))

    def card(model):
        organisation = model.organisation
        known = [organisation.name, countries(organisation.country) if organisation.country else ""]
        return Card(
            address=model.get_absolute_url(),
            name=model.name,
            logo=organisation.logo.url if organisation.logo else "",
            initials=initials(organisation.name),
            maker=", ".join(filter(None, known)),
            size=sizes.get(model.size_class, ""),
            licence=licences[model.licence.distribution],
            released=capfirst(months(model.release_date)),
            energy=model.energy_class or "",
            tier=(model.rank_summary or {}).get("tier", ""),
            state=states.get(model.status, ""),
        )

    return [card(model) for model in models]


def _words(labels):
    return {value: capfirst(str(label)) for value, label in dict(labels).items()}


def middle_energy(model):
    found = model.impact_of_1000_tokens()
    return (found.energy_wh.min * found.energy_wh.max) ** 0.5 if found else float("inf")


def _sizes(models):
    return {**dict(LanguageModel.SizeClass.choices), "unknown": gettext("size not known")}


def _licences(models):
    return {value: label for value, label in reversed(Licence.Distribution.choices)}


def _reasonings(models):
    return dict(LanguageModel.Reasoning.choices)


def _organisations(models):
    named = {model.organisation.slug: model.organisation.name for model in models}
    return dict(sorted(named.items(), key=lambda pair: pair[1].casefold()))


LABELS = {"size": _sizes, "licence": _licences, "reasoning": _reasonings, "organisation": _organisations}
