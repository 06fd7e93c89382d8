"""Votes that choose their model, where the site draws it: one visitor's, or of many who push the same. Pure.

A preference is never a reason, however strong or shared: who always prefers a model still meets it as often as the draw
says. To push one with few votes, one must vote when it is there and leave when it is not: then votes no longer follow
draws. Both tests take the draw for what is known, and bound the chance of a false alarm whatever people prefer.

Bounds: Hoeffding, *Probability inequalities for sums of bounded random variables* (1963), theorems 1 and 2; of draws
without replacement too (his section 6), and of the
difference of two means (2.6). Chances of a run are shared between all its tests (Bonferroni).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf, log
from typing import Any

from .seen import DAY, HOUR, WEEK, Found, Seen, Thresholds, by_visitor

ONE_MODEL, RING = "one-model", "vote-ring"
LEAST_OF_ONE = 5
"""Votes of a visitor, before they are tested."""
UNSURE = 0.01
"""Chance that honest votes lean enough, for a ring that the draw has found already."""
SETTLED = 30
"""Votes on a model of visitors who belong to no ring, with which those of a group are compared; under so many, the
ranking is, which a slow ring has moved already."""
WINDOWS: dict[str, Callable[[Seen], Hashable]] = {
    "question": lambda one: (one.question, one.at // WEEK) if one.question else None,
    "hour": lambda one: one.at // HOUR,
    "day": lambda one: one.at // DAY,
    "week": lambda one: one.at // WEEK,
}
"""Which votes are looked at together; the narrowest first, so that few others are set aside with a ring."""


def of_one_model(seen: Sequence[Seen], thresholds: Thresholds) -> Iterator[Found]:
    """The votes of a visitor on a model that is in far more of them than draws put there."""
    drawn = Draws.of(seen)
    visitors = [votes for votes in by_visitor(seen).values() if len(votes) >= LEAST_OF_ONE]
    counts = [Counter(model for one in votes for model in one.models) for votes in visitors]
    needed = bound(sum(map(len, counts)), thresholds)
    for votes, count in zip(visitors, counts, strict=True):
        of_draws = Counter(one.draw for one in votes)
        for model, met in count.items():
            share = drawn.share(of_draws, model)
            if surprise(met, len(votes), share) >= needed:
                evidence: dict[str, Any] = {"model": model, "votes": len(votes), "with_model": met}
                evidence["expected"] = round(share * len(votes), 2)
                yield from (Found(one.comparison, ONE_MODEL, evidence) for one in votes if model in one.models)


def rings(seen: Sequence[Seen], scores: Mapping[int, float], thresholds: Thresholds) -> Iterator[Found]:
    """All votes of fresh visitors on a model, whichever they prefer, where together they choose and push it.

    Those against it as well: to drop only its wins would let anyone hold back a model by pretending to push it.
    `scores` are the ranking's, in points of 400 a tenfold.
    """
    votes = Counter(one.visitor for one in seen if one.is_voted)
    fresh = [one for one in seen if one.age <= thresholds.fresh_days * DAY and votes[one.visitor] <= thresholds.few]
    settled = results(
        one
        for one in seen
        if one.is_voted and (one.age > thresholds.fresh_days * DAY or votes[one.visitor] > thresholds.few)
    )
    windows = [(name, groups(fresh, key)) for name, key in WINDOWS.items()]
    tests = sum(len(models_of(group)) for _name, found in windows for group in found)
    needed = bound(tests, thresholds)
    found: set[Hashable] = set()
    for name, together in windows:
        for group in together:
            left = [one for one in group if one.comparison not in found]
            for model, evidence in tested(left, scores, settled, needed, thresholds):
                start = datetime.fromtimestamp(min(one.at for one in group), UTC).isoformat("T", "minutes")
                evidence |= {"group": f"{name}-{start[:16]}-{model}", "window": name}
                for one in left:
                    if one.is_voted and model in one.models and one.comparison not in found:
                        found.add(one.comparison)
                        yield Found(one.comparison, RING, evidence)


def groups(seen: Iterable[Seen], key: Callable[[Seen], Hashable]) -> list[list[Seen]]:
    found: dict[Hashable, list[Seen]] = defaultdict(list)
    for one in seen:
        if (of := key(one)) is not None:
            found[of].append(one)
    return list(found.values())


def models_of(group: Iterable[Seen]) -> set[int]:
    return {model for one in group if one.is_voted for model in one.models}


def results(votes: Iterable[Seen]) -> dict[int, list[float]]:
    found = defaultdict(list)
    for one in votes:
        for model in one.models:
            found[model].append(one.result_of(model))
    return found


def tested(
    group: Sequence[Seen],
    scores: Mapping[int, float],
    settled: Mapping[int, Sequence[float]],
    needed: float,
    thresholds: Thresholds,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The models that these votes choose and push, each with the numbers that say so; the most surprising first."""
    voted = [one for one in group if one.is_voted]
    if len({one.visitor for one in voted}) < thresholds.ring_visitors:
        return
    drawn, of_draws = Draws.of(group), Counter(one.draw for one in voted)
    on: dict[int, list[Seen]] = defaultdict(list)
    for one in voted:
        for model in one.models:
            on[model].append(one)
    pushed = []
    for model, votes in on.items():
        visitors = len({one.visitor for one in votes})
        if visitors < thresholds.ring_visitors:
            continue
        share, met = drawn.share(of_draws, model), len(votes)
        surprised = surprise(met, len(voted), share)
        times = odds(met / len(voted)) / odds(share)
        won = sum(one.result_of(model) for one in votes) / met
        expected, known = expectation(model, votes, scores, settled)
        sure = 2 * (won - expected) ** 2 / (1 / met + 1 / known)
        if (
            surprised >= needed
            and times >= thresholds.ring_times
            and abs(won - expected) >= thresholds.ring_lean
            and sure >= -log(UNSURE)
        ):
            evidence: dict[str, Any] = {"model": model, "visitors": visitors, "votes": len(voted), "with_model": met}
            evidence |= {"expected": round(share * len(voted), 2), "times": round(times, 2) if times < inf else None}
            evidence |= {"won": round(won, 3), "won_expected": round(expected, 3)}
            pushed.append((surprised, model, evidence))
    yield from ((model, evidence) for _surprised, model, evidence in sorted(pushed, key=lambda one: -one[0]))


def expectation(
    model: int, votes: Sequence[Seen], scores: Mapping[int, float], settled: Mapping[int, Sequence[float]]
) -> tuple[float, float]:
    """Which share of these votes the model should win, ties as halves, and how many votes say so."""
    others = settled.get(model, ())
    if len(others) >= SETTLED:
        return sum(others) / len(others), len(others)
    return sum(chance(one, model, scores) for one in votes) / len(votes), inf


@dataclass(frozen=True, slots=True)
class Draws:
    """How often each model was drawn, voted or not, among comparisons that were drawn alike."""

    all: Counter[Hashable]
    with_model: Counter[tuple[Hashable, int]]

    @classmethod
    def of(cls, seen: Sequence[Seen]) -> "Draws":
        return cls(
            Counter(one.draw for one in seen), Counter((one.draw, model) for one in seen for model in one.models)
        )

    def share(self, votes: Counter[Hashable], model: int) -> float:
        """Of so many votes on each kind of draw, that would be on the model, if voting did not depend on it."""
        expected = sum(count * self.with_model[of, model] / self.all[of] for of, count in votes.items())
        return expected / votes.total()


def surprise(met: int, votes: int, share: float) -> float:
    """-log of a bound on the chance of as many or more, in nats; 0 where that is no surprise."""
    found = met / votes
    if found <= share:
        return 0
    left = (1 - found) * log((1 - found) / (1 - share)) if found < 1 else 0
    return votes * (found * log(found / share) + left)


def bound(tests: int, thresholds: Thresholds) -> float:
    return log(max(1, tests) / thresholds.false_alarms)


def odds(share: float) -> float:
    return share / (1 - share) if share < 1 else inf


def chance(one: Seen, model: int, scores: Mapping[int, float]) -> float:
    """Of the model, by the ranking; even where it does not know one of the two."""
    other = one.models[0] if model == one.models[1] else one.models[1]
    if model not in scores or other not in scores:
        return 0.5
    return 1 / (1 + 10 ** ((scores[other] - scores[model]) / 400))
