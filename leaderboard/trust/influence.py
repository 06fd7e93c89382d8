"""What leaving one vote, or one visitor, out of a ranking changes, to the first order. Pure numpy.

The linear influence of Broderick, Giordano & Meager (2020), on the difference of two log-strengths and on its error.
"""

import numpy as np

from ..ranking import Floats, Integers, by_pair, chances, difference_errors, information, summed
from .fitting import Fit


class Influence:
    """Of each vote of a fit; or, `by_visitor`, of all votes of each."""

    def __init__(self, fit: Fit, by_visitor: bool) -> None:
        chance = chances(fit.scores)
        played = by_pair(fit.votes, fit.votes.weight)
        expected = chance[fit.votes.first, fit.votes.second]
        self.votes, self.by_visitor = fit.votes, by_visitor
        self.visitor: Integers = np.unique(fit.votes.visitor, return_inverse=True)[1]
        self.unit = self.visitor if by_visitor else np.arange(len(self.visitor))
        self.surprise: Floats = fit.votes.weight * (fit.votes.result - expected)
        self.informed: Floats = fit.votes.weight * expected * (1 - expected)
        inverse = np.linalg.pinv(information(played + played.T, chance), hermitian=True)
        self.inverse = np.asarray(inverse, np.float64)
        self.covariance = fit.known.covariance
        self.errors = difference_errors(self.covariance)

    def on_difference(self, model: int, other: int) -> Floats:
        """By how much the strength of `model` beyond `other`'s grows."""
        return -self._of_units(self.surprise * self._along(self.inverse, model, other))

    def on_error(self, model: int, other: int) -> Floats:
        """By how much the clustered error of that difference grows: by the information that is lost with a vote, less
        what its surprise, in the pull of its visitor, added to the spread."""
        along = self._along(self.inverse, model, other)
        pull = self.surprise * along
        of_visitor = summed(self.visitor, pull, int(self.visitor.max()) + 1)
        lost = self._of_units(2 * self.informed * along * self._along(self.covariance, model, other))
        spread = of_visitor**2 if self.by_visitor else (2 * of_visitor[self.visitor] - pull) * pull
        error: Floats = (lost - spread) / (2 * self.errors[model, other])
        return error

    def _along(self, matrix: Floats, model: int, other: int) -> Floats:
        along = matrix[model] - matrix[other]
        found: Floats = along[self.votes.first] - along[self.votes.second]
        return found

    def _of_units(self, values: Floats) -> Floats:
        return summed(self.unit, values, int(self.unit.max()) + 1) if self.by_visitor else values
