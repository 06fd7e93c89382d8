"""Whether the ranking's intervals and tiers keep their promise, on simulated truth. `python -m bench.coverage`.

Each set: 20 models, 400 visitors with long-tailed activity and tastes of their own (so that the votes of one visitor
have something in common), 40 % ties. Fixed seeds. Printed with the Monte-Carlo error; docs/ranking.md holds figures.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from leaderboard import ranking, resampling, tiers

MODELS, VISITORS, TIES = 20, 400, 0.4
TASTE = 0.7
"""Standard deviation of a visitor's own liking of each model, in log-strength."""


@dataclass(frozen=True)
class World:
    """Log-strengths as the whole population of visitors would rank them, and the votes of one sample of it."""

    truth: ranking.Floats
    votes: ranking.Votes


def chance_of(gap: ranking.Floats) -> ranking.Floats:
    """The chance that a visitor prefers the first, halved ties included, for a gap in their own liking."""
    decided = 1 / (1 + np.exp(-gap))
    expected: ranking.Floats = TIES / 2 + (1 - TIES) * decided
    return expected


def population_truth(liking: ranking.Floats, rng: np.random.Generator) -> ranking.Floats:
    """What Bradley-Terry converges to with infinitely many visitors: the fit of the mean chances, by quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(31)
    gaps = liking[:, None] - liking[None, :]
    spread = TASTE * np.sqrt(2)
    mean = sum(
        weight * chance_of(gaps + spread * node) for node, weight in zip(nodes, weights / weights.sum(), strict=True)
    )
    wins = np.asarray(mean)
    np.fill_diagonal(wins, 0)
    return ranking.strengths(wins)


def world(seed: int) -> World:
    rng = np.random.default_rng(seed)
    liking = np.random.default_rng(7).normal(0, 0.5, MODELS)
    tastes = liking + rng.normal(0, TASTE, (VISITORS, MODELS))
    activity = np.minimum(rng.zipf(1.6, VISITORS), 300)
    visitor = np.repeat(np.arange(VISITORS), activity)
    first = rng.integers(0, MODELS, len(visitor))
    second = (first + rng.integers(1, MODELS, len(visitor))) % MODELS
    gap = tastes[visitor, first] - tastes[visitor, second]
    tied = rng.random(len(visitor)) < TIES
    won = rng.random(len(visitor)) < 1 / (1 + np.exp(-gap))
    result = np.where(tied, 0.5, won.astype(float))
    votes = ranking.Votes.of(first, second, result, MODELS, visitor=visitor)
    return World(population_truth(liking, rng), votes)


@dataclass
class Coverage:
    """Over the sets: the share of intervals that hold the truth, and what else was promised."""

    clustered: list[float]
    alone: list[float]
    ranks: list[float]
    tiers_right: list[float]
    unranked: int = 0


def measure(sets: int, resamples: int = 0, say: Callable[[str], object] = lambda text: None) -> Coverage:
    """Each set gives the share of its models whose interval holds the truth; `resamples` also checks rank intervals."""
    found = Coverage([], [], [], [])
    for seed in range(sets):
        held = world(seed)
        if not ranking.ranked(held.votes.wins()).all():
            found.unranked += 1
            continue
        scores = ranking.strengths(held.votes.wins())
        for by_visitor, shares in ((True, found.clustered), (False, found.alone)):
            known = ranking.uncertainty(held.votes, scores, by_visitor)
            shares.append(float((np.abs(scores - held.truth) <= known.quantile() * known.errors).mean()))
        known = ranking.uncertainty(held.votes, scores)
        told = tiers.told_apart(scores, known.covariance, tiers.critical_value(known, draws=4000))
        found.tiers_right.append(float(are_right(tiers.tiers(scores, told), scores, held.truth)))
        if resamples:
            low, high = resampling.rank_intervals(resampling.resampled(held.votes, resamples, seed))
            true_ranks = np.argsort(np.argsort(-held.truth)) + 1
            found.ranks.append(float(((low <= true_ranks) & (true_ranks <= high)).mean()))
        if seed % 100 == 99:
            say(f"{seed + 1} sets")
    return found


def are_right(found: ranking.Integers, scores: ranking.Floats, truth: ranking.Floats) -> bool:
    """Whether every model is truly worse than the first of each tier above its own."""
    for tier in range(1, found.max()):
        leader = max(np.flatnonzero(found == tier), key=lambda model: scores[model])
        if (truth[found > tier] >= truth[leader]).any():
            return False
    return True


def main() -> int:
    """The command line: a table, in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m bench.coverage", description=__doc__)
    parser.add_argument("--sets", type=int, default=2000)
    parser.add_argument("--resamples", type=int, default=200, help="for the rank intervals; 0 leaves them out")
    options = parser.parse_args()
    found = measure(options.sets, options.resamples, lambda text: print(text, file=sys.stderr, flush=True))
    print("| promise | held | Monte-Carlo error |\n|---|--:|--:|")
    lines = [
        ("95 % intervals, clustered by visitor", found.clustered),
        ("95 % intervals, votes as independent", found.alone),
        ("95 % rank intervals, cluster bootstrap", found.ranks),
        ("95 % of rankings with every tier right", found.tiers_right),
    ]
    for name, shares in lines:
        if shares:
            error = np.std(shares, ddof=1) / np.sqrt(len(shares))
            print(f"| {name} | {np.mean(shares):.2%} | {error:.2%} |")
    print(f"\n{options.sets} sets, of which {found.unranked} had too few votes to rank all models.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
