"""Scores and their uncertainty, against figures that can be worked out by hand or by another method."""

import numpy as np
import pytest

from arena import pairing
from bench import draws
from leaderboard import ranking, resampling


def votes(*rows, models=2, visitor=None):
    first, second, result = zip(*rows, strict=True)
    return ranking.Votes.of(first, second, result, models, visitor=visitor)


def test_five_wins_three_draws_and_two_losses_are_65_percent():
    held = votes(*[(0, 1, 1)] * 5, *[(1, 0, 0.5)] * 3, *[(0, 1, 0)] * 2)
    first, second = ranking.points(ranking.strengths(held.wins()))
    assert first - second == pytest.approx(400 * np.log10(0.65 / 0.35))
    assert first + second == pytest.approx(2000)


def test_a_model_that_only_wins_or_plays_apart_is_not_ranked():
    wins = np.zeros((6, 6))
    wins[0, 1] = wins[1, 2] = wins[2, 0] = 1  # a circle
    wins[3, 0] = 5  # only wins
    wins[4, 5] = wins[5, 4] = 9  # apart
    assert ranking.ranked(wins).tolist() == [True, True, True, False, False, False]


@pytest.mark.parametrize("size", [0, 1, 2])
def test_nobody_is_ranked_without_votes(size):
    assert not ranking.ranked(np.zeros((size, size))).any()


def test_the_errors_of_two_models_are_those_of_a_proportion():
    held = votes(*[(0, 1, 1)] * 60, *[(0, 1, 0)] * 40)
    scores = ranking.strengths(held.wins())
    error = ranking.difference_errors(ranking.uncertainty(held, scores, by_visitor=False).covariance)[0, 1]
    assert error == pytest.approx(1 / np.sqrt(100 * 0.6 * 0.4))  # of a log-odds


def test_votes_of_one_visitor_count_as_what_they_have_in_common():
    """Everybody votes ten times the same: the error is that of a tenth as many votes."""
    rows = [(0, 1, float(who % 5 < 3)) for who in range(100) for _ in range(10)]
    held = votes(*rows, visitor=np.repeat(np.arange(100), 10))
    scores = ranking.strengths(held.wins())
    alone, together = (
        ranking.difference_errors(ranking.uncertainty(held, scores, by_visitor).covariance)[0, 1]
        for by_visitor in (False, True)
    )
    assert together / alone == pytest.approx(np.sqrt(10) * 100 / 99)  # the jackknife of equal visitors


def test_visitors_in_blocks_give_the_same_as_at_once(monkeypatch):
    rng = np.random.default_rng(1)
    first = rng.integers(0, 5, 400)
    held = ranking.Votes.of(first, (first + rng.integers(1, 5, 400)) % 5, rng.integers(0, 2, 400), 5)
    held = ranking.Votes.of(held.first, held.second, held.result, 5, visitor=rng.integers(0, 60, 400))
    scores = ranking.strengths(held.wins())
    whole = ranking.uncertainty(held, scores)
    monkeypatch.setattr(ranking, "BLOCK", 35)
    assert ranking.uncertainty(held, scores).covariance == pytest.approx(whole.covariance)


def test_one_visitor_with_most_of_the_votes_leaves_few_degrees_of_freedom():
    rng = np.random.default_rng(2)
    first = rng.integers(0, 5, 3000)
    second = (first + rng.integers(1, 5, 3000)) % 5
    spread, heavy = (
        ranking.Votes.of(first, second, rng.integers(0, 2, 3000), 5, visitor=visitor)
        for visitor in (np.arange(3000), np.minimum(np.arange(3000), 1000))
    )
    freedoms = [ranking.uncertainty(held, ranking.strengths(held.wins())).freedom for held in (spread, heavy)]
    assert freedoms[0] > 1000
    assert freedoms[1] < 20
    assert ranking.student(0.975, 10) == pytest.approx(2.228, abs=0.001)
    assert ranking.student(0.975, float("inf")) == pytest.approx(1.96, abs=0.001)


def test_the_need_of_a_pair_is_what_one_more_vote_on_it_lowers():
    rng = np.random.default_rng(3)
    played = rng.integers(5, 40, (4, 4)).astype(float)
    np.fill_diagonal(played, 0)
    played += played.T
    scores = np.array([0.4, 0.1, -0.1, -0.4])
    chance = ranking.chances(scores)
    before = np.linalg.pinv(ranking.information(played, chance))
    told = np.ones((4, 4), bool)
    told[1, 2] = told[2, 1] = False
    need = ranking.needs(scores, before, told)
    lowered = np.zeros((4, 4))
    for i, j in pairing.possible_pairs(dict.fromkeys(range(4))):
        more = played.copy()
        more[i, j] += 1
        more[j, i] += 1
        after = np.linalg.pinv(ranking.information(more, chance))
        lowered[i, j] = ranking.difference_errors(before)[1, 2] ** 2 - ranking.difference_errors(after)[1, 2] ** 2
    places = np.triu_indices(4, 1)
    assert need[places] / need[places].max() == pytest.approx(lowered[places] / lowered[places].max())
    assert np.unravel_index(need.argmax(), need.shape) in [(1, 2), (2, 1)]


def test_balanced_draws_tell_a_newcomer_from_the_others_with_far_fewer_votes():
    goal = draws.Goal("newcomers", 0.8, newcomers=2)
    uniform, balanced = (
        sum(draws.votes_to_reach(goal, policy, seed) for seed in range(6))
        for policy in (pairing.UNIFORM, pairing.BALANCED)
    )
    assert balanced < 0.7 * uniform


def test_a_rank_interval_is_the_fewest_ranks_in_a_row_that_hold_the_share():
    orders = [(3, 2, 1)] * 90 + [(2, 3, 1)] * 6 + [(1, 2, 3)] * 4  # scores of three models, over 100 resamples
    low, high = resampling.rank_intervals(np.array([*orders, (np.nan,) * 3], float))
    assert list(zip(low, high, strict=True)) == [(1, 2), (1, 2), (3, 3)]
