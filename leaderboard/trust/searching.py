"""The fewest that are enough, when to know if so many are enough takes a whole computation. Pure."""

from collections.abc import Callable

LEAP = 2
FINE = 50
"""The answer is exact up to so many; beyond, less than one part in so many too large."""


def fewest(are_enough: Callable[[int], bool], guess: int, most: int) -> int | None:
    """From 1 to `most`; None if not even these are enough.

    `are_enough` is taken to stay true once it is. Where it does not, the answer is still one that is enough.
    """
    if most < 1:
        return None
    high = max(1, min(guess, most))
    low = 0
    if are_enough(high):
        while high > 1 and are_enough(lower := high // LEAP):
            high = lower
        low = high // LEAP
    else:
        while True:
            if high == most:
                return None
            low, high = high, min(most, high * LEAP)
            if are_enough(high):
                break
    while high - low > max(1, high // FINE):
        middle = (low + high) // 2
        low, high = (low, middle) if are_enough(middle) else (middle, high)
    return high
