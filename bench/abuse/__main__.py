"""`python -m bench.abuse`: the figures of docs/abuse.md; `--tuning` for the seeds on which thresholds were chosen."""

import argparse
import sys
import time
from collections import Counter, defaultdict

import numpy as np

from arena.watching import rules
from arena.watching.seen import Thresholds
from bench.abuse import figures, voters

TUNING, REPORTED = 1_000, 2_000
"""The first seed of each set."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.abuse", description=__doc__)
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--worlds", type=int, default=20, help="for each attack")
    parser.add_argument("--honest", type=int, default=50, help="months in which nobody attacks")
    parser.add_argument(
        "--uneven", type=float, default=voters.UNEVEN, help="between models, of the log-odds of a vote (deviation)"
    )
    asked = parser.parse_args()
    voters.UNEVEN = asked.uneven
    first = TUNING if asked.tuning else REPORTED
    if asked.honest:
        honest(range(first, first + asked.honest))
    if asked.worlds:
        attacks(range(first, first + asked.worlds))
    return 0


def honest(seeds: range) -> None:
    """Whose votes are set aside, when nobody attacks."""
    begun = time.monotonic()
    told: dict[str, list[Counter[str]]] = defaultdict(list)
    for number, seed in enumerate(seeds, 1):
        for group, counts in figures.mistaken(seed, Thresholds()).items():
            told[group].append(counts)
        say(f"{number} of {len(seeds)} months, {time.monotonic() - begun:.0f} s")
    print(f"{'nobody attacks':<50}{'votes':>9}{'mistaken':>10}{'share':>9}   95 %")
    for group, months in told.items():
        total: Counter[str] = sum(months, Counter())
        low, high = interval(months)
        rates = f"{100 * total['mistaken'] / total['votes']:7.3f} %   {100 * low:.3f} to {100 * high:.3f} %"
        by_rule = ", ".join(f"{rule} {total[rule]}" for rule in rules.NAMES if total[rule])
        print(f"{group:<50}{total['votes']:>9,}{total['mistaken']:>10,}{rates:>27}   {by_rule}", flush=True)


def interval(months: list[Counter[str]]) -> tuple[float, float]:
    """Of the share mistaken, from resampled months; where none was, what 5 % of chance leaves possible by the month."""
    votes, lost = (np.array([month[name] for month in months], float) for name in ("votes", "mistaken"))
    if not lost.any():
        return 0.0, float(3 / votes.sum())
    drawn = np.random.default_rng(0).integers(len(months), size=(2_000, len(months)))
    low, high = np.quantile(lost[drawn].sum(axis=1) / votes[drawn].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


def attacks(seeds: range) -> None:
    """What each moves, and what is stopped: means over worlds, and the range of points."""
    print(
        f"{'attack':<50}{'points':>8}{'ranks':>7}{'tiers':>7}  | with rules"
        f"{'points':>8} (worst){'ranks':>7}{'tiers':>7}"
        f"{'stopped':>10}{'honest set aside':>18}{'of the model’s':>16}{'won':>7}"
    )
    for plan in voters.ATTACKS:
        found = []
        for seed in seeds:
            found.append(figures.attacked(seed, plan, Thresholds()))
            say(f"{plan.name}: {len(found)} of {len(seeds)}")
        mean = {
            name: [np.mean([getattr(getattr(one, name), what) for one in found]) for what in ("score", "rank", "tier")]
            for name in ("without", "with_rules")
        }
        worst = max((one.with_rules.score for one in found), key=abs)
        stopped = sum(one.stopped for one in found) / sum(one.attacking for one in found)
        lost = sum(one.mistaken for one in found) / sum(one.honest for one in found)
        of_model = sum(one.mistaken for one in found) / sum(one.on_model for one in found)
        won = np.mean([one.mistaken_for for one in found if one.mistaken_for is not None] or [np.nan])
        print(
            f"{plan.name:<50}{mean['without'][0]:>8.1f}{mean['without'][1]:>7.1f}{mean['without'][2]:>7.2f}  |"
            f"{mean['with_rules'][0]:>19.1f} ({worst:+5.1f}){mean['with_rules'][1]:>7.1f}{mean['with_rules'][2]:>7.2f}"
            f"{100 * stopped:>9.1f}%{100 * lost:>17.2f}%{100 * of_model:>15.1f}%{won:>7.2f}",
            flush=True,
        )


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
