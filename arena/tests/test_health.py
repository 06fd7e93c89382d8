"""Endpoints that fail are left alone for a while, and the next endpoint of the same model is asked first."""

import asyncio
import time

import pytest
from django.core.cache import caches
from django_redis import get_redis_connection

from arena import answering, asking, claims, providers
from arena.models import Answer, Comparison
from arena.tests import factories
from models_catalog import availability
from models_catalog.models import Endpoint, LanguageModel

DRAWN = {"mode": "random", "drawn_a": True, "drawn_b": True}
CHOSEN = {"mode": "custom", "drawn_a": False, "drawn_b": False}
PAUSE = availability.FIRST_PAUSE_SECONDS

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def fresh(settings, monkeypatch):
    """Short delays; and each look at the breakers is a new one."""
    settings.ARENA_FIRST_TOKEN_SECONDS = 1
    settings.ARENA_SILENCE_SECONDS = 1
    settings.ARENA_LEASE_SECONDS = 5
    monkeypatch.setattr(availability, "COPY_SECONDS", -1)


def endpoint_of(model):
    return model.endpoints.get()


def fail(endpoint, times=availability.FAILURES_TO_OPEN, code="timeout"):
    availability.record([(endpoint.pk, code)] * times)


def let_pause_end(endpoint):
    get_redis_connection("default").zadd(availability.OPENED, {endpoint.pk: time.time() - 1})


def state(endpoint):
    return availability.state_of([endpoint.pk])[endpoint.pk]


def remaining(endpoint):
    """Seconds of the pause, to the nearest ten: a test may take some."""
    return round((state(endpoint).opened_until.timestamp() - time.time()) / 10) * 10


# --- The breaker ------------------------------------------------------------------------------------


def test_an_endpoint_is_open_after_some_failures_in_a_row(models):
    endpoint = endpoint_of(*models("quick"))
    fail(endpoint, times=2)
    assert not availability.is_open(endpoint.pk)
    availability.record([(endpoint.pk, "")])
    fail(endpoint, times=2)
    assert not availability.is_open(endpoint.pk)
    fail(endpoint, times=1, code="overloaded")
    assert availability.is_open(endpoint.pk)
    found = state(endpoint)
    assert (found.failures, found.code, found.is_open, found.is_on_trial) == (3, "overloaded", True, False)
    assert found.answered_at <= found.failed_at < found.opened_until


def called_now(model):
    endpoint, _reserve = claims.endpoint_to_call(model.usable_endpoints(), [])
    return endpoint


def test_an_open_endpoint_leaves_its_model_out_of_the_draw(models):
    broken, well = models("broken", "quick")
    fail(endpoint_of(broken))
    assert [model.pk for model in LanguageModel.objects.drawable()] == [well.pk]
    assert list(LanguageModel.objects.contenders()) == [well.pk]
    second = Endpoint.objects.create(
        model=broken, provider="other", api_model_id="quick", base_url="http://127.0.0.1:9"
    )
    assert set(LanguageModel.objects.contenders()) == {broken.pk, well.pk}
    assert called_now(broken) == second


def test_where_every_endpoint_is_open_the_first_is_called_all_the_same(models):
    [model] = models("broken")
    fail(endpoint_of(model))
    assert called_now(model) == endpoint_of(model)


def test_one_trial_is_let_through_and_its_answer_closes_the_breaker(models):
    endpoint = endpoint_of(*models("quick"))
    fail(endpoint)
    assert availability.first_well([endpoint]) is None
    let_pause_end(endpoint)
    assert state(endpoint).is_on_trial
    assert [availability.first_well([endpoint]) for _ in range(3)] == [endpoint, None, None]
    assert availability.is_open(endpoint.pk)  # until the trial has said
    availability.record([(endpoint.pk, "")])
    assert availability.first_well([endpoint]) == endpoint
    assert (state(endpoint).failures, state(endpoint).opened_until) == (0, None)


def test_a_failed_trial_doubles_the_pause_to_a_limit_and_an_answer_forgets_it(models):
    endpoint = endpoint_of(*models("quick"))
    fail(endpoint)
    pauses = [remaining(endpoint)]
    for _ in range(8):
        let_pause_end(endpoint)
        assert availability.first_well([endpoint]) == endpoint
        fail(endpoint, times=1)
        pauses.append(remaining(endpoint))
    assert pauses == [PAUSE * 2**n for n in range(6)] + [availability.LONGEST_PAUSE_SECONDS] * 3
    availability.record([(endpoint.pk, "")])
    fail(endpoint)
    assert remaining(endpoint) == PAUSE


def test_calls_that_fail_together_give_one_pause(models):
    endpoint = endpoint_of(*models("quick"))
    fail(endpoint, times=100)
    fail(endpoint, times=100)
    assert remaining(endpoint) == PAUSE


def test_without_redis_every_endpoint_counts_as_well(models, settings):
    endpoint = endpoint_of(*models("quick"))
    fail(endpoint)
    assert availability.is_open(endpoint.pk)
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:9/0"}}
    assert not availability.is_open(endpoint.pk)
    assert availability.first_well([endpoint]) == endpoint
    assert state(endpoint) == availability.State()


# --- What the arena tells it -------------------------------------------------------------------------


@pytest.fixture
def ask(models):
    """A comparison, asked and not yet answered, of the models that play the first two behaviours. "broken, quick"
    plays the first at its first endpoint, the second at the next."""

    @answering.unit_of_work
    def asked(*behaviours, **fields):
        made = []
        for behaviour in behaviours:
            first, *others = behaviour.split(", ")
            [model] = models(first)
            base_url = endpoint_of(model).base_url
            for position, other in enumerate(others, 1):
                Endpoint.objects.create(
                    model=model,
                    provider="second",
                    api_model_id=other,
                    base_url=base_url,
                    position=position,
                    electricity_zone="SWE",
                    system_prompt="Soyez brève.",
                )
            made.append(model)
        comparison = factories.comparison(model_a=made[0], model_b=made[1], **CHOSEN | fields)
        if comparison.pool:
            comparison.pool.model_ids = sorted(model.pk for model in made)
            comparison.pool.save()
        factories.turn(comparison, statuses=("pending", "pending"))
        return comparison

    return asked


async def written(comparison):
    """Both answers of the last turn, once this process writes none any more and its beat has told the breakers."""
    await answering.start(comparison.pk)
    while answering._tasks:
        await asyncio.wait(answering._tasks)
    await providers.close()
    return (await both(comparison))[-2:]


@answering.unit_of_work
def both(comparison):
    return list(Answer.objects.filter(turn__comparison=comparison).order_by("turn__number", "side"))


@answering.unit_of_work
def attempts(answer):
    return list(answer.attempts.all())


@answering.unit_of_work
def is_replaced(comparison):
    return Comparison.objects.get(pk=comparison.pk).is_replaced


@pytest.mark.asyncio
@pytest.mark.parametrize("fields", [DRAWN, CHOSEN])
async def test_the_next_endpoint_of_the_same_model_is_asked_first(ask, scripted, fields):
    comparison = await ask("broken, echo", "quick-b", "quick-c", **fields)
    a, _b = await written(comparison)
    assert (a.status, a.model_id, a.provider, a.api_model_id) == ("complete", comparison.model_a_id, "second", "echo")
    assert (a.electricity_zone, a.impact_inputs["zone"], a.system_prompt) == ("SWE", "SWE", "Soyez brève.")
    assert scripted.calls("echo")[-1]["roles"] == ["system", "user"]
    [attempt] = await attempts(a)
    assert (attempt.model_id, attempt.provider, attempt.status, attempt.error_code, attempt.electricity_zone) == (
        a.model_id,
        "scripted",
        "failed",
        "unknown",
        "FRA",
    )
    assert not await is_replaced(comparison)


@pytest.mark.asyncio
async def test_a_later_turn_moves_to_the_next_endpoint_with_the_whole_conversation(ask, scripted):
    comparison = await ask("quick, echo", "quick-b")
    await written(comparison)
    await answering.unit_of_work(Endpoint.objects.filter(provider="scripted").update)(api_model_id="broken")
    caches["process"].clear()
    await answering.unit_of_work(asking.follow_up)(comparison, 2, "Et la mer ?")
    scripted.reset()
    a, _b = await written(comparison)
    assert (a.status, a.text, a.model_id) == ("complete", "Et la mer ?", comparison.model_a_id)
    assert scripted.calls("echo")[-1]["roles"] == ["system", "user", "assistant", "user"]


@pytest.mark.asyncio
async def test_a_drawn_model_is_replaced_once_its_two_endpoints_failed(ask):
    asked = await ask("broken, rate-limited, quick-never", "quick-b", "quick-c", **DRAWN)
    a, _b = await written(asked)
    assert (a.status, a.api_model_id) == ("complete", "quick-c")
    assert [(each.api_model_id, each.model_id, each.number) for each in await attempts(a)] == [
        ("broken", asked.model_a_id, 1),
        ("rate-limited", asked.model_a_id, 2),
    ]
    assert await is_replaced(asked)


@pytest.mark.asyncio
async def test_a_chosen_model_fails_once_its_two_endpoints_failed(ask):
    comparison = await ask("broken, rate-limited, quick-never", "quick-b", "quick-c")
    a, _b = await written(comparison)
    assert (a.status, a.error_code, a.model_id) == ("failed", "overloaded", comparison.model_a_id)
    assert len(await attempts(a)) == 1


@pytest.mark.asyncio
async def test_a_retry_that_the_visitor_asked_for_moves_too_but_gets_no_other_model(ask):
    comparison = await ask("broken, rate-limited", "quick-b", **DRAWN)
    a, _b = await written(comparison)
    assert (a.status, len(await attempts(a))) == ("failed", 1)
    await answering.unit_of_work(asking.retry)(comparison, 1, "a")
    third = await answering.unit_of_work(factories.language_model)()
    await answering.unit_of_work(lambda: _add_to_pool(comparison, third))()
    a, _b = await written(comparison)
    assert (a.status, a.model_id) == ("failed", comparison.model_a_id)
    assert [each.number for each in await attempts(a)] == [1, 2, 3]


def _add_to_pool(comparison, model):
    comparison.pool.model_ids.append(model.pk)
    comparison.pool.save()


@pytest.mark.asyncio
@pytest.mark.parametrize("behaviour", ["filtered", "context-too-long", "timeout-after"])
async def test_what_the_question_causes_or_comes_too_late_is_not_asked_elsewhere(ask, behaviour):
    comparison = await ask(f"{behaviour}, quick", "quick-b")
    a, _b = await written(comparison)
    assert (a.status, a.provider, await attempts(a)) == ("failed", "scripted", [])


@pytest.mark.asyncio
async def test_an_endpoint_that_is_open_is_not_the_next_one_to_try(ask):
    comparison = await ask("broken, quick", "quick-b")
    second = await answering.unit_of_work(Endpoint.objects.get)(provider="second")
    await answering.unit_of_work(fail)(second)
    a, _b = await written(comparison)
    assert (a.status, a.provider) == ("failed", "scripted")


COUNTED = {"timeout-before": 1, "rate-limited": 1, "broken": 1, "unauthorized": 1, "empty": 1, "cut": 1}
NOT_COUNTED = {"filtered": 0, "context-too-long": 0, "quick": 0}


@pytest.mark.asyncio
@pytest.mark.parametrize(("behaviour", "failures"), (COUNTED | NOT_COUNTED).items())
async def test_each_outcome_is_told_to_the_breaker(ask, behaviour, failures):
    a, b = await written(await ask(behaviour, "quick-b"))
    states = await answering.unit_of_work(availability.state_of)([a.endpoint_id, b.endpoint_id])
    assert (states[a.endpoint_id].failures, states[a.endpoint_id].code) == (failures, a.error_code if failures else "")
    assert (states[b.endpoint_id].failures, states[b.endpoint_id].answered_at is None) == (0, False)


@pytest.mark.asyncio
async def test_a_stop_says_nothing_of_the_endpoint(ask):
    comparison = await ask("slow", "quick")
    await answering.start(comparison.pk)
    await answering.unit_of_work(Answer.objects.filter(side="a").update)(stop_requested_at=answering.timezone.now())
    a, _b = await written(comparison)
    assert a.status == "stopped"
    assert (
        await answering.unit_of_work(state)(await answering.unit_of_work(lambda: a.endpoint)()) == availability.State()
    )
