"""How few votes, or visitors, hold up what a ranking says. Pure numpy. docs/trust.md gives method and source.

What leaving a vote out would change is first told by its linear influence (Broderick, Giordano & Meager, 2020), which
orders them; then the ranking is computed again without so many, in that order, until what it says does change.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..ranking import Floats, Votes, difference_errors, strengths
from .fitting import Fit, chosen, fitted, ranked_alone
from .influence import Influence
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
    """The strength of `model` beyond `other`'s, both by their number in the fit, plus `critical` times its error, must
    grow by `margin` (or, if `sign` is -1, shrink by as much)."""

    model: int
    other: int
    margin: float
    sign: int
    critical: float = 0


def leader(fit: Fit, by_visitor: bool) -> Fragility | None:
    """What it takes for another model to come first."""
    best = int(np.argmax(fit.scores))
    gaps = fit.scores[best] - fit.scores
    targets = [_Target(best, other, float(gaps[other]), -1) for other in range(len(gaps)) if other != best]

    def has_changed(votes: Votes, model: int) -> bool:
        is_ranked, _rows, held = ranked_alone(votes)
        return not is_ranked[model] or np.flatnonzero(is_ranked)[np.argmax(strengths(held.wins()))] != model

    return _fragility(fit, by_visitor, targets, has_changed)


def tier(fit: Fit, by_visitor: bool) -> Fragility | None:
    """What it takes for some model to change tier, or to be ranked no longer: the model for which that is least."""

    def has_changed(votes: Votes, model: int) -> bool:
        after = fitted(votes, critical=fit.critical)
        return after is None or bool(after.tier_of_each()[model] != fit.tiers[model])

    return _fragility(fit, by_visitor, list(_edges(fit)), has_changed)


def _edges(fit: Fit) -> Iterator[_Target]:
    """How far each model is from leaving its tier and, for the first of a tier, from joining the one above."""
    needed = fit.critical * difference_errors(fit.known.covariance)
    above = -1
    for number in range(1, fit.tiers.max() + 1):
        members = np.flatnonzero(fit.tiers == number)
        first = int(members[np.argmax(fit.scores[members])])
        pairs = [(int(model), first) for model in members if model != first]
        for model, other in pairs if above < 0 else [(first, above), *pairs]:
            beyond = float(needed[other, model] - (fit.scores[other] - fit.scores[model]))
            if np.isfinite(beyond):
                yield _Target(model, other, abs(beyond), -1 if beyond >= 0 else 1, fit.critical)
        above = first


def _fragility(
    fit: Fit, by_visitor: bool, targets: list[_Target], has_changed: Callable[[Votes, int], bool]
) -> Fragility | None:
    influence = Influence(fit, by_visitor)
    units = int(influence.unit.max()) + 1
    best: tuple[int, _Target, Floats] | None = None
    for target in sorted(targets, key=lambda target: target.margin):
        pull = target.sign * influence.on_difference(target.model, target.other)
        if target.critical:
            pull += target.sign * target.critical * influence.on_error(target.model, target.other)
        if best and target.margin >= best[0] * pull.max():
            continue
        predicted = _fewest(pull, target.margin)
        if predicted and (best is None or predicted < best[0]):
            best = predicted, target, pull
    if best is None:
        return None
    predicted, target, pull = best
    place = np.empty(units, np.int64)
    place[np.argsort(-pull, kind="stable")] = np.arange(units)

    def is_enough(removed: int) -> bool:
        return has_changed(chosen(fit.votes, place[influence.unit] >= removed), target.model)

    verified = fewest(is_enough, predicted, int((pull > 0).sum()))
    return Fragility(int(fit.models[target.model]), int(fit.models[target.other]), predicted, verified, units)


def _fewest(pull: Floats, margin: float) -> int | None:
    """How many, the largest first, add up to more than the margin."""
    total = np.cumsum(np.sort(pull[pull > 0])[::-1])
    return int(np.searchsorted(total, margin, side="right")) + 1 if len(total) and total[-1] > margin else None
