"""Answers from claim to saved row, on the real database and the scripted provider, without any page."""

import asyncio
import time
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from arena import answering, asking, claims, drafts, providers
from arena.live import ANSWERS
from arena.models import Answer, Comparison
from arena.tests import factories

DRAWN = {"mode": "random", "drawn_a": True, "drawn_b": True}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


@pytest.fixture(autouse=True)
def short_delays(settings):
    settings.ARENA_FIRST_TOKEN_SECONDS = 1
    settings.ARENA_SILENCE_SECONDS = 1
    settings.ARENA_LEASE_SECONDS = 5


@pytest.fixture
def ask(models):
    """Make a comparison, asked and not yet answered, of the models that play the first two behaviours; the others can
    be drawn in their place. Chosen by the visitor unless said otherwise."""

    @answering.unit_of_work
    def asked(*behaviours, **fields):
        made = models(*behaviours)
        fields = {"drawn_a": False, "drawn_b": False, "mode": "custom"} | fields
        comparison = factories.comparison(model_a=made[0], model_b=made[1], **fields)
        if comparison.pool:
            comparison.pool.model_ids = sorted(model.pk for model in made)
            comparison.pool.save()
        factories.turn(comparison, statuses=("pending", "pending"))
        return comparison

    return asked


async def until(condition, seconds=15):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "what was waited for did not come"
        await asyncio.sleep(0.02)


async def written(comparison):
    """Both answers, once this process writes none any more."""
    await answering.start(comparison.pk)
    await until(lambda: not ANSWERS)
    await providers.close()
    return await both(comparison)


@answering.unit_of_work
def both(comparison):
    return list(Answer.objects.filter(turn__comparison=comparison).order_by("turn__number", "side"))


@answering.unit_of_work
def attempts(answer):
    return list(answer.attempts.all())


@answering.unit_of_work
def refreshed(comparison_id):
    return Comparison.objects.get(pk=comparison_id)


async def test_an_answer_is_saved_with_its_measures_and_what_served_it(ask):
    comparison = await ask("usage-after-finish", "no-usage")
    a, b = await written(comparison)
    assert (a.status, a.error_code, a.claim_token, a.lease_until) == ("complete", "", None, None)
    assert a.text.strip()
    assert (a.provider, a.api_model_id, a.temperature, a.electricity_zone) == (
        "scripted",
        "usage-after-finish",
        0.7,
        "FRA",
    )
    assert a.token_source == "provider"
    assert a.output_tokens > 0
    assert a.input_tokens > 0
    assert b.token_source == "estimate"
    assert b.output_tokens == round(len(b.text) / 4)
    for answer in (a, b):
        assert 0 < answer.energy_wh_min < answer.energy_wh_max
        assert answer.impact_inputs["output_tokens"] == answer.output_tokens
        assert answer.first_token_ms is not None
        assert answer.finished_at >= answer.started_at


async def test_reasoning_is_kept_apart_and_is_not_sent_back(ask, scripted):
    comparison = await ask("reasoning", "echo")
    a, _b = await written(comparison)
    assert a.reasoning
    assert a.reasoning_ms is not None
    turn = await answering.unit_of_work(asking.follow_up)(comparison, 2, "Et la mer ?")
    assert turn.number == 2
    answers = await written(comparison)
    assert [answer.status for answer in answers] == ["complete"] * 4
    assert answers[3].text == "Et la mer ?"
    assert scripted.calls("reasoning")[-1]["messages"] == 3
    messages = await answering.unit_of_work(lambda: claims.conversation(answers[2]))()
    assert messages[1] == {"role": "assistant", "content": a.text}


async def test_drafts_go_once_the_answers_are_saved(ask):
    comparison = await ask("paced?chunks=15&delay=0.1", "quick")
    await answering.start(comparison.pk)
    tokens = [live.claim.token for live in ANSWERS.values()]
    await until(lambda: any(drafts.read(token)[0] for token in tokens))
    await until(lambda: not ANSWERS and not any(drafts.read(token)[0] for token in tokens))


async def test_two_starts_at_once_give_one_call_each(ask, scripted):
    scripted.reset()
    comparison = await ask("quick-twice-a", "quick-twice-b")
    await asyncio.gather(*(answering.start(comparison.pk) for _ in range(8)))
    a, b = await written(comparison)
    assert (a.status, b.status) == ("complete", "complete")
    assert (len(scripted.calls("quick-twice-a")), len(scripted.calls("quick-twice-b"))) == (1, 1)


FAILURES = {
    "timeout-before": ("failed", "timeout"),
    "timeout-after": ("failed", "timeout"),
    "rate-limited": ("failed", "overloaded"),
    "broken": ("failed", "unknown"),
    "unauthorized": ("failed", "misconfigured"),
    "cut": ("interrupted", "interrupted"),
    "empty": ("failed", "empty_answer"),
    "filtered": ("failed", "content_filtered"),
    "context-too-long": ("failed", "context_too_long"),
    "error-event": ("interrupted", "interrupted"),
}


@pytest.mark.parametrize("behaviour", FAILURES)
async def test_a_failure_has_its_code_and_leaves_the_other_side_alone(ask, behaviour):
    comparison = await ask(behaviour, "quick")
    a, b = await written(comparison)
    assert (a.status, a.error_code) == FAILURES[behaviour]
    assert (b.status, b.error_code) == ("complete", "")
    assert bool(a.text) == (behaviour in ("timeout-after", "cut", "error-event"))


async def test_a_silent_drawn_model_is_replaced_once_and_the_first_is_kept_as_an_attempt(ask):
    asked = await ask("broken", "quick-b", "quick-c", **DRAWN)
    a, b = await written(asked)
    comparison = await refreshed(asked.pk)
    assert (a.status, a.api_model_id, b.api_model_id) == ("complete", "quick-c", "quick-b")
    assert (comparison.model_a_id, comparison.model_b_id) == (a.model_id, b.model_id)
    assert comparison.is_replaced
    [attempt] = await attempts(a)
    assert (attempt.model_id, attempt.status, attempt.error_code, attempt.api_model_id) == (
        asked.model_a_id,
        "failed",
        "unknown",
        "broken",
    )


async def test_two_silent_sides_never_end_with_the_same_model(ask):
    asked = await ask("broken-1", "broken-2", "quick-c", **DRAWN)
    answers = await written(asked)
    assert sorted(answer.status for answer in answers) == ["complete", "failed"]
    comparison = await refreshed(asked.pk)
    assert comparison.model_a_id != comparison.model_b_id
    assert [answer.model_id for answer in answers] == [comparison.model_a_id, comparison.model_b_id]


@pytest.mark.parametrize(
    ("behaviour", "fields"),
    [
        ("broken", {"mode": "custom", "drawn_a": False, "drawn_b": True}),  # chosen by the visitor
        ("timeout-after", DRAWN),  # it had begun
    ],
)
async def test_a_chosen_model_or_one_that_began_is_not_replaced(ask, behaviour, fields):
    comparison = await ask(behaviour, "quick-b", "quick-c", **fields)
    a, _b = await written(comparison)
    assert (a.status, a.model_id, await attempts(a)) == ("failed", comparison.model_a_id, [])


async def test_a_stop_keeps_the_text_and_hangs_up(ask, scripted):
    comparison = await ask("slow", "quick")
    await answering.start(comparison.pk)
    await until(lambda: any(live.text for live in ANSWERS.values() if live.claim.endpoint.api_model_id == "slow"))
    answering.serve_here()
    await answering.unit_of_work(asking.stop)(comparison, 1)
    await until(lambda: not ANSWERS)
    a, b = await both(comparison)
    assert (a.status, a.error_code) == ("stopped", "")
    assert a.text
    assert b.status == "complete"
    await asyncio.to_thread(scripted.wait_for, "slow", "hung_up")


async def test_a_stop_asked_of_another_process_is_read_at_the_next_beat(ask):
    comparison = await ask("slow", "quick")
    await answering.start(comparison.pk)
    await answering.unit_of_work(Answer.objects.filter(side="a").update)(stop_requested_at=timezone.now())
    await until(lambda: not ANSWERS)
    assert [answer.status for answer in await both(comparison)] == ["stopped", "complete"]


async def test_an_answer_that_nobody_follows_ends_and_keeps_its_text(ask, settings):
    settings.ARENA_ABANDON_SECONDS = 1
    comparison = await ask("slow", "quick")
    a, b = await written(comparison)
    assert (a.status, b.status) == ("interrupted", "complete")
    assert a.text


async def test_an_answer_that_somebody_follows_goes_on(ask, settings):
    settings.ARENA_ABANDON_SECONDS = 1
    comparison = await ask("paced?chunks=30&delay=0.1", "quick")
    await answering.start(comparison.pk)
    while ANSWERS:
        await answering.unit_of_work(drafts.mark_seen)(comparison.pk)
        await asyncio.sleep(0.3)
    assert [answer.status for answer in await both(comparison)] == ["complete", "complete"]


async def test_without_a_cache_the_answer_goes_on_to_its_end(ask, settings):
    settings.ARENA_ABANDON_SECONDS = 1
    comparison = await ask("paced?chunks=30&delay=0.1", "quick")
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    answers = await written(comparison)
    assert [answer.status for answer in answers] == ["complete", "complete"]


async def test_an_owner_that_lost_its_claim_writes_nothing(ask):
    comparison = await ask("paced?chunks=10&delay=0.2", "quick")
    await answering.start(comparison.pk)
    taken = uuid.uuid4()
    await answering.unit_of_work(Answer.objects.filter(side="a").update)(claim_token=taken, text="d’un autre")
    await until(lambda: not ANSWERS)
    a, _b = await both(comparison)
    assert (a.claim_token, a.status, a.text) == (taken, "streaming", "d’un autre")


async def test_a_shutdown_saves_what_had_come(ask):
    comparison = await ask("slow", "slow")
    await answering.start(comparison.pk)
    await until(lambda: all(live.text for live in ANSWERS.values()))
    await answering.finish_all()
    for answer in await both(comparison):
        assert (answer.status, answer.error_code) == ("interrupted", "interrupted")
        assert answer.text


async def test_a_database_that_is_away_when_an_answer_ends_is_asked_again(ask, monkeypatch):
    calls = []
    save = answering.save

    async def failing_twice(*args):
        calls.append(args)
        if len(calls) <= 2:
            raise OperationalError("the server closed the connection")
        await save(*args)

    monkeypatch.setattr(answering, "save", failing_twice)
    comparison = await ask("quick", "quick")
    assert [answer.status for answer in await written(comparison)] == ["complete", "complete"]


def interrupted_row(lease_ends):
    comparison = factories.comparison()
    turn = factories.turn(comparison, statuses=("streaming", "complete"))
    answer = turn.answers.get(side="a")
    Answer.objects.filter(pk=answer.pk).update(lease_until=timezone.now() + lease_ends)
    drafts.write({answer.claim_token: ((0, b"Le ciel est b"), (0, "Je réfléchis".encode()))})
    return answer


async def test_a_lease_that_is_over_is_closed_with_the_draft_as_text():
    answer = await answering.unit_of_work(interrupted_row)(-timedelta(seconds=1))
    assert await answering.unit_of_work(answering.close_stale)() == 1
    await answering.unit_of_work(answer.refresh_from_db)()
    assert (answer.status, answer.error_code, answer.text, answer.reasoning, answer.claim_token) == (
        "interrupted",
        "interrupted",
        "Le ciel est b",
        "Je réfléchis",
        None,
    )
    assert await answering.unit_of_work(answering.close_stale)() == 0


@pytest.mark.parametrize(("left", "is_renewed"), [(4.5, False), (3, True), (-1, True)])
async def test_a_lease_is_renewed_once_a_third_of_it_is_gone_and_its_claim_is_held_all_the_same(left, is_renewed):
    answer = await answering.unit_of_work(interrupted_row)(timedelta(seconds=left))
    before = (await answering.unit_of_work(Answer.objects.get)(pk=answer.pk)).lease_until
    assert await answering.renew_leases([answer.claim_token, uuid.uuid4()]) == {answer.claim_token: None}
    await answering.unit_of_work(answer.refresh_from_db)()
    assert (answer.lease_until > before) is is_renewed


async def test_a_lease_that_runs_is_left_alone():
    answer = await answering.unit_of_work(interrupted_row)(timedelta(seconds=30))
    assert await answering.unit_of_work(answering.close_stale)() == 0
    await answering.unit_of_work(answer.refresh_from_db)()
    assert answer.status == "streaming"


@answering.unit_of_work
def draft(token, *pieces):
    for offset, piece in pieces:
        drafts.write({token: ((offset, piece), (0, b""))})
    text, _reasoning = drafts.read(token)
    drafts.delete([token])
    return text


async def test_a_piece_of_a_draft_sent_twice_is_there_once():
    assert await draft(1, (0, b"Le ciel"), (7, b" est bleu"), (7, b" est bleu")) == "Le ciel est bleu"


async def test_a_draft_whose_beginning_was_lost_is_not_shown_as_if_it_were_whole():
    assert await draft(2, (7, b" est bleu")) == ""


async def test_without_a_cache_a_stale_answer_waits_for_its_draft(settings):
    answer = await answering.unit_of_work(interrupted_row)(-timedelta(seconds=1))
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert await answering.unit_of_work(answering.close_stale)() == 0
    await answering.unit_of_work(answer.refresh_from_db)()
    assert answer.status == "streaming"
