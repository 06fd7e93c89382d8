"""How often votes on the same two models agree: those of one visitor, and those of different ones. Pure numpy."""

from dataclasses import dataclass

import numpy as np

from ..ranking import Floats, Integers, Votes
from .estimates import Estimate, clustered_share


@dataclass(frozen=True, slots=True)
class Agreement:
    """Take a vote, and another on the same pair: the share of times they say the same (one model, the other, or
    neither)."""

    votes: int
    """Those for which there is another."""
    visitors: int
    share: Estimate | None


def of_one_visitor(votes: Votes) -> Agreement:
    """Another vote of the same visitor."""
    counted = _counted(votes)
    return _agreement(votes, counted.own_same - 1, counted.own - 1, times=1)


def between_visitors(votes: Votes) -> Agreement:
    """A vote of another visitor. Each is half of what its visitor weighs: they are also the other of others' votes."""
    counted = _counted(votes)
    return _agreement(votes, counted.same - counted.own_same, counted.all - counted.own, times=2)


@dataclass(frozen=True, slots=True)
class _Counted:
    """For each vote, how many are on its pair; how many of these say the same; the same for its visitor's own."""

    all: Integers
    same: Integers
    own: Integers
    own_same: Integers


def _counted(votes: Votes) -> _Counted:
    low, high = np.minimum(votes.first, votes.second), np.maximum(votes.first, votes.second)
    pair = low * votes.models + high
    said = np.sign(np.where(votes.first < votes.second, 1, -1) * (votes.result - 0.5)).astype(np.int64) + 1
    own = votes.visitor * votes.models**2 + pair
    return _Counted(_alike(pair), _alike(pair * 3 + said), _alike(own), _alike(own * 3 + said))


def _alike(code: Integers) -> Integers:
    """For each row, how many have the same code."""
    _codes, place, counts = np.unique(code, return_inverse=True, return_counts=True)
    return counts[place].astype(np.int64)


def _agreement(votes: Votes, same: Integers, others: Integers, times: float) -> Agreement:
    rows = others > 0
    shares: Floats = same[rows] / others[rows]
    visitor = votes.visitor[rows]
    found = clustered_share(shares, visitor, times) if len(shares) else None
    return Agreement(len(shares), len(np.unique(visitor)), found)
