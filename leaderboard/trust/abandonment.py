"""How often each model's comparisons are left without a vote. Pure numpy."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from ..ranking import Floats, Integers
from .estimates import LEVEL, Estimate, wilson
from .fitting import Flags

ERRORS = 0.05
"""The chance, at most, that a model as often left as the mean is said to differ, over all models together."""


@dataclass(frozen=True, slots=True)
class Abandonment:
    """`shares`, one a model, None if it was never started; `mean`, of all; `differs`, who is not like the mean."""

    shares: tuple[Estimate | None, ...]
    mean: float | None
    differs: Flags


def abandonment(started: Integers, voted: Integers) -> Abandonment:
    """From how many comparisons of each model were started and how many of these got a vote.

    Exact binomial tests against the mean, with Holm's control (1979) for the many models that are looked at.
    """
    left = started - voted
    z = NormalDist().inv_cdf(LEVEL)
    shares = tuple(wilson(gone / all, all, z) if all else None for gone, all in zip(left, started, strict=True))
    total = int(started.sum())
    if not total:
        return Abandonment(shares, None, np.zeros(len(started), bool))
    mean = float(left.sum() / total)
    return Abandonment(shares, mean, holm(_improbable(left, started, mean)))


def holm(values: Floats) -> Flags:
    """Which p-values are small enough, whatever they have in common."""
    order = np.argsort(values, kind="stable")
    small = values[order] * np.arange(len(values), 0, -1) <= ERRORS
    found = np.zeros(len(values), bool)
    found[order[: len(values) if small.all() else int(np.argmin(small))]] = True
    return found


def _improbable(left: Integers, started: Integers, mean: float) -> Floats:
    """Two-sided p-values: twice the smaller tail."""
    if not 0 < mean < 1:
        return np.ones(len(left))
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, started.max() + 1)))])
    found = []
    for gone, all in zip(left, started, strict=True):
        k = np.arange(all + 1)
        logs = factorials[all] - factorials[k] - factorials[all - k] + k * np.log(mean) + (all - k) * np.log1p(-mean)
        chance = np.exp(logs)
        found.append(min(1.0, 2 * min(chance[: gone + 1].sum(), chance[gone:].sum())))
    return np.array(found)
