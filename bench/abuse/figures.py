"""What an attack moves with the rules and without, and whose votes they set aside by mistake."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from arena.watching import rules
from arena.watching.seen import DAY, Seen, Thresholds
from bench.abuse import voters
from leaderboard.ranking import BASE, PER_UNIT, Votes, strengths
from leaderboard.trust.fitting import Fit, fitted, ranked_alone


@dataclass(frozen=True, slots=True)
class Place:
    """Of the model that is pushed; all models are ranked."""

    score: float
    rank: int
    tier: int

    def __sub__(self, other: "Place") -> "Place":
        return Place(self.score - other.score, other.rank - self.rank, other.tier - self.tier)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one attack in one world: what it moves, upwards; attacking and honest votes, cast and set aside."""

    without: Place
    with_rules: Place
    attacking: int
    stopped: int
    honest: int
    mistaken: int
    on_model: int
    mistaken_for: float | None
    """Share of the honest votes set aside that the model had won, ties as halves."""


def votes_of(seen: Iterable[Seen]) -> Votes:
    voted = [one for one in seen if one.is_voted]
    numbers: dict[str, int] = {}
    pairs = np.array([one.models for one in voted])
    visitor = np.array([numbers.setdefault(one.visitor, len(numbers)) for one in voted])
    results = np.array([one.result for one in voted], float)
    return Votes.of(pairs[:, 0], pairs[:, 1], results, voters.MODELS, visitor=visitor)


def board(seen: Iterable[Seen], critical: float | None = None) -> Fit:
    found = fitted(votes_of(seen), critical=critical)
    assert found is not None
    return found


def place(found: Fit, model: int) -> Place:
    score = found.scores[model]
    return Place(float(score * PER_UNIT), int((found.scores > score).sum()) + 1, int(found.tiers[model]))


def watched(seen: Sequence[Seen], thresholds: Thresholds, first: int = 0, last: int = voters.DAYS) -> dict[str, set]:
    """{rule: comparisons} that the job finds at the end of each of these days among the seven days before, by the board
    that it would then have: of all votes so far, less what it has found already."""
    found: dict[str, set] = {rule: set() for rule in rules.NAMES}
    for day in range(first, last):
        end = voters.START + (day + 1) * DAY
        aside = set().union(*found.values())
        known = points(one for one in seen if one.at < end and one.comparison not in aside)
        week = [one for one in seen if end - 7 * DAY <= one.at < end]
        for one in rules.found(week, known, thresholds):
            found[one.rule].add(one.comparison)
    return found


def points(seen: Iterable[Seen]) -> dict[int, float]:
    """The scores alone."""
    is_ranked, _rows, held = ranked_alone(votes_of(seen))
    models = np.flatnonzero(is_ranked)
    scores = zip(models, strengths(held.wins()), strict=True)
    return {int(model): BASE + float(score) * PER_UNIT for model, score in scores}


def attacked(seed: int, plan: voters.Attack, thresholds: Thresholds) -> Outcome:
    world = voters.World.of(seed)
    model, honest = world.middle(), list(voters.honest(world))
    pushing = list(voters.attack(world, plan))
    everything = honest + pushing
    clean = board(honest)
    naive = board(everything, clean.critical)
    last = min(voters.DAYS, int(plan.begin + plan.days) + 7)
    found = watched(everything, thresholds, int(plan.begin), last)
    aside = set().union(*found.values())
    kept = board((one for one in everything if one.comparison not in aside), clean.critical)
    mistaken = [one for one in honest if one.comparison in aside]
    on_model = [one for one in mistaken if model in one.models]
    cast = [one for one in pushing if one.is_voted and model in one.models]
    return Outcome(
        without=place(naive, model) - place(clean, model),
        with_rules=place(kept, model) - place(clean, model),
        attacking=len(cast),
        stopped=sum(one.comparison in aside for one in cast),
        honest=sum(one.is_voted for one in honest),
        mistaken=len(mistaken),
        on_model=sum(one.is_voted and model in one.models for one in honest),
        mistaken_for=float(np.mean([one.result_of(model) for one in on_model])) if on_model else None,
    )


def mistaken(seed: int, thresholds: Thresholds) -> dict[str, Counter[str]]:
    """{group: {"votes": …, "visitors": …, each rule: …}}: all groups together in one month, nobody attacking."""
    world = voters.World.of(seed)
    groups = {name: list(group(world)) for name, group in voters.GROUPS.items()}
    everything = [one for group in groups.values() for one in group]
    found = watched(everything, thresholds)
    told = {}
    for name, group in groups.items():
        voted = [one for one in group if one.is_voted]
        told[name] = Counter(votes=len(voted), mistaken=0) + Counter()
        lost = set().union(*found.values())
        told[name]["mistaken"] = sum(one.comparison in lost for one in voted)
        for rule, comparisons in found.items():
            told[name][rule] = sum(one.comparison in comparisons for one in voted)
    return told
