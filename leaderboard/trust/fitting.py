"""From votes to tiers in one call, on the models that can be ranked. Pure numpy."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..ranking import Floats, Integers, Uncertainty, Votes, ranked, strengths, uncertainty
from ..tiers import critical_value, told_apart
from ..tiers import tiers as grouped

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fit:
    """`models` are the ranked ones, by their number in the votes given; all else numbers them anew, in order."""

    models: Integers
    rows: Flags
    """Which of the votes given are between ranked models; `votes` are those."""
    votes: Votes
    scores: Floats
    known: Uncertainty
    critical: float
    tiers: Integers
    size: int
    """How many models there are, ranked or not."""

    def tier_of_each(self) -> Integers:
        """The tier of every model, by its number in the votes given; 0 for one that is not ranked."""
        found = np.zeros(self.size, np.int64)
        found[self.models] = self.tiers
        return found


def fitted(votes: Votes, by_visitor: bool = True, critical: float | None = None) -> Fit | None:
    """None when no two models can be ranked. `critical` saves its simulation when it is known already."""
    is_ranked, rows, held = ranked_alone(votes)
    if not is_ranked.any():
        return None
    scores = strengths(held.wins())
    known = uncertainty(held, scores, by_visitor)
    return fit_of(is_ranked, rows, held, scores, known, critical)


def fit_of(
    is_ranked: Flags, rows: Flags, held: Votes, scores: Floats, known: Uncertainty, critical: float | None = None
) -> Fit:
    """The tiers that follow from scores and their uncertainty, however they were found.

    A single visitor leaves no spread to measure: the critical value is not a number, and nobody is told apart.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        critical = critical_value(known) if critical is None else critical
        tiers = grouped(scores, told_apart(scores, known.covariance, critical))
    return Fit(np.flatnonzero(is_ranked), rows, held, scores, known, critical, tiers, len(is_ranked))


def ranked_alone(votes: Votes) -> tuple[Flags, Flags, Votes]:
    """Which models are ranked, which votes are between them, and these votes with those models numbered anew."""
    is_ranked = ranked(votes.wins())
    rows = is_ranked[votes.first] & is_ranked[votes.second]
    number = np.cumsum(is_ranked) - 1
    held = chosen(votes, rows)
    return (
        is_ranked,
        rows,
        replace(held, first=number[held.first], second=number[held.second], models=int(is_ranked.sum())),
    )


def chosen(votes: Votes, rows: Flags) -> Votes:
    """Those votes alone; models and visitors keep their numbers."""
    columns = ("first", "second", "result", "weight", "visitor")
    return replace(votes, **{column: getattr(votes, column)[rows] for column in columns})
