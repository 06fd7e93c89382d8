"""Which two models meet: pure functions over identifiers, with the exact probability of what was drawn.

A policy weighs the unordered pairs of a pool; the draw is made on pairs, so that its probability is known and can be
stored; sides are a fair coin, apart. Nothing here is random by itself: the generator is given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

Pair = tuple[int, int]
Weigh = Callable[[int, int], float]


class NotEnoughModels(Exception):
    """Fewer than two different models can be drawn."""


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


def uniform(first: int, second: int) -> float:
    """Every pair weighs the same."""
    return 1.0


def draw(
    pool: Sequence[int], rng: Random, chosen: Sequence[int] = (), weigh: Weigh = uniform, policy: str = "uniform/1"
) -> Draw:
    """Complete the chosen models (none, one or two different ones) to a pair from the pool, in random order.

    Raises NotEnoughModels when no pair is possible; ValueError for the same model twice or more than two.
    """
    if len(chosen) > 2 or len(set(chosen)) != len(chosen):
        raise ValueError("Choose one model, or two different ones.")
    models = tuple(sorted(set(pool)))
    if len(chosen) == 2:
        return seated((chosen[0], chosen[1]), chosen, None, (), "chosen", rng)
    pairs = possible_pairs(models, chosen)
    weights = [weigh(*sorted(pair)) for pair in pairs]
    total = sum(weights)
    if total <= 0:
        raise NotEnoughModels
    [index] = rng.choices(range(len(pairs)), weights)
    return seated(pairs[index], chosen, weights[index] / total, models, policy, rng)


def possible_pairs(models: Sequence[int], chosen: Sequence[int]) -> list[Pair]:
    """All unordered pairs of the pool; with a chosen model, its pairs with every other."""
    if chosen:
        return [(chosen[0], other) for other in models if other != chosen[0]]
    return list(combinations(models, 2))


def seated(
    pair: Pair, chosen: Sequence[int], probability: float | None, pool: tuple[int, ...], policy: str, rng: Random
) -> Draw:
    """The pair on its two sides, by a fair coin."""
    first, second = pair if rng.random() < 0.5 else pair[::-1]
    return Draw(first, second, first not in chosen, second not in chosen, probability, pool, policy)


def replacement(pool: Sequence[int], failed: int, opposite: int, rng: Random) -> int:
    """Another model for a side whose model did not answer: never that one, nor the other side's.

    Raises NotEnoughModels when there is none.
    """
    candidates = sorted(set(pool) - {failed, opposite})
    if not candidates:
        raise NotEnoughModels
    return rng.choice(candidates)
