"""What the balanced draw saves: votes needed to tell models apart, against the uniform draw. `python -m bench.draws`.

Simulated visitors vote on pairs that `arena.pairing` draws, by its two policies; now and then the ranking says which
pairs it needs, as it does each night in production. Fixed seeds: the same figures every time. docs/draws.md holds them.
"""

import argparse
import sys
from dataclasses import dataclass
from itertools import combinations
from random import Random

import numpy as np
from numpy.typing import NDArray

from arena import pairing
from leaderboard import ranking

MODELS = 20
TIES = 0.4
A_NIGHT = 250
"""Votes between two computations of the needs."""
ESTABLISHED = 20_000
"""Votes that the others have, drawn uniformly, when newcomers arrive."""
Z = 1.96
WORTH_TELLING = 20
"""Points of true difference under which a pair is not asked to be told apart."""
MOST_VOTES = 200_000


@dataclass(frozen=True)
class Goal:
    """A share of the pairs worth telling apart; of those that hold one of so many newcomers, if there are any."""

    name: str
    share: float
    newcomers: int = 0


GOALS = (
    Goal("80 % of all pairs", 0.8),
    Goal("95 % of all pairs", 0.95),
    Goal("80 % of the pairs of two newcomers", 0.8, 2),
    Goal("90 % of the pairs of two newcomers", 0.9, 2),
)


class Board:
    """What the ranking knows: all votes so far, aggregated."""

    def __init__(self) -> None:
        self.wins = np.zeros((MODELS, MODELS))

    def add(self, drawn: ranking.Integers, results: ranking.Floats) -> None:
        self.wins += ranking.Votes.of(drawn[:, 0], drawn[:, 1], results, MODELS).wins()

    def read(self) -> tuple[NDArray[np.bool_], ranking.Floats]:
        """Pairs told apart, and the need of each pair. The share of ties is known: they carry no noise."""
        scores = ranking.strengths(self.wins)
        information = ranking.information(self.wins + self.wins.T, ranking.chances(scores))
        covariances = np.asarray(np.linalg.pinv(information) * (1 - TIES), np.float64)
        gaps = np.abs(scores[:, None] - scores[None, :])
        told = gaps > Z * ranking.difference_errors(covariances)
        return told, ranking.needs(scores, covariances, told)


def votes_to_reach(goal: Goal, policy: pairing.Policy, seed: int) -> int:
    """Votes drawn by this policy until the goal is reached, in the world of this seed."""
    rng, coin = np.random.default_rng(seed), Random(seed)
    truth = rng.normal(0, 0.5, MODELS)
    chance = ranking.chances(truth)
    worth = np.abs(truth[:, None] - truth[None, :]) * ranking.PER_UNIT >= WORTH_TELLING
    pairs = pairing.possible_pairs(dict.fromkeys(range(MODELS)))
    board = Board()
    needs: dict[pairing.Pair, float] = {}
    if goal.newcomers:
        known = MODELS - goal.newcomers
        worth[:known, :known] = False
        old = list(combinations(range(known), 2))
        drawn = np.array(coin.choices(old, k=ESTABLISHED))
        board.add(drawn, results(chance[drawn[:, 0], drawn[:, 1]], rng))
        needs = dict.fromkeys(old, 1.0)
    for votes in range(A_NIGHT, MOST_VOTES, A_NIGHT):
        drawn = np.array(coin.choices(pairs, policy.weights(pairs, needs), k=A_NIGHT))
        board.add(drawn, results(chance[drawn[:, 0], drawn[:, 1]], rng))
        if not ranking.ranked(board.wins).all():
            continue
        told, need = board.read()
        if told[worth].mean() >= goal.share:
            return votes
        needs = {pair: float(need[pair]) for pair in pairs}
    return MOST_VOTES


def results(chance: ranking.Floats, rng: np.random.Generator) -> ranking.Floats:
    """Votes with a fixed share of ties, whose mean is the chance."""
    tied = rng.random(len(chance)) < TIES
    decided = np.clip((chance - TIES / 2) / (1 - TIES), 0, 1)
    return np.where(tied, 0.5, (rng.random(len(chance)) < decided).astype(float))


def main() -> int:
    """The command line: a table, in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m bench.draws", description=__doc__)
    parser.add_argument("--worlds", type=int, default=40, help="simulations of each cell")
    worlds = parser.parse_args().worlds
    print("| told apart at 95 % | uniform | balanced | saved |\n|---|--:|--:|--:|")
    for goal in GOALS:
        means = {}
        for name, policy in pairing.POLICIES.items():
            means[name] = float(np.mean([votes_to_reach(goal, policy, seed) for seed in range(worlds)]))
            print(f"{goal.name}, {name}: {means[name]:,.0f} votes", file=sys.stderr)
        saved = 1 - means["balanced"] / means["uniform"]
        print(f"| {goal.name} | {means['uniform']:,.0f} | {means['balanced']:,.0f} | {saved:.0%} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
