"""Bradley-Terry scores from pairwise outcomes, with their uncertainty. Pure numpy: arrays in, arrays out.

A vote is a row: two models, by index; the result for the first, 1, 0.5 (a tie, "neither" included) or 0; a weight; the
visitor who gave it. docs/ranking.md gives the method, in words and with its sources.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

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
HEAVY = 400
"""Visitors, those with most votes, whose leverage on the scores is accounted for."""
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


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """The covariance of the log-strengths, and how many degrees of freedom its estimate has: where a few visitors gave
    many of the votes, few, and intervals are wider than the normal law says."""

    covariance: Floats
    freedom: float

    @property
    def errors(self) -> Floats:
        """The standard error of each log-strength."""
        return np.sqrt(np.diag(self.covariance))

    def quantile(self, level: float = 0.95) -> float:
        """How many standard errors an interval of this level extends on each side."""
        return student(0.5 + level / 2, self.freedom)


def student(probability: float, freedom: float) -> float:
    """A quantile of Student's law, by Hill's expansion (1970): to three decimals from four degrees of freedom on."""
    z = NormalDist().inv_cdf(probability)
    v = max(freedom, 4)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(z + sum(term / v**power for power, term in enumerate(terms, 1)))


def uncertainty(votes: Votes, scores: Floats, by_visitor: bool = True) -> Uncertainty:
    """The sandwich: robust to what the votes of one visitor have in common, or with each vote alone.

    By visitor, the gradient of each who weighs something is what leaving their votes out would change (the jackknife,
    CR3 of Cameron & Miller, 2015): a sandwich without it trusts its heaviest visitors too much. The degrees of freedom
    are Satterthwaite's, for the trace of the covariance, taking each visitor's pull as normal.
    """
    chance = chances(scores)
    played = by_pair(votes, votes.weight)
    bread = _inverse(information(played + played.T, chance))
    chosen = chance[votes.first, votes.second]
    surprise = votes.weight * (votes.result - chosen)
    if not by_visitor:
        squares = by_pair(votes, surprise**2)
        return Uncertainty(bread @ laplacian(squares + squares.T) @ bread, float("inf"))
    covariance, squared = np.zeros((votes.models, votes.models)), 0.0
    for gradients in _gradients(votes, surprise, votes.weight * chosen * (1 - chosen), bread):
        pulls = gradients @ bread
        covariance += pulls.T @ pulls
        squared += float(((pulls**2).sum(axis=1) ** 2).sum())
    directions = votes.models - 1
    freedom = (1 + 2 / directions) * float(np.trace(covariance)) ** 2 / squared if squared else float("inf")
    return Uncertainty(covariance, freedom)


def _gradients(votes: Votes, surprise: Floats, informed: Floats, bread: Floats) -> Iterator[Floats]:
    """(visitors, models), in blocks: how each visitor's votes pull at the log-strengths."""
    _names, visitor, count = np.unique(votes.visitor, return_inverse=True, return_counts=True)
    order = np.argsort(visitor, kind="stable")
    first, second, surprise, informed = votes.first[order], votes.second[order], surprise[order], informed[order]
    visitor = visitor[order]
    ends = np.concatenate([[0], np.cumsum(count)])
    heavy = np.argsort(-count, kind="stable")[:HEAVY]
    heavy = heavy[count[heavy] > 1]
    step = max(1, BLOCK // votes.models)
    for start in range(0, len(count), step):
        held = min(step, len(count) - start)
        low, high = ends[start], ends[start + held]
        cells = (visitor[low:high] - start) * votes.models
        gradients = summed(cells + first[low:high], surprise[low:high], held * votes.models)
        gradients -= summed(cells + second[low:high], surprise[low:high], held * votes.models)
        gradients = gradients.reshape(held, votes.models)
        for who in heavy[(heavy >= start) & (heavy < start + held)]:
            rows = slice(ends[who], ends[who + 1])
            edges = summed(first[rows] * votes.models + second[rows], informed[rows], votes.models**2)
            edges = edges.reshape(votes.models, votes.models)
            without = np.eye(votes.models) - laplacian(edges + edges.T) @ bread
            gradients[who - start] = np.linalg.lstsq(without, gradients[who - start])[0]
        yield gradients


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
