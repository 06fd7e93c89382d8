from collections import Counter
from itertools import combinations
from random import Random

import pytest

from arena import pairing


def test_uniform_draw_gives_every_pair_the_same_stored_probability():
    draws = [pairing.draw(range(5), Random(seed)) for seed in range(4000)]
    assert {draw.probability for draw in draws} == {0.1}
    pairs = Counter(frozenset((draw.model_a, draw.model_b)) for draw in draws)
    assert set(pairs) == {frozenset(pair) for pair in combinations(range(5), 2)}
    assert all(abs(count / 4000 - 0.1) < 0.02 for count in pairs.values())


def test_weighted_draw_stores_the_probability_that_is_realised():
    def weigh(first, second):
        return {(1, 2): 6.0, (1, 3): 3.0, (2, 3): 1.0}[first, second]

    draws = [pairing.draw([3, 1, 2], Random(seed), weigh=weigh) for seed in range(5000)]
    realised = Counter(tuple(sorted((draw.model_a, draw.model_b))) for draw in draws)
    stored = {tuple(sorted((draw.model_a, draw.model_b))): draw.probability for draw in draws}
    assert stored == {(1, 2): 0.6, (1, 3): 0.3, (2, 3): 0.1}
    assert all(abs(realised[pair] / 5000 - probability) < 0.025 for pair, probability in stored.items())


def test_sides_are_a_fair_coin():
    first = sum(pairing.draw([1, 2], Random(seed)).model_a == 1 for seed in range(4000))
    assert abs(first / 4000 - 0.5) < 0.03


def test_one_chosen_model_is_kept_and_is_not_counted_as_drawn():
    for seed in range(50):
        draw = pairing.draw([1, 2, 3], Random(seed), chosen=[2])
        assert 2 in (draw.model_a, draw.model_b)
        assert (draw.drawn_a, draw.drawn_b) == (draw.model_a != 2, draw.model_b != 2)
        assert draw.probability == 0.5
        assert draw.pool == (1, 2, 3)


def test_two_chosen_models_have_no_probability():
    draw = pairing.draw([1, 2, 3], Random(1), chosen=[3, 1])
    assert {draw.model_a, draw.model_b} == {1, 3}
    assert (draw.drawn_a, draw.drawn_b, draw.probability) == (False, False, None)


@pytest.mark.parametrize("chosen", [[1, 1], [1, 2, 3]])
def test_the_same_model_twice_or_three_models_are_refused(chosen):
    with pytest.raises(ValueError):
        pairing.draw([1, 2, 3, 4], Random(1), chosen=chosen)


@pytest.mark.parametrize(("pool", "chosen"), [([], []), ([1], []), ([1, 1], []), ([1], [1])])
def test_a_pool_without_a_pair_is_refused(pool, chosen):
    with pytest.raises(pairing.NotEnoughModels):
        pairing.draw(pool, Random(1), chosen=chosen)


def test_a_replacement_is_neither_the_failed_model_nor_the_other_side():
    assert {pairing.replacement([1, 2, 3, 4], 1, 2, Random(seed)) for seed in range(50)} == {3, 4}
    with pytest.raises(pairing.NotEnoughModels):
        pairing.replacement([1, 2], 1, 2, Random(1))
