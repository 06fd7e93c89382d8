"""The verbs by which other applications set turns aside, and say what an analysis found."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from arena import describing, excluding
from arena.models import Exclusion, Turn
from arena.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def turn():
    return factories.turn(factories.comparison(), choice="a_better")


def test_a_turn_set_aside_has_no_text_until_it_is_taken_back(turn):
    where = (turn.comparison_id, "review")
    assert excluding.exclude(*where, "text", turn_id=turn.pk)
    assert not Turn.objects.publishable().exists()
    assert Turn.objects.for_analysis().get() == turn
    assert not excluding.lift(*where)
    assert excluding.lift(*where, turn_id=turn.pk)
    assert Turn.objects.publishable().get() == turn
    assert not excluding.lift(*where, turn_id=turn.pk)
    assert excluding.exclude(*where, "text", turn_id=turn.pk)
    assert Exclusion.objects.count() == 2


def test_a_rule_stands_once_and_keeps_what_was_said_first(turn):
    assert excluding.exclude(turn.comparison_id, "abuse", "everything", reason="first", shadow=True)
    assert not excluding.exclude(turn.comparison_id, "abuse", "text", reason="second")
    exclusion = Exclusion.objects.get()
    assert (exclusion.scope, exclusion.reason, exclusion.shadow) == ("everything", "first", True)


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_sets_it_aside(turn):
    def one(_number):
        try:
            return excluding.exclude(turn.comparison_id, "abuse", "everything")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(one, range(4))) == [False, False, False, True]
    assert Exclusion.objects.count() == 1


def test_a_language_is_only_given_to_a_question_that_had_none(turn):
    assert describing.set_language(turn.pk, "da")
    assert not describing.set_language(turn.pk, "sv")
    describing.set_topics(turn.pk, ["Sports"])
    turn.refresh_from_db()
    assert (turn.prompt_language, turn.topics) == ("da", ["Sports"])
