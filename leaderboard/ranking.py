"""Bradley-Terry scores from pairwise outcomes, with their uncertainty. Pure numpy: arrays in, arrays out.

A vote is a row: two models, by index; the result for the first, 1, 0.5 (a tie, "neither" included) or 0; a weight; the
visitor who gave it. docs/ranking.md gives the method, in words and with its sources.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BASE = 1000
PER_TENFOLD = 400
"""A score of 1000 + 400 log10(strength): 400 more points, ten times the strength."""
PER_UNIT = PER_TENFOLD / np.log(10)
"""Points for one unit of log-strength."""
MOST_STEPS = 60
FAR, CLOSE = 0.1, 1e-8
"""Steps of log-strength: longer ones are checked to climb; after one as short, Newton's method has converged."""
BLOCK = 4_000_000
"""Cells of the table of visitors by models that are held at once."""


@dataclass(frozen=True, slots=True)
class Votes:
    """Rows of the same length: `first`, `second` (models by index), `result` for the first, `weight`, `visitor`."""

    first: Integers
    second: Integers
    result: Floats
    weight: Floats
    visitor: Integers
    models: int
    """How many models there are, those without a vote included."""

    @classmethod
    def of(
        cls,
        first: Integers,
        second: Integers,
        result: Floats,
        models: int,
        weight: Floats | None = None,
        visitor: Integers | None = None,
    ) -> "Votes":
        """Weights of one, and every vote its own visitor, unless given."""
        return cls(
            np.asarray(first, np.int64),
            np.asarray(second, np.int64),
            np.asarray(result, np.float64),
            np.ones(len(first)) if weight is None else np.asarray(weight, np.float64),
            np.arange(len(first)) if visitor is None else np.asarray(visitor, np.int64),
            models,
        )

    def wins(self) -> Floats:
        """(models, models): how often, ties as halves, the row's model won against the column's."""
        lost = by_pair(self, self.weight * (1 - self.result))
        return by_pair(self, self.weight * self.result) + lost.T


def ranked(wins: Floats) -> NDArray[np.bool_]:
    """Which models can be scored: the largest group in which each has, through others, both won and lost against all.

    Outside it the maximum of the likelihood does not exist (a model that only wins would be infinitely strong). The
    group with most votes where two have as many models; nobody if no group has two.
    """
    reach = wins > 0
    np.fill_diagonal(reach, True)
    for _doubling in range(max(1, int(np.ceil(np.log2(max(2, len(wins))))))):
        reach = (reach.astype(np.float32) @ reach.astype(np.float32)) > 0
    together = reach & reach.T
    sizes = together.sum(axis=1)
    votes = ((wins + wins.T) * together).sum(axis=1)
    if not len(wins) or sizes.max() < 2:
        return np.zeros(len(wins), bool)
    best = np.lexsort((-votes, -sizes))[0]
    return together[best]


def strengths(wins: Floats, start: Floats | None = None) -> Floats:
    """Log-strengths, of mean zero, that make these wins most likely. All models must be `ranked`.

    Newton's method on the concave log-likelihood, from `start` if given, halving a step that does not climb.
    """
    played = wins + wins.T
    scores = np.zeros(len(wins)) if start is None else start
    likely = _likelihood(scores, wins)
    for _step in range(MOST_STEPS):
        chance = chances(scores)
        climb = (wins - played * chance).sum(axis=1)
        step = np.linalg.solve(information(played, chance) + 1 / len(wins), climb)
        size = np.abs(step).max()
        if size > FAR:
            while _likelihood(scores + step, wins) < likely:
                step = step / 2
            likely = _likelihood(scores + step, wins)
        scores = scores + step
        if size < CLOSE:
            break
    return scores - scores.mean()


def chances(scores: Floats) -> Floats:
    """(models, models): the chance that the row's model is preferred to the column's."""
    chance: Floats = 1 / (1 + np.exp(scores[None, :] - scores[:, None]))
    return chance


def information(played: Floats, chance: Floats) -> Floats:
    """Fisher's information on the log-strengths: the Laplacian of the graph of pairs."""
    return laplacian(played * chance * (1 - chance))


def laplacian(edges: Floats) -> Floats:
    """Of a graph whose symmetric edges have these weights."""
    edges = edges - np.diag(np.diag(edges))
    return np.diag(edges.sum(axis=1)) - edges


def covariance(votes: Votes, scores: Floats, by_visitor: bool = True) -> Floats:
    """Of the log-strengths: the sandwich, robust to what votes of one visitor have in common, or each vote alone.

    With visitors, the correction of few clusters g / (g - 1) is applied (Cameron & Miller, 2015).
    """
    chance = chances(scores)
    played = by_pair(votes, votes.weight)
    bread = _inverse(information(played + played.T, chance))
    surprise = votes.weight * (votes.result - chance[votes.first, votes.second])
    if by_visitor:
        meat, clusters = _meat_by_visitor(votes, surprise)
        meat = meat * (clusters / (clusters - 1) if clusters > 1 else 1)
    else:
        squares = by_pair(votes, surprise**2)
        meat = laplacian(squares + squares.T)
    result: Floats = bread @ meat @ bread
    return result


def _meat_by_visitor(votes: Votes, surprise: Floats) -> tuple[Floats, int]:
    """The sum over visitors of the outer product of their gradients, in blocks of visitors."""
    _names, visitor = np.unique(votes.visitor, return_inverse=True)
    clusters = int(visitor.max()) + 1 if len(visitor) else 0
    order = np.argsort(visitor, kind="stable")
    visitor, first, second, surprise = visitor[order], votes.first[order], votes.second[order], surprise[order]
    meat = np.zeros((votes.models, votes.models))
    step = max(1, BLOCK // votes.models)
    for start in range(0, clusters, step):
        low, high = np.searchsorted(visitor, (start, start + step))
        rows = min(step, clusters - start)
        cells = (visitor[low:high] - start) * votes.models
        gradient = summed(cells + first[low:high], surprise[low:high], rows * votes.models)
        gradient -= summed(cells + second[low:high], surprise[low:high], rows * votes.models)
        gradient = gradient.reshape(rows, votes.models)
        meat += gradient.T @ gradient
    return meat, clusters


def difference_errors(covariances: Floats) -> Floats:
    """(models, models): the standard error of the difference of each two log-strengths."""
    variances = np.diag(covariances)
    spread = variances[:, None] + variances[None, :] - 2 * covariances
    return np.sqrt(np.maximum(spread, 0))


def points(scores: Floats) -> Floats:
    """Log-strengths as published scores."""
    return BASE + PER_UNIT * scores


def needs(scores: Floats, covariances: Floats, is_told: NDArray[np.bool_]) -> Floats:
    """(models, models): how much one more vote on each pair would help to tell apart those that are not.

    `is_told` marks pairs already told apart. A vote on (i, j) adds p(1 - p) of information along e_i - e_j; Sherman and
    Morrison's formula gives by how much each untold difference becomes less uncertain, and that counts for as much as
    it raises the difference's z: by gap / error^3, the derivative of gap / sqrt(variance).
    """
    chance, errors = chances(scores), difference_errors(covariances)
    gained = chance * (1 - chance)
    gaps = np.abs(scores[:, None] - scores[None, :])
    untold = laplacian(np.where(is_told, 0, gaps / np.maximum(errors, 1e-12) ** 3))
    lowered = covariances @ untold @ covariances
    quadratic = np.diag(lowered)[:, None] + np.diag(lowered)[None, :] - 2 * lowered
    needed: Floats = gained * quadratic / (1 + gained * errors**2)
    np.fill_diagonal(needed, 0)
    return np.maximum(needed, 0)


def by_pair(votes: Votes, values: Floats) -> Floats:
    """(models, models): the sum of these values, one a vote, over the votes of the row's model against the column's."""
    size = votes.models * votes.models
    return summed(votes.first * votes.models + votes.second, values, size).reshape(votes.models, votes.models)


def summed(places: Integers, values: Floats, size: int) -> Floats:
    """The sum of the values that fall in each place, from 0 to size."""
    return np.asarray(np.bincount(places, values, size), np.float64)


def _likelihood(scores: Floats, wins: Floats) -> float:
    return -float((wins * np.logaddexp(0, scores[None, :] - scores[:, None])).sum())


def _inverse(matrix: Floats) -> Floats:
    """Of a Laplacian, on the strengths of mean zero: its pseudo-inverse."""
    mean = np.full(matrix.shape, 1 / len(matrix))
    inverse: Floats = np.linalg.inv(matrix + mean) - mean
    return inverse
