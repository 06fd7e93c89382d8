"""Two processes behind one address that remembers nobody: each request lands on the next of them."""

import asyncio

import pytest

from arena.database import unit_of_work
from arena.models import Answer, Comparison, Vote
from arena.tests.lines import Line
from bench.visitor import Visitor

pytestmark = [pytest.mark.asyncio]

PROMPT = "Pourquoi le ciel est-il bleu le jour et noir la nuit ?"
PACED = ("paced-a?chunks=60&delay=0.05", "paced-b?chunks=60&delay=0.05")
ENDLESS = ("paced-a?chunks=4000&delay=0.05", "paced-b?chunks=4000&delay=0.05")


@pytest.fixture
def address(own_site):
    """Of both processes, each in turn; both wait for a lock as long as in production, however slow the machine."""
    line = Line(*(("127.0.0.1", own_site(DATABASE_LOCK_SECONDS="5").port) for _process in range(2)))
    yield f"http://127.0.0.1:{line.port}"
    line.close()


def forgetful(address):
    """A visitor whose every request is a connection of its own, so that it lands on the next process."""
    visitor = Visitor(address)
    visitor.http.headers["Connection"] = "close"
    return visitor


@unit_of_work
def statuses():
    return list(Answer.objects.order_by("turn__number", "side").values_list("status", flat=True))


async def test_a_journey_goes_from_one_process_to_the_other_and_each_model_is_called_once(address, pair, scripted):
    scripted.reset()
    async with forgetful(address) as visitor:
        path = await visitor.ask(PROMPT, await pair(*PACED))
        async with visitor.socket(path) as socket:
            await socket.receive_str()
            followed = await asyncio.gather(*(visitor.follow(path) for _ in range(2)))
            assert all(messages for messages in followed)
        await visitor.open_form()
        status, _html, _headers = await visitor.post(f"{path}questions/", {"prompt": "Et la mer ?", "number": "2"})
        assert status == 200
        assert await visitor.follow(path, until='id="turn-2-actions')
        assert (await visitor.vote(path))[0] == 200
        assert (await visitor.reveal(path))[0] == 200
        for _ in range(2):
            assert "reveal-title" in (await visitor.get(path))[1]
    assert await statuses() == ["complete"] * 4
    assert [len(scripted.calls(call)) for call in PACED] == [2, 2]
    assert await unit_of_work(Vote.objects.count)() == 1


async def test_a_stop_that_lands_elsewhere_ends_the_answers(address, pair):
    async with forgetful(address) as visitor:
        path = await visitor.ask(PROMPT, await pair(*ENDLESS))
        async with visitor.socket(path) as socket:
            await socket.receive_str()
            for _ in range(2):
                assert (await visitor.post(f"{path}questions/1/stop/"))[0] == 204
            async for message in socket:
                if "-actions" in message.data:
                    break
    assert await statuses() == ["stopped"] * 2


async def test_the_same_form_sent_to_both_asks_once(address, pair):
    await pair("quick-a", "quick-b")
    async with forgetful(address) as visitor:
        sent = await visitor.open_form() | {"prompt": PROMPT, "mode": "random", "consent": "on"}
        results = await asyncio.gather(*(visitor.post("/arene/", sent, htmx=False) for _ in range(4)))
        assert len({headers["Location"] for _status, _html, headers in results}) == 1
    assert await unit_of_work(Comparison.objects.count)() == 1
