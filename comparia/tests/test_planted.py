"""A phrase, a key and an e-mail address, planted wherever a visitor or a provider could put them, in a run of the real
site and of a real worker whose database, provider and jobs fail: nobody who watches the site ever sees them."""

import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import aiohttp
import pytest
from django.db import connection
from django.utils import timezone

from arena import drafts
from arena.checks.models import PromptRules
from arena.database import unit_of_work
from arena.models import Answer, Comparison, Vote
from arena.tests import factories
from bench import provider
from bench.visitor import Visitor
from comparia import serving
from comparia.celery import app
from comparia.tests.listening import listening
from models_catalog.models import Endpoint

PHRASE, KEY, EMAIL = "zanzibar mauve dix-sept", "sk-planted-9f8e7d6c5b4a", "plantee.secrete@courrier-prive.fr"
PLANTED = f"{PHRASE} {KEY} {EMAIL}"
TOKEN = "metrics-token-of-the-test"
EXPLODES = "dynamite"


@pytest.fixture
def watched(transactional_db):
    """Who listens, and the variables that make a process of the site tell them everything."""
    settings = connection.settings_dict
    with listening() as listener:
        yield (
            listener,
            {
                "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings),
                "SENTRY_DSN": listener.dsn,
                "OTEL_EXPORTER_OTLP_ENDPOINT": listener.url,
                "OTEL_BSP_SCHEDULE_DELAY": "200",
                "METRICS_TOKEN": TOKEN,
                "LOG_FORMAT": "json",
                "LOG_LEVEL": "DEBUG",
                "PLANTED_KEY": KEY,
                "PROCESS_CACHE_SECONDS": "0",
            },
        )


@pytest.fixture
def refusing_tables(transactional_db):
    """A database that refuses some texts, and quotes the whole row when it does."""
    tables = {"arena_vote": "comment_a", "arena_answer": "text"}
    with connection.cursor() as cursor:
        for table, column in tables.items():
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT no_{EXPLODES} CHECK ({column} NOT LIKE '%{EXPLODES}%')")
    yield
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT no_{EXPLODES}")


@contextmanager
def worker(environment, log):
    command = [sys.executable, "-m", "celery", "-A", "comparia", "worker", "-c", "1", "-l", "DEBUG", "--without-mingle"]
    process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def wait_for(condition, seconds=40):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.1)


@unit_of_work
def arranged(good_url, careless_url):
    """Slugs of a model that answers with what it is asked, and of one whose provider says all it knows."""
    factories.terms()
    factories.tags()
    off = dict.fromkeys(("contact", "secret", "name", "number"), "off")
    PromptRules.objects.update_or_create(portal=factories.portal(), defaults=off)
    good = factories.language_model(base_url=good_url, behaviour="echo")
    careless = factories.language_model(base_url=careless_url, behaviour="careless")
    Endpoint.objects.update(api_key_variable="PLANTED_KEY", input_price=1, output_price=2, daily_ceiling=50)
    return [good.slug, factories.language_model(base_url=good_url, behaviour="echo-b").slug, careless.slug]


async def journey(site, slugs):
    """All that a visitor can do, then what fails; the text of /metrics."""
    async with Visitor(site.url) as visitor:
        visitor.http.headers["User-Agent"] = PLANTED
        visitor.http.headers["Referer"] = f"{site.url}/?q={EMAIL}"
        path = await visitor.ask(PLANTED, slugs[:2])
        await visitor.follow(path)
        assert PHRASE in (await visitor.get(path))[1]
        assert (await visitor.vote(path, comment_a=PLANTED, tags_a="useful"))[0] == 200
        status, *_rest = await visitor.vote(path, comment_a=f"{PLANTED} {EXPLODES}")
        assert status == 500
        await visitor.reveal(path)
        assert (await visitor.get(f"/share?i={KEY}"))[0] in (404, 410)
        assert (await visitor.get(f"/{KEY}/?q={EMAIL}"))[0] == 404
        receipt = (await rows(Comparison))[0].receipt
        assert (await visitor.get(f"/recu/{receipt}/"))[0] == 200
        broken = await visitor.ask(PLANTED, slugs[::2])
        await visitor.follow(broken)
        async with visitor.http.get(f"{site.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}) as response:
            assert response.status == 200
            return await response.text(), receipt


@unit_of_work
def rows(model):
    return list(model.objects.order_by("pk"))


def leave_a_draft_that_cannot_be_saved():
    """What a killed process leaves; the job that closes it fails, and the database quotes the draft."""
    turn = factories.turn(factories.comparison(), statuses=("streaming", "complete"))
    answer = Answer.objects.get(turn=turn, side="a")
    Answer.objects.filter(pk=answer.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    drafts.write({answer.claim_token: [(0, f"{PLANTED} {EXPLODES}".encode()), (0, b"")]})


def test_nothing_planted_is_seen_by_those_who_watch(watched, refusing_tables, tmp_path):
    listener, environment = watched
    app.control.purge()
    log = tmp_path / "worker.log"
    with provider.running() as scripted, serving.running(**environment) as site, log.open("w") as file:
        slugs = asyncio.run(arranged(scripted.url, listener.url))
        metrics, receipt = asyncio.run(journey(site, slugs))
        assert Vote.objects.get().comment_a == PLANTED
        leave_a_draft_that_cannot_be_saved()
        with worker(environment, file):
            app.send_task("arena.close_stale_answers")
            app.send_task("arena.count_votes", args=[PLANTED])
            wait_for(lambda: len(listener.events()) >= 3)
            wait_for(lambda: "arena.count_votes" in listener.spans() and "chat careless" in listener.spans())
            metrics += read_metrics(site)
        told = {
            "log of the site": site.log(),
            "log of the worker": log.read_text(),
            "metrics": metrics,
            "reports and traces": listener.everything(),
        }
    for place, text in told.items():
        for secret in (*PHRASE.split(), KEY, EMAIL, EMAIL.split("@")[0], EXPLODES, receipt):
            assert secret not in text.replace(f"no_{EXPLODES}", ""), f"{secret} is in the {place}"
    watched_what_happened(told, listener)


def read_metrics(site):
    async def read():
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with aiohttp.ClientSession() as http, http.get(f"{site.url}/metrics", headers=headers) as response:
            return await response.text()

    return asyncio.run(read())


def watched_what_happened(told, listener):
    """What could have leaked was told: the errors, by class; the calls, by model; the requests, by route."""
    errors = [event["exception"]["values"][-1]["type"] for event in listener.events() if "exception" in event]
    assert sorted(errors) == ["IntegrityError", "IntegrityError", "TypeError"]
    lines = [json.loads(line) for line in told["log of the site"].splitlines() if line.startswith("{")]
    [failed] = [line for line in lines if line.get("status") == 500 and line["logger"] == "comparia.requests"]
    assert (failed["route"], failed["portal"], failed["method"]) == ("vote", "fr", "POST")
    [reported] = [
        event for event in listener.events() if event.get("tags", {}).get("request_id") == failed["request_id"]
    ]
    assert reported["exception"]["values"][-1]["stacktrace"]["frames"]
    [raised] = [line for line in lines if line.get("exceptions") and line.get("request_id") == failed["request_id"]]
    assert raised["exceptions"][0]["class"] == "django.db.utils.IntegrityError"
    assert raised["exceptions"][1]["constraint"] == f"no_{EXPLODES}"
    spans = listener.spans()
    good = spans["chat echo"]
    assert (good["gen_ai.operation.name"], good["gen_ai.request.model"], good["gen_ai.provider.name"]) == (
        "chat",
        "echo",
        "scripted",
    )
    assert good["gen_ai.response.finish_reasons"] == ["stop"]
    assert good["gen_ai.usage.output_tokens"] > 0
    assert spans["chat careless"]["error.type"] == "unknown"
    assert spans["POST vote"]["http.response.status_code"] == 500
    for line in (
        'comparia_votes_total{choice="a_better",portal="fr"} 1.0',
        'comparia_http_requests_total{method="POST",route="vote",status="500"} 1.0',
        'comparia_provider_calls_total{code="unknown"',
        'comparia_jobs_total{outcome="failure",task="arena.count_votes"}',
        "comparia_endpoint_spent_dollars{",
    ):
        assert line in told["metrics"]
