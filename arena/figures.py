"""What a portal says of itself in a few figures: true, as of an hour ago, and without a query for most pages."""

import logging
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count

from models_catalog.browsing import middle_energy
from models_catalog.models import LanguageModel
from portals.caching import CACHE_AWAY, kept

from .models import Comparison, Turn

log = logging.getLogger(__name__)
SECONDS = 3600
FEWEST_QUESTIONS = 10
"""In a language, for it to count as one that people ask in: a few words are easily taken for another language."""


@dataclass(frozen=True)
class Figures:
    """`energy_gap`: how many times more the hungriest model takes than the thriftiest, for an answer as long; 0 where
    it cannot be told."""

    models: int
    countries: int
    languages: int
    energy_gap: float


def figures(portal):
    """The Figures of a portal."""
    return kept(f"figures:{portal.pk}", lambda: _shared(portal))


def _shared(portal):
    """Those that a process counted within the hour, else counted now; the cache may be away."""
    key = f"figures:{portal.pk}"
    try:
        return cache.get_or_set(key, lambda: count(portal), SECONDS)
    except CACHE_AWAY as error:
        log.warning("figures not kept: %s", type(error).__name__)
        return count(portal)


def count(portal):
    enabled = LanguageModel.objects.filter(status=LanguageModel.Status.ENABLED).shown_on(portal)
    models = list(enabled.select_related("organisation"))
    energies = [energy for energy in map(middle_energy, models) if 0 < energy < float("inf")]
    turns = Turn.objects.filter(comparison__portal=portal).exclude(comparison__origin=Comparison.Origin.DEMO)
    asked = turns.exclude(prompt_language="").values("prompt_language").annotate(questions=Count("pk"))
    return Figures(
        models=len(models),
        countries=len({model.organisation.country for model in models} - {""}),
        languages=asked.filter(questions__gte=FEWEST_QUESTIONS).count(),
        energy_gap=max(energies) / min(energies) if len(energies) > 1 else 0,
    )
