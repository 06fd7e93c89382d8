"""How a choice compares: with everyone's on the pair, and with the visitor's own."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arena import comparing, revealing
from arena.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten():
    """A count is kept by the names of its models, which belong to one test: nothing is left of it."""
    yield
    cache.delete_pattern("votes-on:model-*")


@pytest.fixture
def pair():
    return factories.language_model(total_params=8), factories.language_model(total_params=70)


def voted(model_a, model_b, choice, times=1, **fields):
    for _ in range(times):
        factories.turn(factories.comparison(model_a=model_a, model_b=model_b, **fields), choice=choice)


def counted(others):
    return {share.code: share.votes for share in others.shares}


def test_votes_are_counted_whichever_side_each_model_stood_on(pair):
    small, large = pair
    voted(small, large, "a_better", 12)
    voted(large, small, "b_better", 3)
    voted(large, small, "a_better", 4)
    voted(large, small, "both_good", 2)
    voted(small, large, "both_bad", 1)
    others = comparing.others(small, large)
    assert (others.votes, counted(others)) == (22, {"a": 15, "both_good": 2, "both_bad": 1, "b": 4})
    assert others.leading == "a"
    seen_from_the_other_side = comparing.others(large, small)
    assert counted(seen_from_the_other_side) == {"a": 4, "both_good": 2, "both_bad": 1, "b": 15}
    assert seen_from_the_other_side.leading == "b"


def test_only_what_the_ranking_counts_is_counted(pair):
    voted(*pair, "a_better", 20)
    voted(*pair, "cannot_say")
    voted(*pair, "b_better", cohorts=["class"])
    voted(*pair, "b_better", mode="custom", drawn_a=False, drawn_b=False)
    voted(pair[0], factories.language_model(), "b_better")
    assert counted(comparing.others(*pair)) == {"a": 20, "both_good": 0, "both_bad": 0, "b": 0}


def test_nothing_is_concluded_from_few_votes(pair):
    voted(*pair, "a_better", comparing.FEWEST_VOTES - 1)
    assert comparing.others(*pair) == comparing.Others(comparing.FEWEST_VOTES - 1)


def test_a_difference_that_chance_explains_leads_nobody(pair):
    voted(*pair, "a_better", 12)
    voted(*pair, "b_better", 10)
    assert comparing.others(*pair).leading is None


def test_ties_alone_lead_nobody(pair):
    voted(*pair, "both_good", 20)
    assert comparing.others(*pair).leading is None


def test_the_count_is_kept_for_a_while_and_costs_nothing_then(pair, django_assert_num_queries):
    voted(*pair, "a_better", 20)
    with django_assert_num_queries(1):
        before = comparing.others(*pair)
    with django_assert_num_queries(0):
        assert comparing.others(*pair) == before


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(70, 120, 0.494, 0.668), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (1, 2, 0.095, 0.905)],
)
def test_the_interval_is_wilsons(count, total, low, high):
    assert comparing.wilson(count, total) == pytest.approx((low, high), abs=0.001)


# --- The visitor's own ------------------------------------------------------------------------------


def own(model_a, model_b, choice, key="v", energies=((1.0, 2.0), (10.0, 20.0)), revealed="2026-01-01T00:00Z", **fields):
    made = factories.comparison(model_a=model_a, model_b=model_b, visitor_key=key, revealed_at=revealed, **fields)
    turn = factories.turn(made, choice=choice)
    for answer, (low, high) in zip(turn.answers.all(), energies, strict=True):
        for quantity in ("energy_wh", "gco2", "water_l"):
            setattr(answer, f"{quantity}_min", low)
            setattr(answer, f"{quantity}_max", high)
        answer.save()
    return made


def test_the_tally_says_how_often_the_smaller_was_preferred_and_what_it_saved(pair, django_assert_num_queries):
    small, large = pair
    own(small, large, "a_better")
    own(large, small, "b_better", energies=((10.0, 20.0), (1.0, 2.0)))
    own(small, large, "b_better")
    with django_assert_num_queries(1):
        tally = comparing.tally("v")
    assert tally == comparing.Tally(choices=3, smaller=2, saved_wh=(16.0, 38.0))


def test_the_tally_leaves_out_what_does_not_tell(pair):
    small, large = pair
    for _ in range(3):
        own(small, large, "b_better")
    own(small, large, "both_good")
    own(small, large, "cannot_say")
    own(small, factories.language_model(total_params=8), "a_better")
    own(small, factories.language_model(total_params=None), "a_better")
    own(small, factories.language_model(total_params=12, are_params_estimated=True), "a_better")
    own(small, large, "a_better", key="someone-else")
    own(small, large, "a_better", revealed=None)
    assert comparing.tally("v") == comparing.Tally(choices=3, smaller=0, saved_wh=None)


def test_a_saving_that_may_be_nothing_is_not_said(pair):
    for _ in range(3):
        own(*pair, "a_better", energies=((1.0, 5.0), (4.0, 20.0)))
    assert comparing.tally("v") == comparing.Tally(choices=3, smaller=3, saved_wh=None)


def test_a_saving_is_not_said_where_an_energy_is_unknown(pair):
    for energies in (((1.0, 2.0), (10.0, 20.0)), ((1.0, 2.0), (10.0, 20.0)), ((None, None), (10.0, 20.0))):
        own(*pair, "a_better", energies=energies)
    assert comparing.tally("v") == comparing.Tally(choices=3, smaller=3, saved_wh=None)


def test_two_choices_are_no_habit(pair):
    own(*pair, "a_better")
    own(*pair, "a_better")
    assert comparing.tally("v") is None


def test_an_estimated_size_is_compared_only_where_the_estimate_cannot_change_the_order():
    known = factories.language_model(total_params=100)
    near, far = (factories.language_model(total_params=size, are_params_estimated=True) for size in (150, 440))
    assert revealing.smaller_side(known, near) is None
    assert revealing.smaller_side(far, known) == "b"


def test_the_reveal_says_both_in_words(client, pair):
    small, large = pair
    voted(small, large, "a_better", 18)
    voted(small, large, "b_better", 2)
    own(small, large, "a_better", key="k" * 32)
    own(small, large, "a_better", key="k" * 32)
    mine = own(small, large, "a_better", key="k" * 32)
    client.cookies["visitor"] = "k" * 32
    page = client.get(mine.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert f"Like you, the public prefers {small.name}." in page
    assert f"Out of 23 votes, 91% prefer {small.name} (between 73% and 98%) and 9% prefer {large.name}" in page
    assert "You preferred the smaller model 3 times in 3." in page
    assert "For those answers it took 24 to 57 Wh less than the larger one." in page


def test_a_page_with_more_comparisons_behind_it_asks_no_more_queries(client, pair):
    client.cookies["visitor"] = "k" * 32
    mine = own(*pair, "a_better", key="k" * 32)

    def queries():
        cache.delete_pattern("votes-on:model-*")
        with CaptureQueriesContext(connection) as captured:
            client.get(mine.get_absolute_url())
        return len(captured)

    queries()
    one = queries()
    for _ in range(3):
        own(*pair, "a_better", key="k" * 32)
    assert queries() == one
