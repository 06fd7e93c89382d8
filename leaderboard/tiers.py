"""Which models can be told apart, with control for all the pairs that are looked at. Pure numpy."""

from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from .ranking import Floats, Uncertainty, chances, difference_errors

Flags = NDArray[np.bool_]
BLOCK = 2_000_000


def critical_value(known: Uncertainty, level: float = 0.95, draws: int = 10_000, seed: int = 0) -> float:
    """How many standard errors a difference must exceed for all pairs to be right together at this level.

    The quantile of the largest standardised difference of a vector of Student's law with these covariances (Hothorn,
    Bretz & Westfall, 2008), by simulation. With two models, the usual 1.96 or so.
    """
    errors = difference_errors(known.covariance)
    errors = np.where(errors > 0, errors, np.inf)
    places = np.triu_indices(len(errors), 1)
    values, vectors = np.linalg.eigh(known.covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T  # the symmetric one: free of the vectors' signs
    rng = np.random.default_rng(seed)
    largest = []
    step = max(1, BLOCK // max(1, len(places[0])))
    for start in range(0, draws, step):
        drawn = rng.standard_normal((min(step, draws - start), len(errors))) @ root.T
        if np.isfinite(known.freedom):
            drawn /= np.sqrt(rng.chisquare(known.freedom, (len(drawn), 1)) / known.freedom)
        differences = np.abs(drawn[:, places[0]] - drawn[:, places[1]]) / errors[places]
        largest.append(differences.max(axis=1))
    return float(np.quantile(np.concatenate(largest), level, method="higher"))


def told_apart(scores: Floats, covariances: Floats, critical: float) -> Flags:
    """(models, models): whether two models differ by more than so many standard errors."""
    told: Flags = np.abs(scores[:, None] - scores[None, :]) > critical * difference_errors(covariances)
    np.fill_diagonal(told, False)
    return told


def tiers(scores: Floats, told: Flags) -> NDArray[np.int64]:
    """The tier of each model, 1 for the best.

    From the top: a tier holds the models that cannot be told from its first one; the next model opens another. With the
    `critical_value` of a level, every model is worse than the first of each tier above its own, all at that level.
    """
    found = np.zeros(len(scores), np.int64)
    leader, tier = -1, 0
    for model in np.argsort(-scores, kind="stable"):
        if leader < 0 or told[leader, model]:
            leader, tier = model, tier + 1
        found[model] = tier
    return found


def chance_better(scores: Floats, covariances: Floats) -> Floats:
    """(models, models): the probability that the row's model is the better one."""
    errors = np.where(np.eye(len(scores), dtype=bool), 1, difference_errors(covariances))
    normal = np.vectorize(lambda value: (1 + erf(value / sqrt(2))) / 2, otypes=[float])
    better: Floats = normal((scores[:, None] - scores[None, :]) / errors)
    return better


def votes_to_tell(scores: Floats, covariances: Floats, critical: float) -> Floats:
    """(models, models): votes on that very pair still needed to tell it at its present difference; 0 if told already.

    Each adds p(1 - p) of information (Sherman and Morrison's formula). Infinite for equal scores.
    """
    variances = difference_errors(covariances) ** 2
    gaps = scores[:, None] - scores[None, :]
    chance = chances(scores)
    with np.errstate(divide="ignore", invalid="ignore"):
        votes = ((critical / gaps) ** 2 - 1 / variances) / (chance * (1 - chance))
    np.fill_diagonal(votes, 0)
    needed: Floats = np.ceil(np.maximum(votes, 0))
    return needed
