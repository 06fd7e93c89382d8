"""How many votes it would take to push a model one tier up: a drill, on simulated votes. Pure numpy, seeded.

Whoever attacks recognises the model (asking it who it is may be enough) and votes for it whenever they meet it; they do
not choose whom it meets. Their votes come in turn from so many visitors, over so many days.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..ranking import Integers, Votes
from .fitting import Fit, Flags, chosen, fitted
from .searching import fewest

Filter = Callable[[Votes, Integers], Flags]
"""Which votes count, given the votes and the day of each."""


@dataclass(frozen=True, slots=True)
class Attack:
    """From how many visitors the votes come, and over how many days."""

    visitors: int
    days: int = 1


@dataclass(frozen=True, slots=True)
class Drill:
    """Votes cast until the model was one tier up; None if not even `most` were enough."""

    model: int
    tier: int
    attack: Attack
    naive: int | None
    filtered: int | None
    most: int


def drill(
    votes: Votes,
    day: Integers,
    model: int,
    attack: Attack,
    keep: Filter,
    most: int,
    seed: int = 0,
    fit: Fit | None = None,
) -> Drill | None:
    """Without the filter, and through it. None if the model is in the first tier already, or is not ranked.

    `day` of each vote, as a whole number; `fit`, of these votes, saves computing it.
    """
    fit = fit or fitted(votes)
    tier = 0 if fit is None else int(fit.tier_of_each()[model])
    if fit is None or tier < 2:
        return None
    naive = needed(votes, day, model, attack, everything, most, seed, fit)
    filtered = needed(votes, day, model, attack, keep, most, seed)
    return Drill(model, tier, attack, naive, filtered, most)


def needed(
    votes: Votes,
    day: Integers,
    model: int,
    attack: Attack,
    keep: Filter,
    most: int,
    seed: int = 0,
    before: Fit | None = None,
) -> int | None:
    """Votes cast, those that the filter drops included; None where `most` are not enough."""
    before = before or fitted(chosen(votes, keep(votes, day)))
    if before is None or before.tier_of_each()[model] < 2:
        return None
    tier = before.tier_of_each()[model]
    others = before.models[before.models != model]
    met = np.random.default_rng(seed).choice(others, most)
    turn = np.arange(most)
    who = votes.visitor.max() + 1 + turn % attack.visitors
    when = day.max() + 1 + turn // attack.visitors % attack.days

    seen: dict[int, bool] = {}

    def is_enough(cast: int) -> bool:
        together = Votes.of(
            np.concatenate([votes.first, np.full(cast, model)]),
            np.concatenate([votes.second, met[:cast]]),
            np.concatenate([votes.result, np.ones(cast)]),
            votes.models,
            np.concatenate([votes.weight, np.ones(cast)]),
            np.concatenate([votes.visitor, who[:cast]]),
        )
        kept = keep(together, np.concatenate([day, when[:cast]]))
        if (count := int(kept.sum())) not in seen:
            after = fitted(chosen(together, kept), critical=before.critical)
            seen[count] = after is not None and bool(0 < after.tier_of_each()[model] < tier)
        return seen[count]

    return fewest(is_enough, 1, most)


def everything(votes: Votes, _day: Integers) -> Flags:
    """No filter."""
    return np.ones(len(votes.first), bool)


def at_most(count: int) -> Filter:
    """So many votes of a visitor on a pair in a day: the first ones."""

    def keep(votes: Votes, day: Integers) -> Flags:
        low, high = np.minimum(votes.first, votes.second), np.maximum(votes.first, votes.second)
        order = np.lexsort((np.arange(len(day)), high, low, day, votes.visitor))
        columns = np.stack([votes.visitor, day, low, high])[:, order]
        starts = np.append(True, (columns[:, 1:] != columns[:, :-1]).any(axis=0))[: len(order)]
        place = np.arange(len(order))
        nth = place - np.maximum.accumulate(np.where(starts, place, 0))
        found = np.empty(len(order), bool)
        found[order] = nth < count
        return found

    return keep
