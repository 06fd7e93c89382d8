"""How often each model was drawn, against how often the policy should have drawn it: a check that the draw is fair.

Since the ranking last computed its needs: before, other weights were in force. Only pairs that the site drew whole; a
model that was replaced counts as drawn, as it was.
"""

from dataclasses import dataclass
from math import sqrt

from django.db.models import Count, Max

from models_catalog.models import LanguageModel

from . import asking, pairing
from .models import Attempt, Comparison, DrawPool, PairWeight


@dataclass
class Exposure:
    """Of one model: draws, expected draws, and how surprising the difference is, in standard deviations."""

    name: str
    drawn: int = 0
    expected: float = 0
    variance: float = 0

    @property
    def surprise(self):
        return (self.drawn - self.expected) / sqrt(self.variance) if self.variance else 0

    @property
    def ratio(self):
        return self.drawn / self.expected if self.expected else None


def exposures(portal=None):
    """(since, draws, [Exposure] by name); `since` is None where the ranking has not computed anything yet."""
    since = PairWeight.objects.aggregate(last=Max("computed_at"))["last"]
    draws = Comparison.objects.filter(origin="live", drawn_a=True, drawn_b=True)
    if since:
        draws = draws.filter(created_at__gte=since)
    if portal:
        draws = draws.filter(portal=portal)
    names = dict(LanguageModel.objects.values_list("pk", "name"))
    found = {}
    _count_expected(draws, found, names)
    _count_drawn(draws, found, names)
    total = sum(exposure.drawn for exposure in found.values()) // 2
    return since, total, sorted(found.values(), key=lambda exposure: exposure.name.lower())


def _count_expected(draws, found, names):
    """Each draw is a trial in which a model is drawn with the summed probability of its pairs."""
    sizes = dict(LanguageModel.objects.values_list("pk", "total_params"))
    policies = {policy.code: policy for policy in pairing.POLICIES.values()}
    needs = asking.needs()
    pools = dict(DrawPool.objects.filter(pk__in=draws.values("pool")).values_list("pk", "model_ids"))
    for pool, mode, code, count in draws.values_list("pool", "mode", "draw_policy").annotate(Count("pk")):
        pairs = pairing.possible_pairs({pk: sizes.get(pk) for pk in pools[pool]}, mode)
        policy = policies.get(code, pairing.UNIFORM)
        weights = policy.weights(pairs, needs)
        total = sum(weights)
        chances = dict.fromkeys(pools[pool], 0.0)
        for pair, weight in zip(pairs, weights, strict=True):
            for model in pair:
                chances[model] += weight / total
        for model, chance in chances.items():
            exposure = found.setdefault(model, Exposure(names.get(model, str(model))))
            exposure.expected += count * chance
            exposure.variance += count * chance * (1 - chance)


def _count_drawn(draws, found, names):
    drawn = {}
    for first, second, count in draws.values_list("model_a", "model_b").annotate(Count("pk")):
        for model in (first, second):
            drawn[model] = drawn.get(model, 0) + count
    replaced = Attempt.objects.filter(
        number=1, answer__turn__number=1, answer__turn__comparison__in=draws.filter(is_replaced=True)
    )
    for before, after in replaced.values_list("model", "answer__model"):
        drawn[before] = drawn.get(before, 0) + 1
        drawn[after] = drawn.get(after, 0) - 1
    for model, count in drawn.items():
        found.setdefault(model, Exposure(names.get(model, str(model)))).drawn += count
