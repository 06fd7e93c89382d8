"""How few votes, or visitors, hold up what a ranking says. Pure numpy. docs/trust.md gives method and source.

What leaving a vote out would change is first told by its linear influence (Broderick, Giordano & Meager, 2020), which
orders them; then the ranking is computed again without so many, in that order, until what it says does change.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .fitting import Fit, Flags, chosen, fitted
from .ranking import (
    Floats,
    Integers,
    Votes,
    by_pair,
    chances,
    difference_errors,
    information,
    ranked,
    strengths,
    summed,
)
from .searching import fewest


@dataclass(frozen=True, slots=True)
class Fragility:
    """`model` is the leader that falls, or whose tier changes; `other`, whom it falls behind, or the first of the tier
    that it leaves or joins. Both by their number in the votes given."""

    model: int
    other: int
    predicted: int
    """Votes, or visitors, whose linear influence is enough."""
    verified: int | None
    """After how many, in the same order, the recomputed ranking has changed; None if it never has."""
    of: int
    """How many there are in all."""

    @property
    def share(self) -> float | None:
        """The share whose removal was seen to be enough: the smallest there is cannot be larger."""
        return None if self.verified is None else self.verified / self.of


@dataclass(frozen=True, slots=True)
class _Target:
    """The difference of `model` and `other`, by their numbers in the fit, must change by `margin`, if 1, or fall, -1."""

    model: int
    other: int
    margin: float
    sign: int


def leader(fit: Fit, by_visitor: bool) -> Fragility | None:
    """What it takes for another model to come first."""
    best = int(np.argmax(fit.scores))
    gaps = fit.scores[best] - fit.scores
    targets = [
        _Target(best, other, float(gaps[other]), -1) for other in np.argsort(gaps, kind="stable") if other != best
    ]
    name = int(fit.models[best])
    return _fragility(fit, by_visitor, targets, lambda votes: _first(votes) != name)


def tier(fit: Fit, by_visitor: bool) -> Fragility | None:
    """What it takes for some model to change tier: the one for which that is least."""
    before = fit.tier_of_each()

    def moves(target: _Target) -> Callable[[Votes], bool]:
        name = fit.models[target.model]

        def moved(votes: Votes) -> bool:
            after = fitted(votes, critical=fit.critical)
            return after is None or bool(after.tier_of_each()[name] != before[name])

        return moved

    targets = list(_edges(fit))
    if not targets:
        return None
    weights, target = _easiest(fit, by_visitor, targets)
    return None if target is None else _fragility(fit, by_visitor, [target], moves(target), weights)
