"""What a question pays before any model is called, over the site's own pages."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django_redis import get_redis_connection

from arena import costs, limits
from arena.models import Comparison, Turn
from arena.paying import MustWait, Purse
from arena.tests import factories
from models_catalog.models import LanguageModel

pytestmark = pytest.mark.django_db
VISITOR = "v" * 32


@pytest.fixture
def two(db):
    factories.terms(language="en")
    return [factories.language_model() for _ in range(2)]


def browser(visitor=VISITOR, address="203.0.113.7", language="en", **headers):
    made = Client(REMOTE_ADDR=address, headers={"Accept-Language": language} | headers)
    made.cookies["visitor"] = visitor
    return made


def ask(visitor, **fields):
    sent = {"prompt": "Pourquoi la mer est-elle salée ?", "consent": "on"}
    return visitor.post("/arene/", sent | {"submission_key": uuid.uuid4()} | fields)


def statuses(*visitors):
    return [ask(visitor).status_code for visitor in visitors]


def counted():
    redis = get_redis_connection("default")
    return {key.decode(): int(redis.get(key)) for key in redis.scan_iter("limit:*")}


# --- Whose ------------------------------------------------------------------------------------------


def test_a_visitor_waits_after_their_limit_and_others_at_the_same_address_do_not(two, settings):
    settings.ARENA_VISITOR_PROMPTS_PER_HOUR = 2
    assert statuses(*[browser()] * 3) == [302, 302, 429]
    assert statuses(browser("w" * 32)) == [302]


def test_a_class_of_35_behind_one_address_is_not_cut_off(two):
    pupils = [browser(f"{number:032}") for number in range(35)]
    for _question in range(5):
        assert statuses(*pupils) == [302] * 35


def test_fresh_cookies_do_not_escape_the_limit_of_an_address(two, settings):
    settings.ARENA_ADDRESS_PROMPTS_PER_HOUR = 3
    assert statuses(*[Client(REMOTE_ADDR="203.0.113.7") for _ in range(5)]) == [302, 302, 302, 429, 429]
    assert statuses(browser("w" * 32, address="203.0.113.8")) == [302]


def test_addresses_of_one_ipv6_subscriber_count_together(two, settings):
    settings.ARENA_ADDRESS_PROMPTS_PER_HOUR = 2
    inside = [browser(f"{n:032}", address=f"2001:db8::{n}") for n in range(1, 4)]
    assert statuses(*inside) == [302, 302, 429]
    assert statuses(browser(address="2001:db8:0:1::1")) == [302]


@pytest.mark.parametrize(("trusted", "expected"), [(0, [302, 429]), (1, [302, 429]), (2, [302, 429])])
def test_a_written_x_forwarded_for_does_not_escape(two, settings, trusted, expected):
    settings.TRUSTED_PROXIES = trusted
    settings.ARENA_ADDRESS_PROMPTS_PER_HOUR = 1
    by_proxies = ["192.0.2.9", "10.0.0.1"][:trusted]
    liars = [browser(f"{n:032}", **{"X-Forwarded-For": ", ".join([f"198.51.100.{n}", *by_proxies])}) for n in range(2)]
    assert statuses(*liars) == expected


# --- What -------------------------------------------------------------------------------------------


def test_long_questions_reach_the_limit_of_characters(two, settings):
    settings.ARENA_VISITOR_CHARACTERS_PER_HOUR = 1000
    assert [ask(browser(), prompt="a" * 600).status_code for _ in range(2)] == [302, 429]
    assert ask(browser(), prompt="a" * 400).status_code == 302


@pytest.mark.parametrize("window", ["HOUR", "DAY"])
def test_dear_models_reach_the_limit_of_money_sooner(two, settings, window):
    setattr(settings, f"ARENA_VISITOR_DOLLARS_PER_{window}", 0.5)
    for model in two:
        model.endpoints.update(input_price=10, output_price=100)  # 2 × 2,048 tokens: 0.41 dollars
    assert statuses(browser(), browser()) == [302, 429]
    for model in two:
        model.endpoints.update(input_price=0, output_price=0)


def test_what_a_question_may_cost_is_estimated_from_its_length_and_the_endpoint(two):
    model = two[0]
    model.endpoints.update(input_price=2, output_price=8, max_tokens=1000)
    assert costs.to_expect(model.pk, 4000) == pytest.approx((2 * 1000 + 8 * 1000) / 1e6)
    two[1].endpoints.update(max_tokens=16384)
    assert costs.to_expect(two[1].pk, 4000) == pytest.approx((1 * 1000 + 5 * 2048) / 1e6)
    assert costs.to_expect(factories.language_model(status=LanguageModel.Status.ENABLED).pk, 0) > 0


def test_a_first_question_a_follow_up_and_a_retry_all_pay(two):
    ask(browser())
    made = Comparison.objects.get()
    made.turns.get().answers.update(status="complete", text="b" * 100, finished_at="2026-01-01T00:00Z")
    visitor = browser()
    assert visitor.post(f"{made.get_absolute_url()}questions/", {"prompt": "Et ?", "number": 2}).status_code == 302
    Turn.objects.get(number=2).answers.update(status="failed", error_code="timeout")
    before = counted()
    assert visitor.post(f"{made.get_absolute_url()}questions/2/a/retry/").status_code == 302
    [prompts] = [value for key, value in counted().items() if "visitor" in key and "prompts" in key]
    [characters] = [value for key, value in counted().items() if "visitor" in key and "characters" in key]
    first, whole = len(made.turns.get(number=1).prompt), len(made.turns.get(number=1).prompt) + 100 + len("Et ?")
    assert (prompts, characters) == (3, first + 2 * whole)
    [dollars] = [value - before[key] for key, value in counted().items() if "visitor" in key and "hour" in key]
    assert dollars == round(costs.to_expect(made.model_a_id, whole) * 1_000_000)
    assert visitor.post(f"{made.get_absolute_url()}questions/2/retry/").status_code == 302
    assert [value for key, value in counted().items() if "visitor" in key and "prompts" in key] == [4]


# --- Given back -------------------------------------------------------------------------------------


def test_what_asks_no_model_costs_nothing(two):
    key = uuid.uuid4()
    ask(browser(), submission_key=key)
    after_one = counted()
    assert ask(browser(), submission_key=key).status_code == 302  # sent again: the same comparison
    assert ask(browser(), prompt=" ").status_code == 422
    assert ask(browser("w" * 32), submission_key=key).status_code == 409
    LanguageModel.objects.update(status="paused")
    from django.core.cache import caches

    caches["process"].clear()
    assert ask(browser()).status_code == 503
    made = Comparison.objects.get()
    sent = {"prompt": "Et ?", "number": 2}
    assert browser().post(f"{made.get_absolute_url()}questions/", sent).status_code == 409  # not finished
    assert counted() == after_one


def test_what_fails_after_paying_is_given_back(two, rf):
    request = rf.post("/arene/", REMOTE_ADDR="203.0.113.7")
    request.visitor_key = VISITOR
    with pytest.raises(RuntimeError), Purse(request) as purse:
        purse.pay([model.pk for model in two], 40)
        assert len(counted()) == 10
        raise RuntimeError
    assert counted() == {}


@pytest.mark.django_db(transaction=True)
def test_questions_at_the_same_moment_never_exceed_a_limit(two, settings):
    settings.ARENA_VISITOR_PROMPTS_PER_HOUR = 5

    def one(_):
        try:
            return ask(browser()).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        got = list(threads.map(one, range(30)))
    assert (got.count(302), got.count(429)) == (5, 25)
    assert Comparison.objects.count() == 5


# --- What is said -----------------------------------------------------------------------------------


def test_who_must_wait_reads_until_when_and_finds_their_question_and_choices(two, settings):
    settings.ARENA_VISITOR_PROMPTS_PER_HOUR = 0
    response = ask(browser(), prompt="<b>Pourquoi</b> ?", mode="custom", models=[two[0].slug, two[1].slug])
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert "60 minutes (" in page
    assert "&lt;b&gt;Pourquoi&lt;/b&gt; ?</textarea>" in page
    assert all(f'name="models" value="{model.slug}"' in page for model in two)
    assert 'name="csrfmiddlewaretoken"' in page
    assert not Comparison.objects.exists()
    settings.ARENA_VISITOR_PROMPTS_PER_HOUR = 1
    assert ask(browser(), mode="custom", models=[two[0].slug, two[1].slug]).status_code == 302


@pytest.mark.parametrize(("zone", "hour"), [("FRA", "15:30"), ("LTU", "16:30")])
def test_the_hour_is_that_of_the_portals_country(two, settings, zone, hour, monkeypatch):
    from datetime import UTC, datetime

    from arena import holding

    noon = datetime(2026, 1, 5, 13, 30, tzinfo=UTC)
    monkeypatch.setattr(holding.timezone, "now", lambda: noon)
    assert holding.clock(factories.portal(electricity_zone=zone), 3600) == hour
    assert holding.clock(factories.portal(electricity_zone=zone), 20 * 3600).startswith("06/01/2026")


def test_an_htmx_page_gets_a_notice_and_keeps_its_box(two, settings):
    ask(browser())
    made = Comparison.objects.get()
    made.turns.get().answers.update(status="complete", text="b", finished_at="2026-01-01T00:00Z")
    settings.ARENA_VISITOR_PROMPTS_PER_HOUR = 1
    sent = {"prompt": "Et ?", "number": 2}
    response = browser(**{"HX-Request": "true"}).post(f"{made.get_absolute_url()}questions/", sent)
    assert (response.status_code, response["HX-Retarget"]) == (429, "#notices")
    assert int(response["Retry-After"]) > 0
    assert b"<textarea" not in response.content


def test_no_address_and_no_visitor_is_kept_in_the_cache(two):
    ask(browser())
    assert len(counted()) == 10
    assert not any("203.0.113.7" in key or VISITOR in key for key in counted())


def test_without_a_cache_nobody_is_refused(two, settings):
    settings.ARENA_VISITOR_PROMPTS_PER_HOUR = 0
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert ask(browser()).status_code == 302


def test_a_purse_says_whose_limit_is_reached(two, settings):
    request = RequestFactory().post("/arene/")
    request.visitor_key = VISITOR
    for whose, name in (("VISITOR", "visitor"), ("ADDRESS", "address"), ("ROOM", "room")):
        before = limits.allowed(whose, "PROMPTS_PER_HOUR")
        setattr(settings, f"ARENA_{whose}_PROMPTS_PER_HOUR", 0)
        with pytest.raises(MustWait) as refused:
            Purse(request, 7).pay([two[0].pk], 10)
        assert refused.value.whose == name
        setattr(settings, f"ARENA_{whose}_PROMPTS_PER_HOUR", before)
