"""The rules against abuse, each at its edge, over rows made for it; docs/abuse.md promises what is tested here."""

import random
from collections import Counter
from dataclasses import replace
from itertools import count
from math import comb, exp

import pytest

from arena.watching import rules
from arena.watching.hurrying import bursts, unread
from arena.watching.repeating import repeated
from arena.watching.seen import DAY, HOUR, Seen, Thresholds, normalised
from arena.watching.selecting import Draws, of_one_model, rings, surprise

LIMITS = Thresholds()
START = 20_000 * DAY
number = count()


def seen(visitor="v", at=0.0, models=(1, 2), result=1.0, **fields):
    """A voted comparison; `at` in seconds from the start of a day."""
    defaults = {"voted_at": START + at, "length": 3000, "reading": 60.0, "deciding": 20.0} if result is not None else {}
    return Seen(next(number), visitor, START + at, models, result=result, **defaults | fields)


def together(rule, rows, *args):
    return {one.comparison for one in rule(rows, *args, LIMITS)}


def crowd(visitors=400, models=20, hours=24, each=2, votes=0.5, seed=1, prefers=None):
    """Honest visitors of a day: drawn evenly, voting half of the time, each model as good as the others."""
    rng = random.Random(seed)
    for visitor in range(visitors):
        for _one in range(each):
            pair = tuple(rng.sample(range(models), 2))
            result = rng.choice((1.0, 0.5, 0.0)) if rng.random() < votes else None
            if result is not None and prefers in pair:
                result = float(pair[0] == prefers)
            yield seen(f"crowd-{seed}-{visitor}", rng.random() * hours * HOUR, pair, result)


def pushers(votes, model=3, models=20, per_visitor=1, hours=24, leaving=True, seed=7):
    """Who ask until they meet the model, vote for it, and leave (or vote on) all the rest."""
    rng = random.Random(seed)
    given = 0
    while given < votes:
        visitor = f"pusher-{given // per_visitor}"
        pair = tuple(rng.sample(range(models), 2))
        at = rng.random() * hours * HOUR
        if model in pair:
            given += 1
            yield seen(visitor, at, pair, float(pair[0] == model))
        else:
            yield seen(visitor, at, pair, None if leaving else 0.5)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Pourquoi le ciel est-il bleu ?", "POURQUOI le ciel  est il bleu", True),
        ("Écris un poème n° 12", "ecris un poeme n° 345 !", True),
        ("Ein Gedicht", "Et digt", False),
        ("为什么天空是蓝色的？", "为什么天空是绿色的？", False),
    ],
)
def test_questions_are_the_same_by_their_letters(one, other, is_same):
    assert (normalised(one) == normalised(other)) is is_same


def test_a_question_of_numbers_alone_is_nobodys_repetition():
    assert normalised("12 + 7 = ?") == ""
    assert together(repeated, [seen(question="") for _vote in range(50)]) == set()


def test_the_first_votes_on_a_question_count_and_the_next_do_not():
    rows = [seen(at=minute * 3600, question="sky") for minute in range(22)]
    assert together(repeated, rows[:20]) == set()
    assert together(repeated, rows[::-1]) == {rows[20].comparison, rows[21].comparison}


def test_a_question_of_many_visitors_or_left_without_a_vote_is_not_repeated():
    rows = [seen(f"pupil-{pupil}", question="sky") for pupil in range(35)]
    rows += [seen(question="sky", result=None) for _asked in range(35)]
    assert together(repeated, rows) == set()


def test_thirty_votes_in_ten_minutes_are_possible_and_one_more_is_not():
    rows = [seen(at=second) for second in range(0, 600, 20)]
    later = seen(at=600)
    assert len(rows) == 30
    assert together(bursts, [*rows, later]) == set()
    faster = seen(at=599)
    alone = seen(at=5000)
    assert together(bursts, [*rows, faster, alone]) == {one.comparison for one in [*rows, faster]}


def hasty(**fields):
    return seen(**{"length": 4001, "reading": 40.0, "deciding": 0.9} | fields)


def test_hasty_votes_are_set_aside_when_nearly_all_of_a_visitor_are():
    slow = seen()
    rows = [hasty() for _vote in range(9)]
    assert together(unread, [*rows, slow]) == {one.comparison for one in rows}
    assert together(unread, [*rows, slow, seen()]) == set()
    assert together(unread, rows[:7]) == set()


@pytest.mark.parametrize(
    "fields", [{"length": 4000}, {"deciding": 1.0}, {"reading": 40.1}, {"reading": None}, {"deciding": None}]
)
def test_a_glance_or_an_unknown_time_is_not_haste(fields):
    assert together(unread, [hasty(**fields) for _vote in range(20)]) == set()


def test_a_visitor_who_only_votes_on_one_model_is_seen_and_only_on_it():
    honest = list(crowd())
    rows = list(pushers(10, per_visitor=1000))
    other = seen("pusher-0", 0, (8, 9))
    on_model = {one.comparison for one in rows if one.is_voted}
    assert together(of_one_model, [*honest, *rows, other]) == on_model


def test_a_visitor_who_always_prefers_one_model_keeps_every_vote():
    rng = random.Random(3)
    pairs = [tuple(rng.sample(range(20), 2)) for _vote in range(200)]
    fan = [seen("fan", place * HOUR / 10, pair, float(pair[0] == 3)) for place, pair in enumerate(pairs)]
    assert list(rules.found([*crowd(), *fan], {}, LIMITS)) == []


def test_a_model_that_the_site_draws_often_is_nobodys_choice():
    rng = random.Random(4)
    rows = [seen(f"v-{at % 9}", at, (1, rng.randint(2, 20)), rng.random() // 0.5) for at in range(300)]
    assert together(of_one_model, rows) == together(rings, rows, {}) == set()


def test_a_ring_is_seen_with_the_votes_of_its_window_on_its_model_and_no_others():
    honest, ring = list(crowd()), [one for one in pushers(120) if one.is_voted]
    left = [one for one in pushers(120) if not one.is_voted]
    found = together(rings, [*honest, *ring, *left], {})
    assert {one.comparison for one in ring} <= found
    others = [one for one in honest if one.is_voted and 3 not in one.models]
    assert found.isdisjoint(one.comparison for one in others)


def test_the_votes_against_a_model_that_is_pushed_are_set_aside_with_those_for_it():
    honest = [one for one in crowd() if one.is_voted and 3 in one.models]
    rows = [*crowd(seed=1), *honest, *pushers(120)]
    found = together(rings, rows, {})
    against = [one for one in honest if one.result_of(3) == 0]
    assert against and {one.comparison for one in against} <= found


def test_a_ring_against_a_model_is_a_ring_as_well():
    ring = [replace(one, result=None if one.result is None else 1 - one.result) for one in pushers(120)]
    found = together(rings, [*crowd(), *ring], {})
    assert {one.comparison for one in ring if one.is_voted} <= found


def test_who_share_a_preference_and_vote_on_what_comes_are_no_ring():
    rows = [*crowd(), *crowd(visitors=200, each=5, votes=0.9, seed=2, prefers=3)]
    assert list(rules.found(rows, {}, LIMITS)) == []


def test_who_choose_a_model_without_pushing_it_are_no_ring():
    rng = random.Random(5)
    ring = [replace(one, result=None if one.result is None else rng.choice((0.0, 1.0))) for one in pushers(120)]
    assert together(rings, [*crowd(), *ring], {}) == set()


def test_what_a_ring_did_to_the_ranking_does_not_hide_it():
    settled = [replace(one, age=30 * DAY) for one in crowd(visitors=800, seed=6)]
    rows = [*crowd(), *settled, *pushers(120)]
    assert together(rings, rows, dict.fromkeys(range(20), 1000.0) | {3: 2000.0}) != set()


def test_a_model_that_wins_as_often_as_the_ranking_says_is_not_pushed():
    rows = [*crowd(), *pushers(120)]
    known = dict.fromkeys(range(20), 1000.0)
    assert together(rings, rows, known) != set()
    assert together(rings, rows, known | {3: 2000.0}) == set()


@pytest.mark.parametrize("visitors", [9, 10])
def test_a_ring_has_at_least_ten_visitors(visitors):
    per_visitor = 5 if visitors == 10 else 6
    ring = list(pushers(visitors * per_visitor, per_visitor=per_visitor, hours=1))
    rows = [*(one for one in crowd(visitors=300) if 3 not in one.models), *ring]
    assert bool(together(rings, rows, {})) is (visitors == 10)


def test_visitors_of_long_standing_and_those_who_vote_much_belong_to_no_ring():
    ring = list(pushers(120, per_visitor=10))
    assert together(rings, [*crowd(), *ring], {}) != set()
    assert together(rings, [*crowd(), *(replace(one, age=8 * DAY) for one in ring)], {}) == set()
    busy = list(pushers(121, per_visitor=11))
    assert together(rings, [*crowd(), *busy], {}) == set()


def test_a_class_that_asks_the_same_question_at_once_is_no_ring():
    rows = [*crowd(), *(replace(one, question="sky") for one in crowd(visitors=35, hours=1, votes=1, seed=9))]
    assert list(rules.found(rows, {}, LIMITS)) == []


def test_a_rule_never_takes_what_was_not_voted_nor_the_same_twice():
    for seed in range(5):
        rows = [*crowd(seed=seed), *pushers(80, seed=seed, per_visitor=1 + 4 * seed)]
        found = [(one.rule, one.comparison) for one in rules.found(rows, {}, LIMITS)]
        voted = {one.comparison for one in rows if one.is_voted}
        assert found and len(found) == len(set(found))
        assert {comparison for _rule, comparison in found} <= voted


def test_the_order_of_rows_changes_nothing():
    rows = [*crowd(), *pushers(80)]
    shuffled = random.Random(1).sample(rows, len(rows))
    assert together(rules.found, rows, {}) == together(rules.found, shuffled, {})


def test_the_bound_is_above_the_chance_of_as_many():
    """Against the exact binomial law."""
    for votes, met, share in [(20, 5, 0.05), (100, 12, 0.05), (8, 8, 0.05), (50, 30, 0.4)]:
        exact = sum(comb(votes, k) * share**k * (1 - share) ** (votes - k) for k in range(met, votes + 1))
        assert exact <= exp(-surprise(met, votes, share)) * (1 + 1e-9)
    assert surprise(1, 20, 0.05) == surprise(0, 20, 0.05) == 0


def test_what_is_expected_follows_the_draws_of_each_portal_and_mode():
    rows = [seen(draw="small", models=(1, 2)) for _draw in range(4)] + [seen(draw="all", models=(3, 4))] * 4
    assert Draws.of(rows).share(Counter({"small": 2, "all": 2}), 1) == 0.5
