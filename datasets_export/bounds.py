"""How much personal data may remain in a release, from a sample that a person judged. Pure."""

from math import sqrt

NORMAL_95 = 1.6448536269514722
"""95 % of a normal law lie below it: the bound has one side."""


def upper_bound(found: int, judged: int) -> float:
    """The largest share that the sample does not rule out, with 95 % confidence: 1 when nothing was judged.

    Wilson's score bound, one-sided (Wilson, 1927; Brown, Cai and DasGupta, 2001).
    """
    if not 0 <= found <= judged:
        raise ValueError("More rows were found than were judged.")
    if not judged:
        return 1.0
    share, square = found / judged, NORMAL_95**2
    middle = share + square / (2 * judged)
    half = NORMAL_95 * sqrt(share * (1 - share) / judged + square / (4 * judged**2))
    return min(1.0, (middle + half) / (1 + square / judged))
