"""The trust panel, against figures that can be worked out by hand, and on votes that say little or nothing."""

import json
from dataclasses import replace

import numpy as np
import pytest

from leaderboard.ranking import Votes, difference_errors
from leaderboard.trust import abandonment, agreement, effects, fragility, panel, rigging, searching, sensitivity
from leaderboard.trust.estimates import clustered_share, wilson
from leaderboard.trust.fitting import chosen, fitted
from leaderboard.trust.influence import Influence


def duel(won, lost, visitor=None):
    """Two models; the first won so often and lost so often."""
    result = np.repeat([1.0, 0.0], [won, lost])
    return Votes.of(np.zeros(won + lost), np.ones(won + lost), result, 2, visitor=visitor)


def world(seed=0, count=4000, models=8, visitors=600, spread=0.5, side=0.0):
    """Models as strong as their number is low, visitors some of whom vote much, three votes in ten a tie."""
    rng = np.random.default_rng(seed)
    strength = np.linspace(spread, -spread, models)
    first = rng.integers(0, models, count)
    second = (first + rng.integers(1, models, count)) % models
    won = rng.random(count) < 1 / (1 + np.exp(strength[second] - strength[first] - side))
    result = np.where(rng.random(count) < 0.3, 0.5, won)
    return Votes.of(first, second, result, models, visitor=(visitors * rng.random(count) ** 2).astype(int))


def evidence(votes, seed=0):
    rng = np.random.default_rng(seed)
    count = len(votes.first)
    started = np.bincount(np.concatenate([votes.first, votes.second]), minlength=votes.models) * 2
    return panel.Evidence(
        votes,
        (votes.result == 0.5) & (rng.random(count) < 0.5),
        np.where(rng.random(count) < 0.1, np.nan, rng.uniform(0.01, 0.05, count)),
        rng.uniform(-1, 1, (count, 4)),
        rng.integers(0, 30 * panel.DAY, count),
        started,
        started // 2,
    )


def test_a_leader_by_nineteen_votes_falls_when_twenty_are_left_out():
    found = fragility.leader(fitted(duel(60, 41)), by_visitor=False)
    assert (found.model, found.other, found.verified, found.of) == (0, 1, 20, 101)
    assert found.predicted == pytest.approx(20, rel=0.2)
    assert found.share == 20 / 101


def test_visitors_leave_with_all_their_votes():
    """Ten visitors: six who prefer the first ten times, four who prefer the second ten times."""
    found = fragility.leader(fitted(duel(60, 40, visitor=np.repeat(np.arange(10), 10))), by_visitor=True)
    assert (found.verified, found.of) == (3, 10)


def test_a_tier_changes_when_the_difference_is_no_longer_told():
    fit = fitted(duel(70, 40))
    assert fit.tiers.tolist() == [1, 2]
    found = fragility.tier(fit, by_visitor=False)
    z = [np.log((70 - gone) / 40) * np.sqrt((70 - gone) * 40 / (110 - gone)) for gone in range(30)]
    assert found.verified == next(gone for gone in range(30) if z[gone] <= fit.critical)
    assert (found.model, found.other, found.of) == (1, 0, 110)


def test_the_linear_influence_foretells_what_the_new_ranking_shows():
    fit = fitted(world(spread=0.8, count=20_000))
    for by_visitor in (False, True):
        found = fragility.leader(fit, by_visitor)
        assert found.model == 0
        assert found.predicted == pytest.approx(found.verified, rel=0.3)


@pytest.mark.parametrize("by_visitor", [False, True])
def test_the_influence_on_a_difference_and_its_error_is_that_of_leaving_out(by_visitor):
    fit = fitted(replace(world(), visitor=np.arange(4000) % 800))
    held = Influence(fit, by_visitor)
    linear = np.stack([held.on_difference(2, 5), held.on_error(2, 5)])
    for unit in np.argsort(-np.abs(linear).sum(axis=0))[[0, 1, 10, 100, 400]]:
        without = fitted(chosen(fit.votes, held.unit != unit), critical=1.0)
        actual = [
            (after.scores[2] - after.scores[5], difference_errors(after.known.covariance)[2, 5])
            for after in (without, fit)
        ]
        assert np.subtract(*actual) == pytest.approx(linear[:, unit], rel=0.1, abs=1e-4)


def test_the_tier_that_a_few_votes_change_is_foretold_as_well():
    fit = fitted(world(seed=3, spread=1.0, count=20_000))
    for by_visitor in (False, True):
        found = fragility.tier(fit, by_visitor)
        assert found.verified == pytest.approx(found.predicted, rel=0.15)


def test_models_have_the_numbers_of_the_votes_given_where_some_are_not_ranked():
    held = duel(60, 41)
    apart = replace(held, first=held.first + 3, second=held.second + 3, models=6)
    found = fragility.leader(fitted(apart), by_visitor=False)
    assert (found.model, found.other, found.verified) == (3, 4, 20)


@pytest.mark.parametrize("guess", [1, 7, 30, 1000])
@pytest.mark.parametrize("answer", [1, 2, 29, 30, 31, 50])
def test_the_fewest_is_found_from_any_guess(guess, answer):
    assert searching.fewest(lambda count: count >= answer, guess, 400) == answer
    assert searching.fewest(lambda count: count >= answer, guess, answer - 1) is None


def test_the_fewest_of_many_is_at_most_one_part_in_fifty_too_large():
    assert 9000 <= searching.fewest(lambda count: count >= 9000, 10, 100_000) <= 9180


def test_a_drill_gives_votes_that_are_enough_and_fewer_are_not():
    votes, day = world(spread=1.0), np.zeros(4000, np.int64)
    model = int(np.argmax(fitted(votes).tier_of_each() == 2))
    attack = rigging.Attack(visitors=500)
    found = rigging.drill(votes, day, model, attack, rigging.everything, 4000)
    assert found.tier == 2
    assert found.naive == found.filtered > 1
    assert rigging.needed(votes, day, model, attack, rigging.everything, found.naive - 1) is None
    assert rigging.drill(votes, day, 0, attack, rigging.everything, 4000) is None  # nothing above


def test_a_filter_that_lets_one_vote_of_a_pair_and_day_through_stops_one_person_on_one_day():
    votes = replace(world(spread=1.0), visitor=np.arange(4000))
    day = np.zeros(4000, np.int64)
    model = int(np.flatnonzero(fitted(votes).tier_of_each() == 2)[-1])

    def drill(visitors, days):
        return rigging.drill(votes, day, model, rigging.Attack(visitors, days), rigging.at_most(1), 4000)

    alone, patient, few = drill(1, 1), drill(1, 20), drill(20, 1)
    assert alone.naive < 200
    assert alone.filtered is None
    assert patient.naive == alone.naive < patient.filtered < few.filtered
    assert few.naive > alone.naive  # one person's votes widen the errors, and a tier needs a difference that is told
    assert few == drill(20, 1)  # the same seed


def test_at_most_keeps_the_first_votes_of_a_visitor_on_a_pair_in_a_day():
    votes = Votes.of([0, 1, 0, 0, 0, 0], [1, 0, 1, 2, 1, 1], np.ones(6), 3, visitor=[7, 7, 7, 7, 8, 7])
    day = np.array([0, 0, 0, 0, 0, 1])
    assert rigging.at_most(1)(votes, day).tolist() == [True, False, False, True, True, True]
    assert rigging.at_most(2)(votes, day).tolist() == [True, True, False, True, True, True]


def test_a_side_that_wins_sixty_times_in_a_hundred_between_equals():
    first = np.repeat([0, 1], 100)
    result = np.tile(np.repeat([1.0, 0.0], [60, 40]), 2)
    found = effects.position(Votes.of(first, 1 - first, result, 2))
    assert found.log_odds.value == pytest.approx(np.log(1.5))
    assert found.chance.value == pytest.approx(0.6)
    assert found.log_odds.high - found.log_odds.value == pytest.approx(1.972 / np.sqrt(200 * 0.24), rel=0.01)
    assert effects.position(Votes.of(first, 1 - first, np.ones(200), 2)) is None  # always A: no maximum


def test_the_interval_of_the_position_covers_its_effect():
    held = [effects.position(world(seed, count=1500, side=0.2)) for seed in range(100)]
    truth = effects.position(world(seed=1, count=400_000, visitors=100_000, side=0.2)).log_odds.value
    assert sum(found.log_odds.low <= truth <= found.log_odds.high for found in held) >= 89


def test_an_answer_twice_as_long_and_preferred_six_times_in_ten_gains_seventy_points():
    first = np.repeat([0, 1, 0, 1], 50)
    traits = np.zeros((200, 4))
    traits[:, 0] = np.repeat([1, -1], 100) * effects.DOUBLED  # the first answer is twice as long, then half
    result = np.concatenate([np.repeat([1.0, 0.0], counts) for counts in ([30, 20], [30, 20], [20, 30], [20, 30])])
    (found,) = effects.style(Votes.of(first, 1 - first, result, 2), traits)
    assert found.trait == "length"
    assert found.points.value == pytest.approx(400 * np.log10(1.5))
    assert found.chance.value == pytest.approx(0.6)
    assert found.points.low < found.points.value < found.points.high


def test_a_length_that_always_wins_has_no_effect_that_could_be_told():
    votes, traits = world(), np.zeros((4000, 4))
    traits[:, 0] = np.random.default_rng(0).uniform(-1, 1, 4000)
    assert len(effects.style(votes, traits)) == 1
    assert effects.style(replace(votes, result=(traits[:, 0] > 0).astype(float)), traits) == ()


def test_an_answer_with_lists_against_one_without():
    first = np.repeat([0, 1], 100)
    traits = np.zeros((200, 4))
    traits[:, 2] = np.tile([1.0, -1.0], 100)
    result = np.where(np.arange(200) % 10 < 6, traits[:, 2] > 0, traits[:, 2] < 0).astype(float)
    (found,) = effects.style(Votes.of(first, 1 - first, result, 2), traits)
    assert (found.trait, found.difference) == ("lists", effects.ALONE)
    assert found.points.value == pytest.approx(400 * np.log10(1.5))


def test_agreement_of_one_visitor_and_between_visitors():
    """Visitor 0 prefers the first model twice, on either side, then says neither; visitor 1 the first, 2 neither."""
    votes = Votes.of([0, 1, 0, 0, 0], [1, 0, 1, 1, 1], [1, 0, 0.5, 1, 0.5], 3, visitor=[0, 0, 0, 1, 2])
    own = agreement.of_one_visitor(votes)
    assert (own.votes, own.visitors, own.share) == (3, 1, None)
    between = agreement.between_visitors(votes)
    assert (between.votes, between.visitors) == (5, 3)
    assert between.share.value == pytest.approx(np.mean([1 / 2, 1 / 2, 1 / 2, 2 / 4, 1 / 4]))
    steadier = np.array([0, 0, 0, 1, 1])
    assert agreement.of_one_visitor(replace(votes, visitor=steadier)).share.value == pytest.approx((1 / 2 + 1 / 2) / 5)


def test_the_error_of_agreement_between_visitors_is_that_of_leaving_each_out():
    votes = world(count=600, models=3, visitors=60)
    shares = []
    for visitor in np.unique(votes.visitor):
        shares.append(agreement.between_visitors(chosen(votes, votes.visitor != visitor)).share.value)
    jackknife = np.sqrt((len(shares) - 1) * np.var(shares))
    found = agreement.between_visitors(votes).share
    assert (found.high - found.low) / 2 == pytest.approx(2.0 * jackknife, rel=0.15)


def test_the_interval_of_a_share_is_wilsons():
    found = wilson(0.8, 10, 1.96)
    assert (found.low, found.high) == pytest.approx((0.490, 0.943), abs=0.001)
    independent = clustered_share(np.repeat([1.0, 0.0], [300, 100]), np.arange(400))
    assert (independent.low, independent.high) == pytest.approx((0.7052, 0.7900), abs=0.001)
    together = clustered_share(np.repeat([1.0, 0.0], [300, 100]), np.arange(400) // 10)
    assert together.high - together.low > 2.5 * (independent.high - independent.low)
    assert clustered_share(np.ones(5), np.arange(5)).low < 0.6  # five who agree are not certainty
    assert clustered_share(np.ones(5), np.zeros(5)) is None


def test_the_votes_of_the_most_active_and_gini():
    counts = np.array([100, 100] + [1] * 148)
    votes = duel(len(np.repeat(counts, counts)), 0, visitor=np.repeat(np.arange(150), counts))
    found = panel.concentration(votes)
    assert (found.visitors, found.most_active, found.share) == (150, 2, 200 / 348)
    assert found.gini == pytest.approx(np.abs(counts[:, None] - counts).mean() / (2 * counts.mean()))
    assert panel.concentration(duel(5, 5)).gini == 0


def test_a_model_that_is_left_more_often_is_told_and_a_small_one_is_not():
    started = np.array([1000, 1000, 1000, 1, 0])
    found = abandonment.abandonment(started, started - np.array([100, 105, 180, 1, 0]))
    assert found.differs[2]
    assert not found.differs[3]
    assert found.shares[4] is None
    assert found.shares[0].low < 0.1 < found.shares[0].high


def test_hardly_ever_is_a_model_told_that_is_left_like_all():
    rng = np.random.default_rng(4)
    started = rng.integers(20, 2000, 100)
    told = [abandonment.abandonment(started, rng.binomial(started, 0.8)).differs.any() for _set in range(200)]
    assert np.mean(told) <= 0.08


def test_each_choice_of_the_analysis_gives_the_tiers_of_its_own_votes():
    held = evidence(world(seed=54, count=6000, visitors=80, spread=0.7))
    votes = held.votes
    found = sensitivity.sensitivity(votes, held.is_both_bad, held.probability, held.traits, held.time)
    column = dict(zip(found.choices, found.tiers.T.tolist(), strict=True))
    differing = {choice for choice, tiers in column.items() if tiers != column["published"]}
    assert differing >= {"ties_dropped", "weighted", "style", "independent", "first_votes", "without_most_active"}
    counts = np.bincount(votes.visitor)
    for choice, rows in {
        "published": votes.result >= 0,
        "ties_dropped": votes.result != 0.5,
        "both_bad_dropped": ~held.is_both_bad,
        "first_votes": sensitivity.first_votes(votes, held.time),
        "without_most_active": votes.visitor != np.argmax(counts),
    }.items():
        assert column[choice] == fitted(chosen(votes, rows)).tier_of_each().tolist()
    assert column["independent"] == fitted(votes, by_visitor=False).tier_of_each().tolist()
    drawn = ~np.isnan(held.probability)
    weighted = replace(chosen(votes, drawn), weight=1 / held.probability[drawn])
    assert column["weighted"] == fitted(weighted).tier_of_each().tolist()
    assert found.moved().tolist() == [sum(tier not in (row[0], 0) for tier in row) for row in found.tiers.tolist()]


def test_a_model_that_wins_by_its_length_alone_falls_at_equal_style():
    votes = world(spread=0)
    rng = np.random.default_rng(5)
    longer = (votes.first == 3) * 0.8 - (votes.second == 3) * 0.8 + rng.uniform(-0.2, 0.2, 4000)
    traits = np.stack([longer, *np.zeros((3, 4000))], axis=1)
    result = (rng.random(4000) < 1 / (1 + np.exp(-2 * longer))).astype(float)
    votes = replace(votes, result=result)
    nothing = np.full(4000, np.nan)
    found = sensitivity.sensitivity(votes, np.zeros(4000, bool), nothing, traits, np.arange(4000))
    column = dict(zip(found.choices, found.tiers.T, strict=True))
    assert column["published"][3] == 1
    assert (np.delete(column["published"], 3) > 1).all()
    assert (column["style"] == 1).all()
    assert not column["weighted"].any()  # no vote was drawn


def test_first_votes_are_those_of_the_clock_whatever_the_order_of_rows():
    votes = Votes.of([0, 1, 0, 0], [1, 0, 2, 1], np.ones(4), 3, visitor=[5, 5, 5, 6])
    assert sensitivity.first_votes(votes, np.array([20, 10, 30, 40])).tolist() == [False, True, True, True]


def test_exposure_counts_votes_sides_visitors_and_opponents():
    votes = Votes.of([0, 1, 0], [1, 0, 2], np.ones(3), 4, visitor=[5, 5, 6])
    found = panel.exposure(votes)
    assert found.votes.tolist() == [3, 2, 1, 0]
    assert found.as_first.tolist() == [2, 1, 0, 0]
    assert found.visitors.tolist() == [2, 1, 1, 0]
    assert found.opponents.tolist() == [2, 1, 1, 0]


def nothing(models):
    return Votes.of(np.zeros(0), np.zeros(0), np.zeros(0), models)


@pytest.mark.parametrize(
    "votes",
    [
        nothing(0),
        nothing(1),
        nothing(2),
        duel(1, 0),
        duel(1, 1),
        duel(5, 5, visitor=np.zeros(10)),
        duel(6000, 4000, visitor=np.zeros(10_000)),
        duel(50, 50, visitor=np.repeat([0, 1], 50)),
        replace(world(), visitor=np.zeros(4000, np.int64)),
        replace(world(), visitor=np.arange(4000) % 2),
        replace(world(), visitor=np.minimum(np.arange(4000), 1000)),
        replace(world(), result=np.ones(4000)),
        replace(world(), result=np.full(4000, 0.5)),
    ],
    ids=lambda votes: f"{votes.models} models, {len(votes.first)} votes, {len(np.unique(votes.visitor))} visitors",
)
def test_the_panel_of_votes_that_say_little_is_plain_data(votes):
    found = panel.panel(evidence(votes), rigging.at_most(1))
    assert json.loads(json.dumps(found.as_data(), allow_nan=False)) == found.as_data()


def test_the_tiers_of_the_panel_are_those_of_the_critical_value_of_the_board():
    held = evidence(world())
    by_default, strict = (
        panel.panel(held, rigging.at_most(1), critical=critical).sensitivity.tiers[:, 0] for critical in (None, 1e6)
    )
    assert by_default.max() > 1
    assert strict.max() == 1


def test_the_panel_is_the_same_each_time():
    held = evidence(world(count=2000, spread=1.0))
    first, second = (panel.panel(held, rigging.at_most(1), seed=3).as_data() for _time in range(2))
    assert first == second
    assert [drill["attack"]["visitors"] for drill in first["drills"]] == [1, 100]
    assert first["leader_by_votes"]["model"] == 0
    assert None not in (first["position"], first["concentration"], first["tier_by_visitors"])
