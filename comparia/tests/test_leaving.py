"""A process that is asked to stop, while a visitor's answers are written in it, and another that goes on."""

import asyncio
import time

import psycopg
import pytest

from arena.database import unit_of_work
from arena.models import Answer, Comparison
from bench.visitor import Visitor

pytestmark = [pytest.mark.asyncio]

PROMPT = "Pourquoi le ciel est-il bleu le jour et noir la nuit ?"
PACED = ("paced-a?chunks=30&delay=0.05", "paced-b?chunks=30&delay=0.05")
ENDLESS = ("paced-a?chunks=4000&delay=0.05", "paced-b?chunks=4000&delay=0.05")
MUTE = ("paced-a?first=60", "paced-b?first=60")


@unit_of_work
def answers(path):
    return list(Answer.objects.filter(turn__comparison=path.split("/")[2]).order_by("turn__number", "side"))


@unit_of_work
def count():
    return Comparison.objects.count()


async def ended(site):
    """The exit code."""
    return await asyncio.to_thread(site.process.wait, 30)


async def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not (found := await condition()):
        assert time.monotonic() < end, "what was waited for did not come"
        await asyncio.sleep(0.05)
    return found


async def is_leaving(visitor):
    return (await visitor.get("/readyz"))[0] == 503


async def test_asked_to_stop_it_ends_with_zero_once_its_answers_are_written(own_site, pair):
    site = own_site(SHUTDOWN_SECONDS="20")
    async with Visitor(site.url) as visitor, Visitor(site.url) as quiet:
        path = await visitor.ask(PROMPT, await pair(*PACED))
        other = await quiet.ask(PROMPT, await pair("quick-a", "quick-b"))
        await quiet.follow(other)
        async with visitor.socket(path) as socket, quiet.socket(other) as idle:
            await socket.receive_str()
            await idle.receive_str()
            site.ask_to_stop()
            assert (await idle.receive()).data == 1012
            assert await until(lambda: is_leaving(quiet))
            assert await visitor.get("/healthz") == (200, '{"status": "alive"}')
            assert (await quiet.get(other))[0] == 200
            html = "".join([message.data async for message in socket])
            assert "-actions" in html
            assert socket.close_code == 1012
        assert await ended(site) == 0
    assert [answer.status for answer in await answers(path)] == ["complete", "complete"]


async def test_while_it_leaves_a_question_is_refused_with_all_that_was_sent_and_a_vote_is_taken(own_site, pair):
    site = own_site(SHUTDOWN_SECONDS="20")
    async with Visitor(site.url) as visitor, Visitor(site.url) as voter:
        slugs = await pair(*PACED)
        path = await visitor.ask(PROMPT, slugs)
        voted = await voter.ask(PROMPT, await pair("quick-a", "quick-b"))
        await voter.follow(voted)
        async with visitor.socket(path) as socket:
            await socket.receive_str()
            hidden = await visitor.open_form()
            site.ask_to_stop()
            assert await until(lambda: is_leaving(visitor))
            before = await count()
            sent = hidden | {"prompt": "Et <la> mer ?", "mode": "random", "consent": "on"}
            status, html, headers = await visitor.post("/arene/", sent, htmx=False)
            assert (status, headers["Retry-After"], headers["Connection"]) == (503, "5", "close")
            assert "Et &lt;la&gt; mer ?</textarea>" in html
            assert hidden["submission_key"] in html
            assert await count() == before
            status, _html, headers = await voter.post(f"{voted}questions/", {"prompt": "Et ?", "number": "2"})
            assert (status, headers["Retry-After"]) == (503, "5")
            assert (await voter.vote(voted))[0] == 200
            async for _message in socket:
                pass
        assert await ended(site) == 0


async def test_past_the_limit_what_is_written_is_saved_and_the_page_is_sent_elsewhere(own_site, pair, site):
    leaving = own_site(SHUTDOWN_SECONDS="2")
    async with Visitor(leaving.url) as visitor:
        path = await visitor.ask(PROMPT, await pair(*ENDLESS))
        async with visitor.socket(path) as socket:
            while "écrit" not in await socket.receive_str():
                pass
            leaving.ask_to_stop()
            async for _message in socket:
                pass
            assert socket.close_code == 1012
        assert await ended(leaving) == 0
        visitor.origin = site.url
        status, page = await visitor.get(path)
        assert status == 200
    saved = await answers(path)
    assert [answer.status for answer in saved] == ["interrupted", "interrupted"]
    assert all(answer.text for answer in saved)


async def test_an_answer_that_has_not_begun_is_written_by_another_process(own_site, pair, site, scripted):
    scripted.reset()
    leaving = own_site(SHUTDOWN_SECONDS="1", ARENA_FIRST_TOKEN_SECONDS="60")
    async with Visitor(leaving.url) as visitor:
        path = await visitor.ask(PROMPT, await pair("late-once-a?first=30&chunks=3", "late-once-b?first=30&chunks=3"))
        async with visitor.socket(path) as socket:
            await socket.receive_str()
            leaving.ask_to_stop()
            async for _message in socket:
                pass
        assert await ended(leaving) == 0
        assert [(answer.status, answer.claim_token) for answer in await answers(path)] == [("pending", None)] * 2


async def test_asked_twice_it_ends_at_once(own_site, pair):
    site = own_site(SHUTDOWN_SECONDS="60")
    async with Visitor(site.url) as visitor:
        path = await visitor.ask(PROMPT, await pair(*ENDLESS))
        async with visitor.socket(path) as socket:
            await socket.receive_str()
            site.ask_to_stop()
            assert await until(lambda: is_leaving(visitor))
            site.ask_to_stop()
            assert await ended(site) == -15


async def test_a_request_that_runs_is_answered_before_the_end(own_site):
    site = own_site(SHUTDOWN_SECONDS="10")
    async with Visitor(site.url) as visitor:
        await visitor.open_form()
        with psycopg.connect(site.environment["DATABASE_URL"]) as holding:
            holding.execute("LOCK TABLE portals_legalversion IN ACCESS EXCLUSIVE MODE")
            waiting = asyncio.ensure_future(visitor.get("/modalites/"))
            await until(lambda: is_blocked(site))
            site.ask_to_stop()
            await asyncio.sleep(0.5)
        assert (await waiting)[0] == 200
    assert await ended(site) == 0


async def is_blocked(site):
    with psycopg.connect(site.environment["DATABASE_URL"]) as watching:
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return watching.execute(waits).fetchone()[0] > 0
