from collections import Counter
from itertools import combinations
from random import Random
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena import pairing

SIZES = {1: 7, 2: 60, 3: 99, 4: 100, 5: None, 6: 405}


def pair_of(draw):
    return tuple(sorted((draw.model_a, draw.model_b)))


def test_uniform_draw_gives_every_pair_the_same_stored_probability():
    draws = [pairing.draw(dict.fromkeys(range(5)), Random(seed)) for seed in range(4000)]
    assert {draw.probability for draw in draws} == {0.1}
    pairs = Counter(map(pair_of, draws))
    assert set(pairs) == set(combinations(range(5), 2))
    assert all(abs(count / 4000 - 0.1) < 0.02 for count in pairs.values())


def test_balanced_draw_stores_the_probability_that_is_realised():
    needs = {(1, 2): 6.0, (1, 3): 3.0, (2, 3): 1.0}
    pool = dict.fromkeys([3, 1, 2])
    draws = [pairing.draw(pool, Random(seed), policy=pairing.BALANCED, needs=needs) for seed in range(5000)]
    realised = Counter(map(pair_of, draws))
    stored = {pair_of(draw): draw.probability for draw in draws}
    assert stored == pytest.approx({(1, 2): 0.6, (1, 3): 0.3, (2, 3): 0.1})
    assert all(abs(realised[pair] / 5000 - probability) < 0.025 for pair, probability in stored.items())
    assert {draw.policy for draw in draws} == {"balanced/1"}


@given(
    st.dictionaries(st.integers(1, 12), st.sampled_from([None, 1.0, 60.0, 100.0]), min_size=2),
    st.sampled_from(list(pairing.MODES)),
    st.dictionaries(st.integers(1, 60), st.floats(0, 1e6), max_size=30),
)
def test_the_probabilities_of_a_pool_sum_to_one_and_none_is_zero(pool, mode, raw):
    pairs = pairing.possible_pairs(pool, mode)
    if not pairs:
        with pytest.raises(pairing.NotEnoughModels):
            pairing.draw(pool, Random(0), mode)
        return
    needs = {pairs[key % len(pairs)]: value for key, value in raw.items()}
    weights = pairing.BALANCED.weights(pairs, needs)
    assert min(weights) >= pairing.BALANCED.floor
    assert max(weights) <= pairing.BALANCED.cap
    drawn = {}
    for seed in range(200):
        found = pairing.draw(pool, Random(seed), mode, policy=pairing.BALANCED, needs=needs)
        drawn[pair_of(found)] = found.probability
    expected = {pair: weight / sum(weights) for pair, weight in zip(pairs, weights, strict=True)}
    assert sum(expected.values()) == pytest.approx(1)
    assert drawn == pytest.approx({pair: expected[pair] for pair in drawn})


def test_one_rare_need_cannot_take_all_the_draws():
    pairs = list(combinations(range(10), 2))
    weights = pairing.BALANCED.weights(pairs, dict.fromkeys(pairs, 1.0) | {(0, 1): 1e9})
    assert max(weights) / min(weights) == pairing.BALANCED.cap / pairing.BALANCED.floor


def test_a_pair_that_the_ranking_does_not_know_weighs_twice_the_mean():
    assert pairing.BALANCED.weights([(1, 2), (1, 3), (2, 3)], {(1, 2): 5.0}) == [1, 2, 2]
    assert pairing.BALANCED.weights([(1, 2), (1, 3)], {}) == [1, 1]


def test_each_mode_draws_only_pairs_of_its_sizes():
    allowed = {mode: set(pairing.possible_pairs(SIZES, mode)) for mode in pairing.MODES}
    assert allowed["random"] == set(combinations(SIZES, 2))
    assert allowed["small-models"] == {(1, 2)}
    assert allowed["big-vs-small"] == {(1, 4), (1, 6), (2, 4), (2, 6)}
    draw = pairing.draw(SIZES, Random(0), "big-vs-small")
    assert draw.probability == 0.25
    assert draw.pool == (1, 2, 4, 6)


def test_sides_are_a_fair_coin():
    first = sum(pairing.draw({1: None, 2: None}, Random(seed)).model_a == 1 for seed in range(4000))
    assert abs(first / 4000 - 0.5) < 0.03


def test_one_chosen_model_is_kept_and_is_not_counted_as_drawn():
    for seed in range(50):
        draw = pairing.draw(dict.fromkeys([1, 2, 3]), Random(seed), "custom", chosen=[2])
        assert 2 in (draw.model_a, draw.model_b)
        assert (draw.drawn_a, draw.drawn_b) == (draw.model_a != 2, draw.model_b != 2)
        assert draw.probability == 0.5
        assert draw.pool == (1, 2, 3)


def test_two_chosen_models_have_no_probability():
    draw = pairing.draw(dict.fromkeys([1, 2, 3]), Random(1), "custom", chosen=[3, 1])
    assert {draw.model_a, draw.model_b} == {1, 3}
    assert (draw.drawn_a, draw.drawn_b, draw.probability) == (False, False, None)


@pytest.mark.parametrize("chosen", [[1, 1], [1, 2, 3]])
def test_the_same_model_twice_or_three_models_are_refused(chosen):
    with pytest.raises(ValueError):
        pairing.draw(dict.fromkeys([1, 2, 3, 4]), Random(1), "custom", chosen=chosen)


@pytest.mark.parametrize(("pool", "chosen"), [([], []), ([1], []), ([1], [1])])
def test_a_pool_without_a_pair_is_refused(pool, chosen):
    with pytest.raises(pairing.NotEnoughModels):
        pairing.draw(dict.fromkeys(pool), Random(1), chosen=chosen)


def test_a_replacement_is_neither_the_failed_model_nor_the_other_side():
    pool = dict.fromkeys([1, 2, 3, 4])
    assert {pairing.replacement(pool, 1, 2, Random(seed)) for seed in range(50)} == {3, 4}
    with pytest.raises(pairing.NotEnoughModels):
        pairing.replacement(dict.fromkeys([1, 2]), 1, 2, Random(1))


def test_a_replacement_keeps_the_mode():
    pool = {1: 7, 2: 8, 3: 200, 4: 300}
    assert {pairing.replacement(pool, 1, 3, Random(seed), "big-vs-small") for seed in range(20)} == {2}
    assert {pairing.replacement(pool, 3, 1, Random(seed), "big-vs-small") for seed in range(20)} == {4}


def test_weighting_by_the_stored_probability_gives_back_what_every_pair_would_have_given():
    """The mean of a known quantity over all pairs, from draws that favour some of them eightfold: Horvitz-Thompson."""
    pool = dict.fromkeys(range(12))
    pairs = pairing.possible_pairs(pool)
    quantity = {pair: pair[0] ** 2 + 3.0 * pair[1] for pair in pairs}
    needs = {pair: quantity[pair] ** 2 for pair in pairs}  # the draw favours what weighs most in the mean
    truth = sum(quantity.values()) / len(pairs)
    draws = [pairing.draw(pool, Random(seed), policy=pairing.BALANCED, needs=needs) for seed in range(20_000)]
    weighted = [quantity[pair_of(draw)] / draw.probability / len(pairs) for draw in draws]
    plain = fmean(quantity[pair_of(draw)] for draw in draws)
    error = stdev(weighted) / len(draws) ** 0.5
    assert abs(fmean(weighted) - truth) < 4 * error
    assert plain - truth > 20 * error  # unweighted, it would be far off
