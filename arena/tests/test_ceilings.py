"""Daily ceilings: what endpoints cost, and that no number of questions at once makes one pass its ceiling."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.db import close_old_connections
from django.utils import timezone

from arena import answering
from arena.models import Answer, Comparison
from arena.tests.test_answering import both, written
from arena.tests.test_health import ask  # noqa: F401 (a fixture)
from models_catalog import spending
from models_catalog.models import Endpoint, LanguageModel
from models_catalog.spending import Spending

pytestmark = pytest.mark.django_db(transaction=True)
DRAWN = {"mode": "random", "drawn_a": True, "drawn_b": True}


def endpoint_of(model, **fields):
    """The model's endpoint, at a dollar for each thousand tokens written, ten thousand at most: ten dollars a call."""
    prices = {"input_price": 0, "output_price": 1000, "max_tokens": 10_000}
    Endpoint.objects.filter(model=model).update(**prices | fields)
    caches["process"].clear()
    return Endpoint.objects.get(model=model, provider="scripted")


def same_model(comparison, model):
    Comparison.objects.filter(pk=comparison.pk).update(model_a=model)
    Answer.objects.filter(turn__comparison=comparison, side="a").update(model=model)


def today(endpoint):
    return Spending.objects.get(endpoint=endpoint, day=timezone.localdate())


def test_calls_that_reserve_at_once_stay_under_the_ceiling_together(models):
    endpoint = endpoint_of(*models("quick"), daily_ceiling=75)

    def reserve(_number):
        try:
            return spending.reserve(endpoint, 100)
        finally:
            close_old_connections()

    with ThreadPoolExecutor(10) as threads:
        reserves = list(threads.map(reserve, range(40)))
    assert sum(reserve is not None for reserve in reserves) == 7
    assert (today(endpoint).reserved, today(endpoint).dollars) == (70, 0)


def test_what_an_answer_cost_takes_the_place_of_its_reserve(models):
    endpoint = endpoint_of(*models("quick"), daily_ceiling=20, input_price=100)
    reserve = spending.reserve(endpoint, 100)
    assert reserve.dollars == Decimal("10.0051")
    assert spending.reserve(endpoint, 100) is None
    spending.settle(endpoint, reserve, spending.Spent(30, 500, spending.dollars_of(endpoint, 30, 500)))
    row = today(endpoint)
    assert (row.answers, row.input_tokens, row.output_tokens, row.reserved) == (1, 30, 500, 0)
    assert row.dollars == Decimal("0.503")
    assert spending.reserve(endpoint, 100) is not None


def test_an_endpoint_leaves_the_draw_before_its_ceiling(models):
    near, far = models("quick-a", "quick-b")
    endpoint = endpoint_of(near, daily_ceiling=100)
    spending.settle(endpoint, spending.Reserve(timezone.localdate()), spending.Spent())
    assert set(LanguageModel.objects.contenders()) == {near.pk, far.pk}
    Spending.objects.update(day=timezone.localdate(), dollars=50, reserved=40)
    caches["process"].clear()
    assert set(LanguageModel.objects.contenders()) == {far.pk}
    assert spending.reserve(endpoint, 100) is not None  # a conversation that goes on still may


def test_the_staff_are_told_once_when_a_ceiling_is_near(models, caplog):
    endpoint = endpoint_of(*models("quick"), daily_ceiling=100)
    with caplog.at_level(logging.WARNING, logger="models_catalog.spending"):
        for _call in range(9):
            spending.reserve(endpoint, 0)
    assert len([record for record in caplog.records if "daily ceiling" in record.getMessage()]) == 1
    assert [(each.pk, dollars) for each, dollars in spending.near_ceiling()] == [
        (endpoint.pk, today(endpoint).reserved)
    ]


def test_an_endpoint_without_prices_counts_against_its_ceiling_all_the_same(models):
    endpoint = endpoint_of(*models("quick"), daily_ceiling=1, input_price=None, output_price=None)
    assert spending.dollars_of(endpoint, 1_000_000, 1_000_000) == 6
    endpoint.daily_ceiling = None
    assert spending.dollars_of(endpoint, 1_000_000, 1_000_000) == 0


@pytest.mark.asyncio
async def test_many_questions_at_once_never_pass_a_ceiling(ask):  # noqa: F811
    comparisons = [await ask("quick-a", "quick-b") for _ in range(10)]
    model = comparisons[0].model_a
    await answering.unit_of_work(lambda: [same_model(comparison, model) for comparison in comparisons])()
    endpoint = await answering.unit_of_work(endpoint_of)(model, daily_ceiling=35)
    await asyncio.gather(*(answering.start(comparison.pk) for comparison in comparisons))
    for comparison in comparisons:
        await written(comparison)
    row = await answering.unit_of_work(today)(endpoint)
    assert row.reserved == 0
    assert 0 < row.dollars <= 35
    outcomes = [(await both(comparison))[0] for comparison in comparisons]
    assert row.answers == sum(answer.status == "complete" for answer in outcomes)
    assert {answer.error_code for answer in outcomes if answer.status != "complete"} <= {"overloaded"}


@pytest.mark.asyncio
async def test_past_its_ceiling_a_model_goes_on_at_its_next_endpoint(ask, scripted):  # noqa: F811
    comparison = await ask("quick, echo", "quick-b")
    await answering.unit_of_work(
        lambda: Endpoint.objects.filter(model=comparison.model_a, provider="scripted").update(daily_ceiling=0)
    )()
    caches["process"].clear()
    a, _b = await written(comparison)
    assert (a.status, a.provider) == ("complete", "second")
    assert await answering.unit_of_work(a.attempts.count)() == 0


@pytest.mark.asyncio
async def test_a_drawn_model_without_room_is_replaced_and_a_chosen_one_says_that_it_is_busy(ask):  # noqa: F811
    for fields, expected in ((DRAWN, ("complete", "")), ({}, ("failed", "overloaded"))):
        comparison = await ask("quick-a", "quick-b", "quick-c", **fields)
        await answering.unit_of_work(endpoint_of)(comparison.model_a, daily_ceiling=0)
        a, _b = await written(comparison)
        assert (a.status, a.error_code) == expected
        assert (a.model_id != comparison.model_a_id) == bool(fields)


@pytest.mark.asyncio
async def test_a_call_of_which_nothing_came_costs_nothing_and_holds_nothing(ask):  # noqa: F811
    comparison = await ask("broken", "no-usage")
    endpoint = await answering.unit_of_work(endpoint_of)(comparison.model_a, daily_ceiling=50)
    silent = await answering.unit_of_work(endpoint_of)(comparison.model_b, daily_ceiling=50, input_price=1000)
    await written(comparison)
    row = await answering.unit_of_work(today)(endpoint)
    assert (row.dollars, row.reserved, row.output_tokens) == (0, 0, 0)
    row = await answering.unit_of_work(today)(silent)  # the provider counts nothing: estimated, question included
    [answer] = await answering.unit_of_work(lambda: list(Answer.objects.filter(side="b")))()
    assert row.input_tokens == len("Pourquoi le ciel est-il bleu ?") // 4
    assert row.output_tokens == answer.output_tokens
    assert row.dollars * 1000 == row.input_tokens + row.output_tokens
