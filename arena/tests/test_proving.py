"""A proof of work, or a wait, past a threshold: over the site's own pages."""

import base64
import html
import json
import re
import time
import uuid

import altcha
import pytest
from django.core import signing
from django.test import Client
from django.utils.translation import override

from arena import proving
from arena.models import Comparison
from arena.tests import factories

pytestmark = pytest.mark.django_db
VISITOR = "v" * 32
PROMPT = "Pourquoi la mer est-elle salée ?"


@pytest.fixture(autouse=True)
def threshold(db, settings):
    """Everybody must prove; a proof costs the tests little."""
    settings.ARENA_PROOF_ADDRESS_PROMPTS = 0
    settings.ARENA_PROOF_COST = 1
    settings.ARENA_PROOF_WAIT_SECONDS = 0
    factories.terms(language="en")
    return [factories.language_model() for _ in range(2)]


def in_english(message):
    with override("en"):
        return str(message)


def browser(visitor=VISITOR, **headers):
    made = Client(headers={"Accept-Language": "en"} | headers)
    made.cookies["visitor"] = visitor
    return made


def ask(visitor, **fields):
    sent = {"prompt": PROMPT, "consent": "on", "submission_key": uuid.uuid4()}
    return visitor.post("/arene/", sent | fields)


def challenge_of(response):
    return json.loads(html.unescape(re.search(r'data-challenge="([^"]*)"', response.content.decode())[1]))


def ticket_of(response):
    return re.search(r'name="ticket" value="([^"]*)"', response.content.decode())[1]


def solved(challenge):
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    return altcha.Payload(altcha.Challenge.from_dict(challenge), solution).to_base64()


def encoded(payload):
    return base64.b64encode(json.dumps(payload).encode()).decode()


def test_past_the_threshold_of_an_address_a_question_needs_a_proof(settings):
    settings.ARENA_PROOF_ADDRESS_PROMPTS = 2
    assert [ask(browser(f"{n:032}")).status_code for n in range(3)] == [302, 302, 429]
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert ask(elsewhere).status_code == 302


def test_past_the_threshold_of_the_site_everybody_needs_a_proof(settings):
    settings.ARENA_PROOF_ADDRESS_PROMPTS, settings.ARENA_PROOF_SITE_PROMPTS = 100, 2
    visitors = [Client(REMOTE_ADDR=f"203.0.113.{n}") for n in range(3)]
    assert [ask(visitor).status_code for visitor in visitors] == [302, 302, 429]


def test_a_question_with_its_proof_passes_once(threshold):
    visitor = browser()
    asked = ask(visitor, mode="custom", models=[model.slug for model in threshold])
    assert (asked.status_code, asked["Retry-After"]) == (429, "0")
    assert f"{PROMPT}</textarea>" in asked.content.decode()
    assert all(f'name="models" value="{model.slug}"' in asked.content.decode() for model in threshold)
    assert not Comparison.objects.exists()
    proof = solved(challenge_of(asked))
    assert ask(visitor, proof=proof).status_code == 302
    replayed = ask(visitor, proof=proof)
    assert replayed.status_code == 429
    assert in_english(proving.REPLAYED) in html.unescape(replayed.content.decode())
    assert ask(visitor, proof=solved(challenge_of(replayed))).status_code == 302
    assert Comparison.objects.count() == 2


def forged(challenge):
    altered = {**challenge, "parameters": {**challenge["parameters"], "keyPrefix": ""}}
    return solved(altered)


def not_solved(challenge):
    return encoded({"challenge": challenge, "solution": {"counter": 1, "derivedKey": "00" * 32}})


BAD = {
    "easier": forged,
    "not solved": not_solved,
    "unsigned": lambda challenge: solved({"parameters": challenge["parameters"]}),
    "not base 64": lambda challenge: "é{}",
    "not an object": lambda challenge: encoded([1, 2]),
    "huge": lambda challenge: "A" * 100_000,
    "of a deep nest": lambda challenge: base64.b64encode(b"[" * 1400).decode(),
    "of another's secret": lambda challenge: solved(
        altcha.create_challenge(proving.ALGORITHM, 1, hmac_secret=b"x", data=challenge["parameters"]["data"]).to_dict()
    ),
}


@pytest.mark.parametrize("how", BAD)
def test_a_bad_proof_is_refused_in_words_and_nothing_is_lost(how):
    visitor = browser()
    response = ask(visitor, proof=BAD[how](challenge_of(ask(visitor))))
    page = html.unescape(response.content.decode())
    assert response.status_code == 429
    assert in_english(proving.REFUSED) in page
    assert PROMPT in page
    assert not Comparison.objects.exists()


def test_a_proof_or_a_ticket_of_another_visitor_is_refused():
    first = ask(browser())
    for shown in ({"proof": solved(challenge_of(first))}, {"ticket": ticket_of(first)}):
        response = ask(browser("w" * 32), **shown)
        assert response.status_code == 429
        assert in_english(proving.REFUSED) in html.unescape(response.content.decode())


def test_a_proof_or_a_ticket_expires(monkeypatch):
    first = ask(browser())
    shown = [{"proof": solved(challenge_of(first))}, {"ticket": ticket_of(first)}]
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + proving.GOOD_SECONDS + 2)
    for each in shown:
        response = ask(browser(), **each)
        assert response.status_code == 429
        assert in_english(proving.EXPIRED) in html.unescape(response.content.decode())


def test_without_javascript_who_waits_passes_once(settings):
    settings.ARENA_PROOF_WAIT_SECONDS = 1
    visitor = browser()
    asked = ask(visitor)
    ticket = ticket_of(asked)
    early = ask(visitor, ticket=ticket)
    assert (early.status_code, early["Retry-After"]) == (429, "1")
    assert in_english(proving.TOO_EARLY) in html.unescape(early.content.decode())
    assert ticket_of(early) == ticket  # its wait goes on
    time.sleep(1)
    assert ask(visitor, ticket=ticket).status_code == 302
    again = ask(visitor, ticket=ticket)
    assert again.status_code == 429
    assert in_english(proving.REPLAYED) in html.unescape(again.content.decode())
    settings.ARENA_PROOF_WAITERS = 1  # a robot that waits a hundred times at once gains nothing
    assert ask(visitor, ticket=ticket_of(again)).status_code == 429
    assert Comparison.objects.count() == 1


@pytest.mark.parametrize(
    "ticket",
    ["", "x", "a:b:c", signing.dumps(["x", "y", 0], salt="other"), "A" * 100_000],
    ids=["empty", "short", "three parts", "of another use", "long"],
)
def test_a_forged_ticket_is_refused(ticket):
    assert ask(browser(), ticket=ticket).status_code == 429
    assert not Comparison.objects.exists()


def test_the_button_of_the_page_sends_all_that_was_sent(threshold):
    visitor = browser()
    page = ask(visitor, mode="custom", models=[model.slug for model in threshold]).content.decode()
    form = re.search(r"<form class=\"ask proof\".*?</form>", page, re.DOTALL)[0]
    fields = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(html.unescape(value))
    fields["prompt"] = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", form, re.DOTALL)[1])
    assert visitor.post("/arene/", fields).status_code == 302
    made = Comparison.objects.get()
    assert made.turns.get().prompt == PROMPT
    assert {made.model_a, made.model_b} == set(threshold)


def test_a_follow_up_and_a_retry_need_a_proof_too_and_htmx_gets_a_notice(settings):
    settings.ARENA_PROOF_ADDRESS_PROMPTS = 1
    visitor = browser(**{"HX-Request": "true"})
    ask(visitor)
    made = Comparison.objects.get()
    made.turns.get().answers.update(status="complete", text="b", finished_at="2026-01-01T00:00Z")
    path = f"{made.get_absolute_url()}questions/"
    response = visitor.post(path, {"prompt": "Et ?", "number": 2})
    assert (response.status_code, response["HX-Retarget"]) == (429, "#notices")
    sent = {"prompt": "Et ?", "number": 2, "proof": solved(challenge_of(response))}
    assert browser().post(path, sent).status_code == 302
    made.turns.get(number=2).answers.update(status="failed", error_code="timeout")
    response = browser().post(f"{path}2/a/retry/")
    assert response.status_code == 429
    sent = {"proof": solved(challenge_of(response))}
    assert browser().post(f"{path}2/a/retry/", sent).status_code == 302


def test_a_question_that_is_refused_for_another_reason_spends_no_proof():
    visitor = browser()
    proof = solved(challenge_of(ask(visitor)))
    assert ask(visitor, proof=proof, prompt=" ").status_code == 422
    assert ask(visitor, proof=proof).status_code == 302


def test_without_redis_nothing_is_to_be_proved(settings):
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert ask(browser()).status_code == 302
