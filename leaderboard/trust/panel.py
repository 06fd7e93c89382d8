"""The trust panel: how far what a ranking says can be relied on, as data. Pure numpy; docs/trust.md tells each figure.

Rows of `Evidence` are the votes of one board; models are given by number.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..ranking import Floats, Integers, Votes, summed
from . import agreement, effects, fragility, rigging
from .abandonment import Abandonment, abandonment
from .agreement import Agreement
from .fitting import Fit, Flags, fitted
from .fragility import Fragility
from .sensitivity import Sensitivity, is_of_most_active, sensitivity

ATTACKS = (rigging.Attack(visitors=1), rigging.Attack(visitors=100, days=7))
"""A single person on one day; a hundred over a week."""
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Evidence:
    """`votes`, whose first model is the one on side A, and for each vote what `Votes` does not tell."""

    votes: Votes
    is_both_bad: Flags
    probability: Floats
    """Of the draw; not a number where the pair is not what was drawn: chosen by the visitor, or a model replaced."""
    traits: Floats
    """(votes, style.TRAITS): first answer against second, as a share of the sum."""
    time: Integers
    """In seconds."""
    started: Integers
    """For each model, how many comparisons were started."""
    voted: Integers
    """How many of these got a vote."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much of the votes few visitors gave."""

    visitors: int
    most_active: int
    """One visitor in a hundred, rounded up: those with most votes."""
    share: float
    """Of the votes, theirs."""
    gini: float
    """0 if all gave as many; near 1 if one gave nearly all."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """For each model: its votes; on side A; its visitors; how many other models it met."""

    votes: Integers
    as_first: Integers
    visitors: Integers
    opponents: Integers


@dataclass(frozen=True, slots=True)
class Panel:
    """None where the votes do not allow to say."""

    leader_by_votes: Fragility | None
    leader_by_visitors: Fragility | None
    tier_by_votes: Fragility | None
    tier_by_visitors: Fragility | None
    drills: tuple[rigging.Drill, ...]
    position: effects.Position | None
    style: tuple[effects.Effect, ...]
    agreement_of_one_visitor: Agreement
    agreement_between_visitors: Agreement
    concentration: Concentration | None
    abandonment: Abandonment
    sensitivity: Sensitivity
    exposure: Exposure

    def as_data(self) -> dict[str, Any]:
        """Of what JSON knows."""
        found: dict[str, Any] = _plain(asdict(self))
        return found


def panel(evidence: Evidence, keep: rigging.Filter, seed: int = 0, critical: float | None = None) -> Panel:
    """The whole panel. `keep`: the filter that the drill is made through; `critical`: the board's, for its tiers."""
    votes = evidence.votes
    fit = fitted(votes, critical=critical)
    return Panel(
        leader_by_votes=fragility.leader(fit, by_visitor=False) if fit else None,
        leader_by_visitors=fragility.leader(fit, by_visitor=True) if fit else None,
        tier_by_votes=fragility.tier(fit, by_visitor=False) if fit else None,
        tier_by_visitors=fragility.tier(fit, by_visitor=True) if fit else None,
        drills=_drills(evidence, fit, keep, seed),
        position=effects.position(votes),
        style=effects.style(votes, evidence.traits),
        agreement_of_one_visitor=agreement.of_one_visitor(votes),
        agreement_between_visitors=agreement.between_visitors(votes),
        concentration=concentration(votes),
        abandonment=abandonment(evidence.started, evidence.voted),
        sensitivity=sensitivity(
            votes, evidence.is_both_bad, evidence.probability, evidence.traits, evidence.time, published=fit
        ),
        exposure=exposure(votes),
    )


def concentration(votes: Votes) -> Concentration | None:
    """None without a vote."""
    if not len(votes.visitor):
        return None
    counts = np.sort(np.unique(votes.visitor, return_counts=True)[1])
    visitors, total = len(counts), int(counts.sum())
    gini = 2 * float((np.arange(1, visitors + 1) * counts).sum()) / (visitors * total) - (visitors + 1) / visitors
    share = float(is_of_most_active(votes).mean())
    return Concentration(visitors, int(np.ceil(0.01 * visitors)), share, max(0.0, gini))


def exposure(votes: Votes) -> Exposure:
    """Counts, weights aside."""
    once = np.ones(len(votes.first))
    as_first, as_second = (summed(side, once, votes.models) for side in (votes.first, votes.second))
    here, there = np.concatenate([votes.first, votes.second]), np.concatenate([votes.second, votes.first])
    return Exposure(
        (as_first + as_second).astype(np.int64),
        as_first.astype(np.int64),
        _different(here, np.concatenate([votes.visitor, votes.visitor]), votes.models),
        _different(here, there, votes.models),
    )


def _different(model: Integers, other: Integers, models: int) -> Integers:
    """For each model, how many different others stand beside it."""
    return np.bincount(np.unique(other * models + model) % max(1, models), minlength=models).astype(np.int64)


def _drills(evidence: Evidence, fit: Fit | None, keep: rigging.Filter, seed: int) -> tuple[rigging.Drill, ...]:
    """For the best model of the second tier, each attack, with as many votes as there are."""
    if fit is None or fit.tiers.max() < 2:
        return ()
    second = max(np.flatnonzero(fit.tiers == 2), key=lambda model: fit.scores[model])
    model, day, most = int(fit.models[second]), evidence.time // DAY, len(evidence.time)
    drills = (rigging.drill(evidence.votes, day, model, attack, keep, most, seed, fit) for attack in ATTACKS)
    return tuple(drill for drill in drills if drill)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return value
