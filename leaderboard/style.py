"""Contextual Bradley-Terry: scores at equal style, and what each trait of style is worth. Pure numpy.

The log-odds of a preference are the difference of strengths, plus a coefficient for each trait times its difference
between the two answers, scaled to a standard deviation of one (Li et al., "Does style matter?", LMSYS, 2024).
"""

from dataclasses import dataclass

import numpy as np

from .ranking import MOST_STEPS, Floats, Votes, by_pair, laplacian, summed

TRAITS = ("length", "headings", "lists", "bold")


@dataclass(frozen=True, slots=True)
class Styled:
    """`strengths` of mean zero at equal style; `coefficients` for one standard deviation of each trait; `covariance` of
    both together, models first, clustered by visitor; `scales`, the standard deviations."""

    strengths: Floats
    coefficients: Floats
    covariance: Floats
    scales: Floats


def styled(votes: Votes, traits: Floats) -> Styled:
    """`traits` (votes, traits): the difference, first answer minus second. All models must be ranked."""
    scales = traits.std(axis=0)
    scales = np.where(scales > 0, scales, 1)
    x = traits / scales
    models, count = votes.models, x.shape[1]
    parameters = np.zeros(models + count)
    for _step in range(MOST_STEPS):
        chance = _chance(votes, x, parameters)
        step = np.linalg.solve(_hessian(votes, x, chance), _gradient(votes, x, votes.weight * (votes.result - chance)))
        size = np.abs(step).max()
        parameters = parameters + step * min(1.0, 2 / size if size else 1.0)
        if size < 1e-10:
            break
    bread = np.linalg.inv(_hessian(votes, x, _chance(votes, x, parameters)))
    surprise = votes.weight * (votes.result - _chance(votes, x, parameters))
    covariance = bread @ _meat(votes, x, surprise) @ bread
    return Styled(parameters[:models], parameters[models:], covariance, scales)


def _chance(votes: Votes, x: Floats, parameters: Floats) -> Floats:
    strengths, coefficients = parameters[: votes.models], parameters[votes.models :]
    chance: Floats = 1 / (1 + np.exp(-(strengths[votes.first] - strengths[votes.second] + x @ coefficients)))
    return chance


def _gradient(votes: Votes, x: Floats, surprise: Floats) -> Floats:
    return np.concatenate([_by_model(votes, surprise), x.T @ surprise])


def _by_model(votes: Votes, values: Floats) -> Floats:
    return summed(votes.first, values, votes.models) - summed(votes.second, values, votes.models)


def _hessian(votes: Votes, x: Floats, chance: Floats) -> Floats:
    """With one added in every direction of equal strengths, which leaves their mean at zero."""
    weight = votes.weight * chance * (1 - chance)
    edges = by_pair(votes, weight)
    between = np.stack([_by_model(votes, weight * column) for column in x.T], axis=1)
    own = laplacian(edges + edges.T) + 1 / votes.models
    return np.block([[own, between], [between.T, (x * weight[:, None]).T @ x]])


def _meat(votes: Votes, x: Floats, surprise: Floats) -> Floats:
    """The sum over visitors of the outer product of their gradients."""
    _names, visitor = np.unique(votes.visitor, return_inverse=True)
    order = np.argsort(visitor, kind="stable")
    size = votes.models + x.shape[1]
    meat = np.zeros((size, size))
    clusters = int(visitor.max()) + 1
    sorted_visitor = visitor[order]
    step = max(1, 4_000_000 // size)
    for start in range(0, clusters, step):
        rows = order[slice(*np.searchsorted(sorted_visitor, (start, start + step)))]
        who = visitor[rows] - start
        held = min(step, clusters - start)
        columns = [
            (votes.first[rows], surprise[rows]),
            (votes.second[rows], -surprise[rows]),
            *(
                (np.full(len(rows), votes.models + trait), x[rows, trait] * surprise[rows])
                for trait in range(x.shape[1])
            ),
        ]
        places = np.concatenate([who * size + column for column, _value in columns])
        gradient = summed(places, np.concatenate([value for _column, value in columns]), held * size)
        gradient = gradient.reshape(held, size)
        meat += gradient.T @ gradient
    return meat * (clusters / (clusters - 1) if clusters > 1 else 1)
