"""Answers, from claim to saved row. The only caller of the providers.

Whoever follows a comparison calls `ensure_running`; a conditional UPDATE decides who writes each answer, so that any
number of tabs, reloads and processes give one. Tasks live on the event loop that serves the process, outlive the
request or the socket that started them, and save in a task of their own that a cancellation cannot reach.
"""

import asyncio
import contextvars
import logging
import time

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from models_catalog import availability, spending
from portals.caching import CACHE_AWAY

from . import claims, costs, drafts, metrics, providers
from .database import beside_the_database, unit_of_work
from .live import ANSWERS, Live
from .models import Answer

log = logging.getLogger(__name__)
BEAT_SECONDS = 1
LONGEST_ANSWER = 120_000  # characters, reasoning included: half as much again as 16,384 tokens usually give
SAVE_RETRIES = (0.2, 1, 2, 4, 8)

_loop = None
_is_leaving = False
_tasks = set()
_saved = set()  # claims whose drafts are no longer of use
_outcomes = []  # what the endpoints gave since the last beat
_beat = None


# --- Doors ------------------------------------------------------------------------------------------


def serve_here():
    """Answers of this process are written on the running event loop."""
    global _loop
    _loop = asyncio.get_running_loop()


def ensure_running(comparison_id):
    """From any thread: see that the comparison's pending answers are being written.

    Does nothing in a process that serves no requests (a shell, a worker): the answers wait for one that does.
    """
    if _loop is not None and not _loop.is_closed():
        _loop.call_soon_threadsafe(lambda: _spawn(start(comparison_id)))


def leave():
    """This process claims no more answers; it goes on with those that it writes."""
    global _is_leaving
    _is_leaving = True


def is_leaving():
    return _is_leaving


def has_room(answers=2):
    """Whether this process may write so many answers more."""
    return not _is_leaving and len(ANSWERS) + answers <= settings.ARENA_MOST_ANSWERS


def stop_soon(answer_id):
    """From any thread: if this process writes the answer, stop now rather than at the next beat."""
    live = ANSWERS.get(answer_id)
    if live is not None and _loop is not None:
        _loop.call_soon_threadsafe(live.end, Answer.Status.STOPPED)


async def start(comparison_id, look=None):
    """Claim the comparison's pending answers and write each in a task of its own. Idempotent.

    `look()` gives, in the same unit of work, what the caller wants to know and the answers that may be claimed; the
    first of them is returned.
    """
    # Shielded: a claim that nobody writes would wait for its lease to end.
    return await asyncio.shield(_spawn(_start(comparison_id, look)))


async def _start(comparison_id, look):
    seen, claimed = await _look_and_claim(comparison_id, look)
    for claim in claimed:
        live = ANSWERS[claim.answer_id] = Live(claim)
        live.task = _spawn(_write(live))
    _keep_beating()
    return seen


@unit_of_work
def _look_and_claim(comparison_id, look):
    seen, pending = look() if look else (None, claims.pending(comparison_id))
    pending = list(pending)
    return seen, claims.claim(pending) if has_room(len(pending)) else []


async def finish_all():
    """End every answer of this process, keeping what came; one of which nothing came waits for another process."""
    for live in list(ANSWERS.values()):
        live.end(Answer.Status.INTERRUPTED)
    while _tasks:
        await asyncio.wait(_tasks)


def _spawn(coroutine):
    """A task that nobody else holds, in a context that is not a request's."""
    task = asyncio.get_running_loop().create_task(coroutine, context=contextvars.Context())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


# --- One answer -------------------------------------------------------------------------------------


async def _write(live):
    status, code = Answer.Status.INTERRUPTED, providers.ErrorCode.INTERRUPTED
    try:
        while True:
            status, code = await _stream(live)
            metrics.called(live.claim, code)
            if not code or live.has_begun:
                break
            again = await claims.try_again(live.claim, code)
            if again is None:
                break
            live.ask_again(again)
    except asyncio.CancelledError:
        status = live.cancelled_as
        code = "" if status == Answer.Status.STOPPED else providers.ErrorCode.INTERRUPTED
    except DatabaseError:
        log.exception("answer %s: the database failed while it was asked anew", live.claim.answer_id)
        status, code = Answer.Status.FAILED, code or providers.ErrorCode.UNKNOWN
    finally:
        await asyncio.shield(_spawn(_save(live, status, code)))


async def _stream(live):
    """Read the provider to the end; the status to save and the error code, empty if there was no error."""
    endpoint = live.claim.endpoint
    try:
        if endpoint is None:  # none is usable, or the daily ceilings leave no room
            is_full = bool(live.claim.model.usable_endpoints())
            raise providers.ProviderError(
                providers.ErrorCode.OVERLOADED if is_full else providers.ErrorCode.MISCONFIGURED
            )
        limits = providers.Limits(
            temperature=endpoint.temperature,
            max_tokens=endpoint.max_tokens,
            first_token_seconds=settings.ARENA_FIRST_TOKEN_SECONDS,
            silence_seconds=settings.ARENA_SILENCE_SECONDS,
            max_chars=LONGEST_ANSWER,
        )
        async with asyncio.timeout(settings.ARENA_ANSWER_SECONDS):
            async for chunk in providers.stream(callable_endpoint(endpoint), live.claim.messages, limits):
                live.add(chunk)
    except TimeoutError:
        log.warning("answer %s: too long for %s", live.claim.answer_id, endpoint.provider)
        return Answer.Status.FAILED, providers.ErrorCode.TIMEOUT
    except providers.ProviderError as error:
        log.warning("answer %s: %s from %s", live.claim.answer_id, error.code, endpoint and endpoint.provider)
        is_mere_thought = error.code == providers.ErrorCode.EMPTY_ANSWER and live.has_begun
        if endpoint and error.code in providers.ENDPOINT_FAULTS and not is_mere_thought:
            _outcomes.append((endpoint.pk, error.code))
        broken = error.code == providers.ErrorCode.INTERRUPTED
        return (Answer.Status.INTERRUPTED if broken else Answer.Status.FAILED), error.code
    _outcomes.append((endpoint.pk, ""))
    return Answer.Status.COMPLETE, ""


def callable_endpoint(endpoint):
    """The catalogue's endpoint as the providers take it, its key in clear."""
    return providers.Endpoint(
        protocol=endpoint.protocol,
        model=endpoint.api_model_id,
        base_url=endpoint.resolved_base_url(),
        api_key=endpoint.api_key(),
        extra=endpoint.extra,
        provider=endpoint.provider,
    )


async def _save(live, status, code):
    """Save, again and again if the database is away; if it stays away, the draft is what remains."""
    is_for_another = _is_leaving and status == Answer.Status.INTERRUPTED and not live.has_begun
    try:
        for pause in (0, *SAVE_RETRIES):
            await asyncio.sleep(pause)
            try:
                await (give_back(live) if is_for_another else save(live, status, code))
                _saved.add(live.claim.token)
                break
            except DatabaseError as error:
                log.warning("answer %s: not saved yet: %s", live.claim.answer_id, type(error).__name__)
                await _exchange_with_cache([live])
    finally:
        if ANSWERS.get(live.claim.answer_id) is live:  # it may already be asked again
            del ANSWERS[live.claim.answer_id]
        live.saved()


@unit_of_work
def save(live, status, code):
    """Write the end of an answer, if the claim still holds, and what it cost, whoever holds it."""
    claim, spent = live.claim, costs.spent(live)
    with transaction.atomic():
        _write_end(live, status, code)
        if claim.endpoint is not None:
            spending.settle(claim.endpoint, claim.reserve, spent)
    metrics.answered(live, status, code, spent)


def _write_end(live, status, code):
    claim = live.claim
    Answer.objects.filter(pk=claim.answer_id, claim_token=claim.token).update(
        status=status,
        error_code=code,
        text=live.text,
        reasoning=live.reasoning,
        finish_reason=live.finish_reason[:40],
        generation_id=live.generation_id[:200],
        first_token_ms=live.first_token_ms,
        reasoning_ms=live.reasoning_ms,
        finished_at=timezone.now(),
        claim_token=None,
        lease_until=None,
        **costs.of(live),
    )


@unit_of_work
def give_back(live):
    """Nothing came yet, and this process leaves: the answer waits again, if the claim still holds."""
    Answer.objects.filter(pk=live.claim.answer_id, claim_token=live.claim.token).update(
        status=Answer.Status.PENDING, claim_token=None, lease_until=None, started_at=None
    )
    spending.give_back(live.claim.endpoint, live.claim.reserve)


# --- The beat: leases, stops, drafts, abandoned pages ---------------------------------------------------


def _keep_beating():
    global _beat
    if ANSWERS and (_beat is None or _beat.done()):
        _beat = _spawn(_beating())


async def _beating():
    """Once a second, for all answers of this process together."""
    while ANSWERS or _saved or _outcomes:
        await asyncio.sleep(BEAT_SECONDS)
        lives = list(ANSWERS.values())
        await asyncio.gather(_hold(lives), _exchange_with_cache(lives))


async def _hold(lives):
    """Renew the leases of these answers; end those that were lost, or that the visitor stopped."""
    lives = {live.claim.token: live for live in lives}
    try:
        held = await renew_leases(list(lives))
    except DatabaseError as error:
        log.warning("leases not renewed: %s", type(error).__name__)
        return
    for token, live in lives.items():
        if token not in held:
            live.end(Answer.Status.INTERRUPTED)
        elif held[token] is not None:
            live.end(Answer.Status.STOPPED)


async def _exchange_with_cache(lives):
    before = {live: live.drafted for live in lives}
    useless = [_saved.pop() for _ in range(len(_saved))]
    outcomes, _outcomes[:] = list(_outcomes), []
    try:
        seen = await exchange_with_cache(
            {live.claim.token: live.undrafted() for live in lives},
            {live.claim.comparison_id for live in lives},
            useless,
            outcomes,
        )
        metrics.DRAFTED.labels("written").inc(len(lives))
    except (*CACHE_AWAY, DatabaseError) as error:
        metrics.DRAFTED.labels("lost").inc(len(lives))
        log.warning("drafts not written: %s", type(error).__name__)
        for live, place in before.items():
            live.drafted = place
        return
    for live in lives:
        live.last_seen = max(live.last_seen, seen.get(live.claim.comparison_id, 0))
        if time.time() - live.last_seen > settings.ARENA_ABANDON_SECONDS:
            live.end(Answer.Status.INTERRUPTED)


@unit_of_work
def renew_leases(tokens):
    """The claims still held, as {token: when a stop was requested, or None}.

    Their leases are renewed once a third is gone: each renewal is a new version of the row in every index.
    """
    held = Answer.objects.filter(claim_token__in=tokens, status=Answer.Status.STREAMING)
    held.filter(lease_until__lt=claims.lease(of=2 / 3)).update(lease_until=claims.lease())
    return dict(held.values_list("claim_token", "stop_requested_at"))


@beside_the_database
def exchange_with_cache(additions, comparison_ids, useless, outcomes):
    """Write what is new, of drafts and of endpoints, delete the useless; when each comparison was last followed."""
    drafts.write(additions)
    drafts.delete(useless)
    if outcomes:
        availability.record(outcomes)
    return drafts.last_seen(comparison_ids)


# --- What a killed process left -----------------------------------------------------------------------


def close_stale(answers=None):
    """Mark interrupted each streaming answer whose lease is over, with its draft as text; how many were.

    One conditional UPDATE each: an owner that comes back in time keeps its claim.
    """
    rows = Answer.objects if answers is None else answers
    closed = 0
    for answer_id, token in rows.filter(status=Answer.Status.STREAMING, lease_until__lt=timezone.now()).values_list(
        "pk", "claim_token"
    ):
        try:
            text, reasoning = drafts.read(token)
        except CACHE_AWAY as error:
            log.warning("answer %s: closed later, its draft cannot be read: %s", answer_id, type(error).__name__)
            continue
        closed += Answer.objects.filter(pk=answer_id, claim_token=token, lease_until__lt=timezone.now()).update(
            status=Answer.Status.INTERRUPTED,
            error_code=providers.ErrorCode.INTERRUPTED,
            text=text,
            reasoning=reasoning,
            finished_at=timezone.now(),
            claim_token=None,
            lease_until=None,
        )
    return closed
