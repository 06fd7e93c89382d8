"""Which two models meet: pure functions over identifiers, with the exact probability of what was drawn.

A mode says which unordered pairs of a pool are possible, a policy weighs them; the draw is made on pairs, so that its
probability is known and can be stored; sides are a fair coin, apart. Nothing here is random by itself: the generator is
given. docs/draws.md says why, and how to weigh by these probabilities.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

Pair = tuple[int, int]
"""Two models, the lower identifier first."""
Size = float | None
"""Billions of parameters; None if unknown."""
SMALL_AT_MOST = 60
BIG_AT_LEAST = 100


class NotEnoughModels(Exception):
    """Fewer than two different models can be drawn."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How pairs are weighted, as data; `code`, with its version, is stored with each draw: change one, change both.

    A pair weighs as many times the mean of the pool as the ranking needs it, between `floor` and `cap`; `newcomer` if
    the ranking does not know it yet. Until the ranking has said anything, all pairs weigh the same.
    """

    code: str
    floor: float
    cap: float
    newcomer: float

    def weights(self, pairs: Sequence[Pair], needs: Mapping[Pair, float]) -> list[float]:
        """The weight of each pair; all above zero, so that none is out of reach of an estimate."""
        known = [needs[pair] for pair in pairs if pair in needs]
        mean = sum(known) / len(known) if known else 0
        if not mean:
            return [1.0] * len(pairs)
        return [
            min(self.cap, max(self.floor, needs[pair] / mean)) if pair in needs else self.newcomer for pair in pairs
        ]


UNIFORM = Policy("uniform/1", floor=1, cap=1, newcomer=1)
BALANCED = Policy("balanced/1", floor=0.25, cap=4, newcomer=2)
POLICIES = {"uniform": UNIFORM, "balanced": BALANCED}


@dataclass(frozen=True, slots=True)
class Draw:
    """Two different models, and how likely this unordered pair was: given the chosen model if there was one; None if
    both were chosen. `pool` holds the models that could have been drawn, in ascending order."""

    model_a: int
    model_b: int
    drawn_a: bool
    drawn_b: bool
    probability: float | None
    pool: tuple[int, ...]
    policy: str


def is_small(size: Size) -> bool:
    return size is not None and size <= SMALL_AT_MOST


def is_big(size: Size) -> bool:
    return size is not None and size >= BIG_AT_LEAST


def any_two(first: Size, second: Size) -> bool:
    return True


def two_small(first: Size, second: Size) -> bool:
    return is_small(first) and is_small(second)


def a_big_and_a_small(first: Size, second: Size) -> bool:
    return is_big(first) and is_small(second) or is_small(first) and is_big(second)


MODES: dict[str, Callable[[Size, Size], bool]] = {
    "random": any_two,
    "custom": any_two,
    "small-models": two_small,
    "big-vs-small": a_big_and_a_small,
}
"""By mode, whether two models of these sizes may meet."""


def draw(
    pool: Mapping[int, Size],
    rng: Random,
    mode: str = "random",
    chosen: Sequence[int] = (),
    policy: Policy = UNIFORM,
    needs: Mapping[Pair, float] | None = None,
) -> Draw:
    """Complete the chosen models (none, one or two different ones) to a pair from the pool, in random order.

    `pool` gives each model's size. Raises NotEnoughModels when no pair is possible; ValueError for the same model twice
    or more than two.
    """
    if len(chosen) > 2 or len(set(chosen)) != len(chosen):
        raise ValueError("Choose one model, or two different ones.")
    if len(chosen) == 2:
        return seated((chosen[0], chosen[1]), chosen, None, (), "chosen", rng)
    pairs = possible_pairs(pool, mode, chosen)
    if not pairs:
        raise NotEnoughModels
    weights = policy.weights(pairs, needs or {})
    [index] = rng.choices(range(len(pairs)), weights)
    models = tuple(sorted({model for pair in pairs for model in pair}))
    return seated(pairs[index], chosen, weights[index] / sum(weights), models, policy.code, rng)


def possible_pairs(pool: Mapping[int, Size], mode: str = "random", chosen: Collection[int] = ()) -> list[Pair]:
    """The unordered pairs of the pool that the mode allows; with a chosen model, those that hold it."""
    if chosen:
        [kept] = chosen
        return [(min(kept, other), max(kept, other)) for other in sorted(pool) if other != kept]
    may_meet = MODES[mode]
    return [pair for pair in combinations(sorted(pool), 2) if may_meet(pool[pair[0]], pool[pair[1]])]


def seated(
    pair: Pair, chosen: Collection[int], probability: float | None, pool: tuple[int, ...], policy: str, rng: Random
) -> Draw:
    """The pair on its two sides, by a fair coin."""
    first, second = pair if rng.random() < 0.5 else pair[::-1]
    return Draw(first, second, first not in chosen, second not in chosen, probability, pool, policy)


def replacement(pool: Mapping[int, Size], failed: int, opposite: int, rng: Random, mode: str = "random") -> int:
    """Another model for a side whose model did not answer: never that one, and one that may meet the other side's.

    Raises NotEnoughModels when there is none.
    """
    may_meet = MODES[mode]
    candidates = [
        model
        for model in sorted(pool)
        if model not in (failed, opposite) and (opposite not in pool or may_meet(pool[model], pool[opposite]))
    ]
    if not candidates:
        raise NotEnoughModels
    return rng.choice(candidates)
