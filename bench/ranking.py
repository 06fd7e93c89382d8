"""How long the ranking takes: 300,000 votes between 120 models, on one core. `python -m bench.ranking`.

Targets: scores with clustered intervals in 1 s, 1,000 resamples of visitors in 10 s, 500 MB. docs/ranking.md holds what
was reached.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from leaderboard import ranking, resampling, style, tiers

VOTES, MODELS, VISITORS, RESAMPLES = 300_000, 120, 60_000, 1_000
TIES = 0.4


def votes() -> tuple[ranking.Votes, ranking.Floats]:
    """Votes of visitors whose activity is long-tailed, and four traits of style."""
    rng = np.random.default_rng(0)
    truth = rng.normal(0, 0.6, MODELS)
    visitor = rng.integers(0, VISITORS, VOTES) ** 2 // VISITORS
    first = rng.integers(0, MODELS, VOTES)
    second = (first + rng.integers(1, MODELS, VOTES)) % MODELS
    traits = rng.normal(0, 1, (VOTES, len(style.TRAITS)))
    chance = 1 / (1 + np.exp(truth[second] - truth[first] - 0.3 * traits[:, 0]))
    result = np.where(rng.random(VOTES) < TIES, 0.5, (rng.random(VOTES) < chance).astype(float))
    return ranking.Votes.of(first, second, result, MODELS, visitor=visitor), traits


@contextmanager
def timed(name: str, say: Callable[[str], None] = print) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    say(f"{name:<45} {time.perf_counter() - wall:6.2f} s {time.process_time() - cpu:6.2f} CPU-s")


def main() -> int:
    """The command line: a line for each step, then the memory."""
    held, traits = votes()
    with timed("scores and intervals clustered by visitor"):
        scores = ranking.strengths(held.wins())
        known = ranking.uncertainty(held, scores)
    with timed("tiers"):
        tiers.tiers(scores, tiers.told_apart(scores, known.covariance, tiers.critical_value(known)))
    with timed("scores at equal style"):
        style.styled(held, traits)
    with timed(f"{RESAMPLES:,} resamples of visitors"):
        resampling.resampled(held, RESAMPLES, seed=1)
    print(f"{'memory, at most':<45} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
