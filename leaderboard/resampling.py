"""The cluster bootstrap: what the scores would be with other visitors. Pure numpy, seeded."""

import numpy as np

from .ranking import Floats, Votes, ranked, strengths


def resampled(votes: Votes, resamples: int, seed: int) -> Floats:
    """(resamples, models): log-strengths refitted on visitors drawn with replacement, all votes of each together.

    A resample whose votes no longer connect all models has no scores: its row is NaN, never a default.
    """
    names, visitor = np.unique(votes.visitor, return_inverse=True)
    low, high = np.minimum(votes.first, votes.second), np.maximum(votes.first, votes.second)
    pair = low * votes.models + high
    order = np.argsort(pair, kind="stable")
    cells, starts = np.unique(pair[order], return_index=True)
    visitor, weight = visitor[order], votes.weight[order]
    won = weight * np.where(votes.first < votes.second, votes.result, 1 - votes.result)[order]
    rows, columns = np.divmod(cells, votes.models)
    rng = np.random.default_rng(seed)
    found = np.full((resamples, votes.models), np.nan)
    start = strengths(votes.wins())
    for resample in range(resamples):
        times = np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))[visitor]
        wins = np.zeros((votes.models, votes.models))
        wins[rows, columns] = np.add.reduceat(times * won, starts)
        wins[columns, rows] = np.add.reduceat(times * weight, starts) - wins[rows, columns]
        if ranked(wins).all():
            found[resample] = strengths(wins, start)
    return found


def rank_intervals(found: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """The lowest and highest rank of each model: the fewest ranks in a row that hold this share of the resamples.

    Of as many ranks, those that hold most. Cutting both tails instead would round up twice, since ranks are whole.
    """
    ranks = _ranks(found[~np.isnan(found).any(axis=1)]).astype(np.int64)
    models = ranks.shape[1]
    held = np.stack([np.bincount(of_model, minlength=models + 1) for of_model in ranks.T]).cumsum(axis=1) / len(ranks)
    low, high = np.zeros(models), np.zeros(models)
    for width in range(1, models + 1):
        shares = held[:, width:] - held[:, :-width]
        enough = (high == 0) & (shares.max(axis=1) >= level - 1e-9)
        best = shares.argmax(axis=1)
        low[enough], high[enough] = best[enough] + 1, best[enough] + width
    return low, high


def chance_of_best(found: Floats) -> Floats:
    """The share of resamples in which each model is the first."""
    best: Floats = (_ranks(found[~np.isnan(found).any(axis=1)]) == 1).mean(axis=0)
    return best


def _ranks(scores: Floats) -> Floats:
    ranks = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1, kind="stable") + 1
    return ranks.astype(np.float64)
