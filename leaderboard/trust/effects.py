"""What sways a vote besides the two models: the side on which an answer stands, its length, its form. Pure numpy."""

from dataclasses import dataclass

import numpy as np

from ..ranking import PER_UNIT, Floats, Votes, student
from ..style import TRAITS, Styled, styled
from .estimates import LEVEL, Estimate
from .fitting import ranked_alone

DOUBLED, ALONE = 1 / 3, 1.0
"""Traits are differences as a share of the sum: (2 - 1) / (2 + 1), and one answer that has what the other has not."""
MEANT = 10
"""A coefficient beyond so many units of log-odds is no effect but a maximum that does not exist."""


@dataclass(frozen=True, slots=True)
class Position:
    """Of side A, over side B, beyond what the strengths of the models explain."""

    log_odds: Estimate
    chance: Estimate
    """Of A, between models as strong as each other, ties as halves."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a trait of style adds to the score of a model, in points, all else equal."""

    trait: str
    difference: float
    """DOUBLED: for an answer with twice as much of it. ALONE: for one that has some, against one that has none."""
    points: Estimate
    chance: Estimate
    """Of the answer that has more, between models as strong as each other."""


def position(votes: Votes) -> Position | None:
    """The first model of each vote is the one on side A. None where votes do not allow an estimate."""
    found = _contextual(votes, np.ones((len(votes.first), 1)))
    return None if found is None else Position(found[0], _chance(found[0]))


def style(votes: Votes, traits: Floats) -> tuple[Effect, ...]:
    """Each trait at equal others: those of TRAITS, as in `style.styled`; without those that never differ."""
    varied = [place for place in range(len(TRAITS)) if len(votes.first) and traits[:, place].std() > 0]
    found = _contextual(votes, traits[:, varied]) if varied else None
    effects = []
    for place, coefficient in zip(varied, found or (), strict=bool(found)):
        difference = DOUBLED if TRAITS[place] == "length" else ALONE
        logit = coefficient.times(difference)
        effects.append(Effect(TRAITS[place], difference, logit.times(float(PER_UNIT)), _chance(logit)))
    return tuple(effects)


def _contextual(votes: Votes, traits: Floats) -> list[Estimate] | None:
    """The coefficient of each column, for a difference of one."""
    is_ranked, rows, held = ranked_alone(votes)
    if not is_ranked.any() or len(np.unique(held.visitor)) < 2:
        return None
    found = contextual(held, traits[rows])
    if found is None:
        return None
    z = student(LEVEL, len(np.unique(held.visitor)) - 1)
    errors = z * np.sqrt(np.diag(found.covariance)[held.models :])
    return [
        Estimate(float(value / scale), float((value - error) / scale), float((value + error) / scale))
        for value, error, scale in zip(found.coefficients, errors, found.scales, strict=True)
    ]


def contextual(held: Votes, traits: Floats) -> Styled | None:
    """`styled`, or None where the likelihood has no maximum: if the longer answer always won, say."""
    try:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            found = styled(held, traits)
    except np.linalg.LinAlgError:
        return None
    values = np.concatenate([found.strengths, found.coefficients, found.covariance.ravel()])
    return found if np.isfinite(values).all() and np.abs(found.coefficients).max() < MEANT else None


def _chance(logit: Estimate) -> Estimate:
    low, value, high = (float(1 / (1 + np.exp(-end))) for end in (logit.low, logit.value, logit.high))
    return Estimate(value, low, high)
