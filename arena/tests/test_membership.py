"""The membership table of docs/membership.md, row by row, over comparisons that differ in that one thing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from arena.models import Exclusion, Room, Turn
from arena.tests import factories

pytestmark = pytest.mark.django_db

TEXT, OUTCOME, RANKING, CUSTOM = "publishable", "with_outcome", "for_ranking", "for_custom_board"


def sets_of(turn):
    """In which sets the turn is."""
    return {
        name for name in (TEXT, OUTCOME, RANKING, CUSTOM) if getattr(Turn.objects, name)().filter(pk=turn.pk).exists()
    }


def voted(choice="a_better", statuses=("complete", "complete"), **fields):
    return factories.turn(factories.comparison(**fields), choice=choice, statuses=statuses)


@pytest.mark.parametrize("choice", ["a_better", "b_better", "both_good", "both_bad"])
def test_a_normal_vote_is_in_every_set(choice):
    assert sets_of(voted(choice)) == {TEXT, OUTCOME, RANKING}


@pytest.mark.parametrize("of_the_turn", [True, False])
def test_personal_data_takes_the_text_alone(of_the_turn):
    turn = voted()
    Exclusion.objects.create(
        comparison=turn.comparison, turn=turn if of_the_turn else None, rule="personal-data", scope="text"
    )
    assert sets_of(turn) == {OUTCOME, RANKING}


@pytest.mark.parametrize("shadow", [True, False])
def test_abuse_takes_everything(shadow):
    turn = voted()
    Exclusion.objects.create(comparison=turn.comparison, rule="vote-ring", scope="everything", shadow=shadow)
    assert sets_of(turn) == set()


def test_an_exclusion_of_another_turn_or_that_was_lifted_takes_nothing():
    turn = voted()
    other = factories.turn(turn.comparison, 2, choice="both_good")
    Exclusion.objects.create(comparison=turn.comparison, turn=other, rule="review", scope="everything")
    Exclusion.objects.create(comparison=turn.comparison, rule="abuse", scope="everything", lifted_at=timezone.now())
    assert sets_of(turn) == {TEXT, OUTCOME, RANKING}
    assert sets_of(other) == set()


def test_one_exclusion_lifted_leaves_the_others_in_force():
    turn = voted()
    Exclusion.objects.create(comparison=turn.comparison, rule="abuse", scope="everything", lifted_at=timezone.now())
    Exclusion.objects.create(comparison=turn.comparison, rule="review", scope="text")
    assert sets_of(turn) == {OUTCOME, RANKING}


def test_a_cohort_is_in_no_set():
    assert sets_of(voted(cohorts=["pix"])) == set()


@pytest.mark.parametrize(("publish", "expected"), [(False, set()), (True, {TEXT, OUTCOME, RANKING})])
def test_a_room_is_published_only_if_that_was_asked(publish, expected):
    room = Room.objects.create(
        code="ABC",
        owner_key="teacher",
        portal=factories.portal(),
        expires_at=timezone.now() + timedelta(hours=1),
        publish=publish,
    )
    assert sets_of(voted(room=room)) == expected


@pytest.mark.parametrize("field", ["withdrawn_at", "erased_at"])
def test_a_withdrawn_or_erased_comparison_is_in_no_set(field):
    assert sets_of(voted(**{field: timezone.now()})) == set()


@pytest.mark.parametrize("drawn_b", [True, False])
def test_custom_mode_has_a_board_of_its_own(drawn_b):
    assert sets_of(voted(mode="custom", drawn_a=False, drawn_b=drawn_b)) == {TEXT, OUTCOME, CUSTOM}


def test_cannot_say_gives_its_text_and_no_outcome():
    assert sets_of(voted("cannot_say")) == {TEXT}


@pytest.mark.parametrize("status", ["failed", "interrupted"])
def test_a_side_that_broke_gives_its_text_and_no_outcome(status):
    assert sets_of(voted(None, statuses=("complete", status))) == {TEXT}


def test_a_turn_without_a_vote_gives_its_text_and_no_outcome():
    assert sets_of(voted(None)) == {TEXT}


@pytest.mark.parametrize("status", ["pending", "streaming"])
def test_a_turn_that_is_being_answered_is_in_no_set(status):
    assert sets_of(voted(None, statuses=("complete", status))) == set()


def test_an_answer_stopped_by_the_visitor_is_in_every_set():
    assert sets_of(voted(statuses=("stopped", "complete"))) == {TEXT, OUTCOME, RANKING}


def test_an_imported_comparison_counts_as_a_live_one():
    turn = voted(origin="imported", consent=None, visitor_key=None)
    assert sets_of(turn) == {TEXT, OUTCOME, RANKING}


def test_demonstration_data_never_mixes_with_the_rest():
    demo, live = voted(origin="demo"), voted()
    assert sets_of(demo) == set()
    for name in (TEXT, OUTCOME, RANKING):
        assert list(getattr(Turn.objects, name)(demo=True)) == [demo]
        assert list(getattr(Turn.objects, name)()) == [live]
