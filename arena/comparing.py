"""How a choice compares: with everyone's on the same two models, and with this visitor's others."""

from dataclasses import dataclass
from math import sqrt

from django.core.cache import cache
from django.db.models import Count, F, Q

from portals.caching import CACHE_AWAY

from . import revealing
from .models import Answer, Comparison, Turn

FEWEST_VOTES = 20
"""Under so many, an interval says nothing that is worth reading."""
FEWEST_CHOICES = 3
"""From so many on, a visitor's own choices are told as a habit."""
MINUTES_KEPT = 5
Z_95 = 1.96


@dataclass(frozen=True)
class Share:
    """Votes that said so, with their share and its 95 % interval, in whole percents; `x` is where its bar starts."""

    code: str
    votes: int
    percent: int
    low: int
    high: int
    x: float
    width: float


@dataclass(frozen=True)
class Others:
    """`shares` are those of "a", "both_good", "both_bad" and "b", sides being this comparison's; empty if too early.

    `leading` is the side that is preferred beyond doubt, None if the votes do not tell the two apart.
    """

    votes: int
    shares: tuple = ()
    leading: str | None = None


def others(model_a, model_b):
    """What everyone's votes on these two models say: those that the ranking counts, whichever side each stood on.

    Of all portals and languages, since one alone has few votes on a pair; as of a few minutes ago.
    """
    first, second = sorted((model_a, model_b), key=lambda model: model.slug)
    key = f"votes-on:{first.slug}:{second.slug}"
    try:
        votes = cache.get_or_set(key, lambda: _count(first, second), MINUTES_KEPT * 60)
    except CACHE_AWAY:
        votes = _count(first, second)
    counts = {
        "a": votes["first" if first == model_a else "second"],
        "both_good": votes["both_good"],
        "both_bad": votes["both_bad"],
        "b": votes["second" if first == model_a else "first"],
    }
    total = sum(counts.values())
    if total < FEWEST_VOTES:
        return Others(total)
    shares, x = [], 0.0
    for code, count in counts.items():
        low, high = (round(100 * end) for end in wilson(count, total))
        width = 100 * count / total
        shares.append(Share(code, count, round(width), low, high, x, width))
        x += width
    return Others(total, tuple(shares), _leading(counts["a"], counts["b"]))


def _count(first, second):
    """Votes for each and for neither. 185 ms for the 7,000 votes of the most voted pair of 300,000: hence the cache."""
    straight = Q(comparison__model_a=first, comparison__model_b=second)
    crossed = Q(comparison__model_a=second, comparison__model_b=first)
    a_better, b_better = Q(vote__choice="a_better"), Q(vote__choice="b_better")
    return (
        Turn.objects.for_ranking()
        .filter(straight | crossed)
        .aggregate(
            first=Count("pk", filter=straight & a_better | crossed & b_better),
            second=Count("pk", filter=straight & b_better | crossed & a_better),
            both_good=Count("pk", filter=Q(vote__choice="both_good")),
            both_bad=Count("pk", filter=Q(vote__choice="both_bad")),
        )
    )


def _leading(a, b):
    if not a + b:
        return None
    low, high = wilson(a, a + b)
    return "a" if low > 0.5 else "b" if high < 0.5 else None


def wilson(count, total, z=Z_95):
    """The Wilson score interval of count/total (E. B. Wilson, 1927): it holds for few votes and for extreme shares."""
    share, spread = count / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Tally:
    """Of `choices` between two models of different sizes, how many went to the smaller one.

    `saved_wh` is how much less the smaller ones took for those answers, as (least, most): None if it may be nothing.
    """

    choices: int
    smaller: int
    saved_wh: tuple | None


def tally(visitor_key):
    """Over this browser's revealed comparisons; None while there are too few choices. One query."""
    owned = Comparison.objects.owned_by(visitor_key).filter(revealed_at__isnull=False, erased_at=None)
    rows = Answer.objects.filter(turn__comparison__in=owned, turn__vote__choice__in=["a_better", "b_better"])
    rows = rows.select_related("model").annotate(choice=F("turn__vote__choice"))
    rows = rows.only(
        *("turn_id", "side", "energy_wh_min", "energy_wh_max", "model__total_params", "model__are_params_estimated")
    )
    turns = {}
    for answer in rows:
        turns.setdefault(answer.turn_id, {})[answer.side] = answer
    choices = smaller = 0
    least = most = 0.0
    is_known = True
    for turn in turns.values():
        small = revealing.smaller_side(turn["a"].model, turn["b"].model)
        if small is None:
            continue
        choices += 1
        if turn[small].choice[0] != small:
            continue
        smaller += 1
        light, heavy = turn[small], turn["b" if small == "a" else "a"]
        if None in (light.energy_wh_max, heavy.energy_wh_max):
            is_known = False
        else:
            least += heavy.energy_wh_min - light.energy_wh_max
            most += heavy.energy_wh_max - light.energy_wh_min
    if choices < FEWEST_CHOICES:
        return None
    return Tally(choices, smaller, (least, most) if is_known and least > 0 else None)
