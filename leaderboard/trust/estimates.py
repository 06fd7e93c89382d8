"""A share or a coefficient with its 95 % interval. Pure numpy."""

from dataclasses import dataclass

import numpy as np

from ..ranking import Floats, Integers, student, summed

LEVEL = 0.975
"""The probability below the upper end of an interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    value: float
    low: float
    high: float

    def times(self, factor: float) -> "Estimate":
        """In another unit; the factor is positive."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)


def wilson(share: float, count: float, z: float) -> Estimate:
    """Wilson's interval (1927) for a share of so many, which need not be whole: never beyond 0 and 1."""
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return Estimate(share, max(0.0, float(middle - half)), min(1.0, float(middle + half)))


def clustered_share(agree: Floats, cluster: Integers, times: float = 1) -> Estimate | None:
    """The mean of these shares, for which each cluster counts `times` its own part. None with fewer than two clusters.

    The linearised variance, by cluster, gives how many independent observations would be as uncertain, and Wilson's
    interval is of so many. Where nothing varies, as many as there are clusters. Degrees of freedom: Satterthwaite's.
    """
    clusters = len(np.unique(cluster))
    if clusters < 2:
        return None
    share = float(agree.mean())
    names, place = np.unique(cluster, return_inverse=True)
    squares = (times * summed(place, agree - share, len(names)) / len(agree)) ** 2
    variance = float(squares.sum()) * clusters / (clusters - 1)
    freedom = float(squares.sum() ** 2 / (squares**2).sum()) if variance else clusters - 1.0
    return wilson(share, share * (1 - share) / variance if variance else clusters, student(LEVEL, freedom))
