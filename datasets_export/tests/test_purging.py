"""What goes when its time has passed, and what must not: each rule at its edge."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test.utils import override_settings
from django.utils import timezone

from arena import rights, standing
from arena.models import Answer, Attempt, Comparison, Room, RoomMember, RoomVote, Turn, Vote
from arena.tests import factories as arena
from datasets_export import purging
from datasets_export.models import LegacyRow
from portals.models import Feedback
from staff.models import Event

from . import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
DAYS = {
    **{"sessions": 0, "staff": 300, "messages": 300, "rooms": 30, "unpublished": 400, "attempts": 400, "visitors": 400},
    **{"analyses": 0, "legacy": 0},
}
MOMENT = timedelta(seconds=1)
KEY = "k" * 32


@pytest.fixture(autouse=True)
def periods():
    with override_settings(RETENTION_DAYS=DAYS):
        yield


def purge(at=NOW, **options):
    return {rule.name: count for rule, count in purging.purge(at, **options) if count}


def aged(days, of=None, **fields):
    """A voted and analysed comparison asked that many days before NOW, with a moment more."""
    made = of or arena.comparison(**fields)
    turn = factories.turn(of=made, texts={"comment_a": "Trop long."}, analysis={"summary": "Un résumé."})
    Comparison.objects.filter(pk=made.pk).update(created_at=NOW - timedelta(days=days) - MOMENT)
    return turn


def texts(turn):
    turn = Turn.objects.select_related("vote").get(pk=turn.pk)
    return [turn.prompt, turn.vote.comment_a, *turn.answers.order_by("side").values_list("text", flat=True)]


CLOSED = {
    "withdrawn": {"withdrawn_at": NOW - timedelta(days=500)},
    "cohort": {"cohorts": ["pix"]},
    "room": {"room": False},
}


def closed(fields):
    if "room" in fields:
        return {"room": room(publish=fields["room"])}
    return fields


def room(ended=timedelta(0), **fields):
    code = f"{Room.objects.count():06}"
    return Room.objects.create(portal=arena.portal(), code=code, expires_at=NOW - ended, **{"owner_key": KEY} | fields)


@pytest.mark.parametrize("why", CLOSED)
def test_a_text_that_nothing_publishes_goes_when_its_visitor_can_no_longer_see_it(why):
    old, recent = (aged(days, **closed(CLOSED[why])) for days in (400, 399))
    found = purge()
    assert found["unpublished"] == 1
    assert texts(old) == [""] * 4
    assert "" not in texts(recent)
    assert Vote.objects.get(turn=old).choice == "a_better"
    comparison = Comparison.objects.get(pk=old.comparison_id)
    assert (comparison.visitor_key, comparison.erased_at is not None) == (None, True)
    assert rights.by_receipt(comparison.receipt) == comparison  # it still answers
    assert standing.ERASED in standing.of_the_comparison(comparison)
    assert purge().get("unpublished") is None


@pytest.mark.parametrize(
    "fields",
    [{}, {"room": True}, {"cohorts": ["pix"], "share_token": "shared"}, {"cohorts": ["pix"], "origin": "demo"}],
    ids=["published", "room published", "shared", "demo"],
)
def test_a_text_that_is_published_or_shared_never_goes(fields):
    turn = aged(4000, **closed(fields))
    assert "unpublished" not in purge()
    assert "" not in texts(turn)


def test_what_was_found_in_erased_texts_goes_the_same_night():
    turn = aged(400, cohorts=["pix"])
    LegacyRow.objects.create(file="votes", key="1", comparison=turn.comparison, data={"comments": "Trop long."})
    assert purge() == {"unpublished": 1, "analyses": 1, "legacy": 1}
    turn.analysis.refresh_from_db()
    assert turn.analysis.summary == ""
    assert LegacyRow.objects.get().data == {}


def test_a_visitor_is_cut_off_when_all_their_comparisons_are_old_and_still_counts_as_one():
    gone = [aged(days, visitor_key=KEY).comparison_id for days in (400, 700)]
    other = aged(400).comparison_id
    back = [aged(days, visitor_key="b" * 32).comparison_id for days in (399, 700)]
    assert purge()["visitors"] == 2
    keys = dict(Comparison.objects.values_list("pk", "visitor_key"))
    assert keys[gone[0]] == keys[gone[1]] != keys[other]
    assert KEY not in keys.values()
    assert keys[back[0]] == keys[back[1]] == "b" * 32  # whoever came back since is whole
    assert not Comparison.objects.owned_by(KEY).exists()
    assert "visitors" not in purge()
    assert Comparison.objects.get(pk=gone[0]).visitor_key == keys[gone[0]]  # cut once


def test_what_stands_for_a_visitor_cannot_come_from_a_cookie():
    from arena.visitors import key_in

    aged(400, visitor_key=KEY)
    purge()
    past = Comparison.objects.get().visitor_key
    assert key_in({"visitor": KEY}) == KEY
    assert key_in({"visitor": past}) is None


def test_the_key_of_an_imported_comparison_stays_since_no_cookie_made_it():
    aged(4000, origin="imported", consent=None, visitor_key="imported-1")
    assert "visitors" not in purge()


def test_a_replaced_answer_loses_its_text_and_keeps_its_measures():
    answers = Answer.objects.filter(turn=aged(1))
    made = [
        Attempt.objects.create(
            answer=answer,
            number=1,
            model=answer.model,
            status="failed",
            error_code="timeout",
            text="Dé",
            input_tokens=3,
        )
        for answer in answers
    ]
    for attempt, days in zip(made, (400, 399), strict=True):
        Attempt.objects.filter(pk=attempt.pk).update(created_at=NOW - timedelta(days=days) - MOMENT)
    assert purge()["attempts"] == 1
    found = Attempt.objects.order_by("pk").values_list("text", "error_code", "input_tokens")
    assert list(found) == [("", "timeout", 3), ("Dé", "timeout", 3)]
    assert "" not in texts(answers[0].turn)


def test_a_class_room_forgets_its_pupils_some_days_after_it_closed():
    turn = aged(1)
    old, recent = room(timedelta(days=30) + MOMENT), room(timedelta(days=30) - MOMENT)
    for one in (old, recent):
        RoomMember.objects.create(room=one, visitor_key=KEY)
    RoomVote.objects.create(room=old, turn=turn, visitor_key=KEY, choice="a_better")
    assert purge()["rooms"] == 1
    assert list(RoomMember.objects.values_list("room", flat=True)) == [recent.pk]
    assert not RoomVote.objects.exists()
    assert dict(Room.objects.values_list("pk", "owner_key")) == {old.pk: "", recent.pk: KEY}
    assert Vote.objects.get(turn=turn).choice == "a_better"


def test_the_journal_of_the_staff_goes_when_it_is_old():
    for days in (300, 299):
        event = Event.objects.create(kind=Event.Kind.ENTERED, who="ada", about=str(days))
        Event.objects.filter(pk=event.pk).update(at=NOW - timedelta(days=days) - MOMENT)
    assert purge() == {"staff": 1}
    assert Event.objects.get().about == "299"


def test_a_message_goes_long_after_it_was_handled_and_never_before_it_is():
    for said, handled in (("old", 300), ("recent", 299), ("waiting", None)):
        at = handled and NOW - timedelta(days=handled) - MOMENT
        made = Feedback.objects.create(portal=arena.portal(), language="fr", message=said, handled_at=at)
        Feedback.objects.filter(pk=made.pk).update(created_at=NOW - timedelta(days=900))
    assert purge() == {"messages": 1}
    assert set(Feedback.objects.values_list("message", flat=True)) == {"recent", "waiting"}


def test_a_session_goes_at_its_end_and_not_before():
    for key, end in (("past", NOW - MOMENT), ("now", NOW + MOMENT)):
        Session.objects.create(session_key=key, session_data="-", expire_date=end)
    assert purge() == {"sessions": 1}
    assert Session.objects.get().session_key == "now"


def test_no_setting_takes_away_what_a_browser_can_still_see():
    """A cookie lives thirteen months, 395 days."""
    turn = aged(394, cohorts=["pix"], visitor_key=KEY)
    with override_settings(RETENTION_DAYS=dict.fromkeys(DAYS, 0)):
        assert purge() == {}
        assert "" not in texts(turn)
        assert purge(NOW + timedelta(days=1))["unpublished"] == 1


def test_a_dry_run_counts_and_changes_nothing(capsys):
    turn = aged(400, cohorts=["pix"])
    Comparison.objects.update(created_at=timezone.now() - timedelta(days=401))
    call_command("purge_expired", "--dry-run")
    lines = capsys.readouterr().out.splitlines()
    assert "       1 comparisons never to be published, erased" in lines
    assert lines[-1].endswith("in all, nothing was changed.")
    assert "" not in texts(turn)
    call_command("purge_expired")
    assert texts(turn) == [""] * 4
    assert "       1 comparisons never to be published, erased" in capsys.readouterr().out.splitlines()
    call_command("purge_expired")
    assert capsys.readouterr().out.splitlines()[-1] == "       0 in all."


def test_every_rule_has_its_period():
    from comparia import settings

    assert {rule.name for rule in purging.RULES} == set(settings.RETENTION_DAYS)
