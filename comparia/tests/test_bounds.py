"""Whatever is slow, a visitor is answered: each bound is broken on purpose."""

import asyncio
import contextlib
import os
import re
import socket
import time

import aiohttp
import psycopg
import pytest

from arena.database import unit_of_work
from arena.models import Answer, Comparison
from arena.tests.lines import through
from bench.visitor import Visitor

pytestmark = [pytest.mark.asyncio]

PROMPT = "Pourquoi le ciel est-il bleu le jour et noir la nuit ?"
SLOW = ("paced-a?chunks=400&delay=0.05", "paced-b?chunks=400&delay=0.05")
KEPT_BY_NOBODY = "max-age=0, no-cache, no-store, must-revalidate, private"
PATIENT = {"DATABASE_LOCK_SECONDS": "90", "DATABASE_STATEMENT_SECONDS": "90", "REQUEST_SECONDS": "90"}
SHORT = {"REQUEST_SECONDS": "8", "DATABASE_UNIT_SECONDS": "8"}


def asked(hidden, **fields):
    return hidden | {"prompt": PROMPT, "mode": "random", "consent": "on"} | fields


@contextlib.contextmanager
def locked(site, table):
    """Nobody reads this table meanwhile."""
    with psycopg.connect(site.environment["DATABASE_URL"]) as holding:
        holding.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


async def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not (found := await condition()):
        assert time.monotonic() < end, "what was waited for did not come"
        await asyncio.sleep(0.05)
    return found


# --- A full process ------------------------------------------------------------------------------------


async def test_past_its_answers_a_process_keeps_the_question_and_says_when_to_come_again(own_site, pair):
    site = own_site(ARENA_MOST_ANSWERS="2")
    async with Visitor(site.url) as first, Visitor(site.url, "da") as second:
        path = await first.ask(PROMPT, await pair(*SLOW))
        async with first.socket(path) as socket:
            await socket.receive_str()
            hidden = await second.open_form()
            status, html, headers = await second.post("/arene/", asked(hidden, prompt="Og <havet>?"), htmx=False)
            assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "5", KEPT_BY_NOBODY)
            assert "Og &lt;havet&gt;?</textarea>" in html
            assert f'value="{hidden["submission_key"]}"' in html
            assert 'data-comparia-again="5"' in html
            await first.post(f"{path}questions/1/stop/")
            async for message in socket:
                if "-actions" in message.data:
                    break
        assert (await second.post("/arene/", asked(hidden), htmx=False))[0] == 302


async def test_past_its_sockets_a_process_says_to_come_again_and_the_page_is_followed_by_asking(own_site, pair):
    site = own_site(ARENA_MOST_SOCKETS_OF_VISITOR="2")
    async with Visitor(site.url) as visitor, Visitor(site.url) as other:
        path = await visitor.ask(PROMPT, await pair("quick-a", "quick-b"))
        elsewhere = await other.ask(PROMPT, await pair("quick-c", "quick-d"))
        async with visitor.socket(path) as one, visitor.socket(path) as two:
            await one.receive_str()
            await two.receive_str()
            async with visitor.socket(path) as three:
                assert (await three.receive()).data == 1013
            assert (await visitor.get(f"{path}questions/1/"))[0] == 200
            assert await other.follow(elsewhere)
        await until(lambda: opens(visitor, path))


async def opens(visitor, path):
    async with visitor.socket(path) as socket:
        return (await socket.receive()).type == aiohttp.WSMsgType.TEXT


async def test_past_its_requests_a_process_turns_away_at_once_with_all_that_was_sent(own_site, pair):
    site = own_site(MOST_REQUESTS="8", **PATIENT)
    await pair("quick-a", "quick-b")
    async with Visitor(site.url) as visitor, Visitor(site.url, "en") as other:
        hidden = await other.open_form()
        with locked(site, "portals_legalversion"):
            waiting = [asyncio.ensure_future(visitor.get("/modalites/")) for _ in range(20)]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            sent = asked(hidden, prompt="Why <the sky>?", csrfmiddlewaretoken=other.token)
            status, html, headers = await other.post("/arene/", sent, htmx=False)
            assert (status, headers["Retry-After"]) == (503, "5")
            assert "Content-Security-Policy" in headers
            assert '<html lang="en"' in html
            assert "Why &lt;the sky&gt;?</textarea>" in html
            assert f'value="{other.token}"' in html
            assert (await other.get("/healthz"))[0] == 200
            assert (await other.get("/readyz"))[0] == 200
            assert (await other.get("/static/comparia/base.css"))[0] == 200
        assert sorted(status for status, _html in await asyncio.gather(*waiting)) == [200] * 8 + [503] * 12
        again = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html))
        assert (await other.post("/arene/", again | {"prompt": PROMPT}, htmx=False))[0] == 302


# --- A slow database -----------------------------------------------------------------------------------


async def test_a_lock_that_lasts_is_told_in_words_and_ends_nothing(own_site):
    site = own_site(DATABASE_LOCK_SECONDS="0.5")
    async with Visitor(site.url) as visitor:
        assert (await visitor.get("/modalites/"))[0] == 200
        with locked(site, "portals_legalversion"):
            async with visitor.http.get(f"{site.url}/modalites/") as response:
                assert (response.status, response.headers["Retry-After"]) == (503, "5")
                assert "Un instant" in await response.text()
        assert (await visitor.get("/modalites/"))[0] == 200


async def test_a_database_that_hangs_does_not_hang_the_site(own_site, pair, site_process):
    with through(site_process.environment["DATABASE_URL"]) as line:
        site = own_site(DATABASE_URL=line.url, **SHORT)
        await pair("quick-a", "quick-b")
        async with Visitor(site.url) as visitor:
            hidden = await visitor.open_form()
            line.stall()
            results = await asyncio.gather(
                *(visitor.get("/modalites/") for _ in range(8)),
                visitor.post("/arene/", asked(hidden), htmx=False),
                visitor.get("/healthz"),
                visitor.get("/readyz"),
            )
            assert [result[0] for result in results] == [503] * 9 + [200, 503]
            assert PROMPT in results[8][1]
            line.mend()
            await until(lambda: is_ready(visitor))
            await until(lambda: is_taken(visitor, asked(hidden)))
    assert await unit_of_work(Comparison.objects.count)() == 1


async def is_taken(visitor, sent):
    return (await visitor.post("/arene/", sent, htmx=False))[0] == 302


async def is_ready(visitor):
    return (await visitor.get("/readyz"))[0] == 200


# --- A slow Redis ----------------------------------------------------------------------------------------


async def test_without_an_answer_of_redis_the_journey_goes_on(own_site, pair, site_process):
    with through(os.environ["REDIS_URL"], 6379) as line:
        site = own_site(REDIS_URL=line.url)
        slugs = await pair("quick-a", "quick-b")
        async with Visitor(site.url) as visitor:
            await visitor.open_form()
            line.stall()
            path = await visitor.ask(PROMPT, slugs)
            assert await visitor.follow(path)
            assert (await visitor.vote(path))[0] == 200
            assert (await visitor.reveal(path))[0] == 200
            assert (await visitor.get("/readyz"))[0] == 503
            line.mend()
            await until(lambda: is_ready(visitor))


# --- Slow clients ------------------------------------------------------------------------------------------


def raw(site, *parts):
    """Send these bytes, then give all that comes until the end of the connection."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as line:
        for part in parts:
            line.sendall(part)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while data := line.recv(65536):
                received += data
        return received


HEAD = b"POST /arene/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"


async def test_a_form_that_comes_too_slowly_is_hung_up_on(own_site):
    site = own_site(SLOWEST_REQUEST_SECONDS="1")
    answer = await asyncio.to_thread(raw, site, HEAD, b"Content-Length: 100\r\n\r\nprompt=")
    assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "rest",
    [b"Content-Length: 5000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n1388\r\n" + b"a" * 5000 + b"\r\n0\r\n\r\n"],
    ids=["announced", "in pieces"],
)
async def test_a_form_that_is_too_big_is_not_read(own_site, rest):
    site = own_site(LARGEST_REQUEST_BYTES="4000")
    answer = await asyncio.to_thread(raw, site, HEAD, rest)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.count(b"HTTP/1.1") == 1


async def test_a_page_that_asks_without_reading_is_dropped_and_costs_little(own_site, pair):
    site = own_site()
    async with Visitor(site.url) as visitor, Visitor(site.url) as other:
        path = await visitor.ask(PROMPT, await pair("quick-a", "quick-b"))
        await visitor.follow(path)
        async with visitor.socket(path) as flooding:
            await flooding.receive_str()
            for _ in range(2000):
                await flooding.send_str("{}")
            assert (await flooding.receive(timeout=10)).type == aiohttp.WSMsgType.TEXT
            elsewhere = await other.ask(PROMPT, await pair("quick-c", "quick-d"))
            assert await other.follow(elsewhere)


# --- A slow provider -------------------------------------------------------------------------------------------


async def test_an_answer_that_never_ends_is_ended_and_keeps_its_text(own_site, pair):
    site = own_site(ARENA_ANSWER_SECONDS="1")
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair(*SLOW))
        await visitor.follow(path)
    rows = await unit_of_work(lambda: list(Answer.objects.all()))()
    assert [(answer.status, answer.error_code) for answer in rows] == [("failed", "timeout")] * 2
    assert all(answer.text for answer in rows)
