"""The measure of faults itself: it must see what is lost, and pass through a cut that heals."""

import asyncio

import pytest
from django.db import connection

from arena.models import Answer, Comparison, Turn, Vote
from arena.tests import factories
from bench import provider, wire
from bench.faults import reckoning
from bench.witness import Deposition, Trial, works_again

MODEL = "quick-a"


@pytest.fixture
def database(transactional_db):
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)


@pytest.fixture
def told(database):
    """A comparison that is all in the database, and what its visitor was told of it."""
    text = "".join(provider.pieces_of(provider.script_of(MODEL), ""))
    made = factories.comparison(revealed_at="2026-01-01T00:00Z")
    factories.turn(made, prompt="Pourquoi ?", choice="a_better", text=text, api_model_id=MODEL)
    return Deposition(
        path=made.get_absolute_url(),
        submission_key=str(made.submission_key),
        prompts={1: "Pourquoi ?"},
        answers={(1, "a"), (1, "b")},
        votes={1: "a_better"},
        is_revealed=True,
    )


def test_what_is_there_is_counted_and_nothing_is_lost(told, database):
    found = reckoning.reckon([told], database)
    assert (found.prompts, found.answers, found.votes, found.reveals, found.lost) == (1, 2, 1, 1, [])


LOSSES = {
    "the question": lambda: Turn.objects.update(prompt="Une autre"),
    "an answer": lambda: Answer.objects.filter(side="a").delete(),
    "the end of an answer": lambda: Answer.objects.filter(side="b").update(text="Le début"),
    "that an answer is complete": lambda: Answer.objects.filter(side="b").update(status="interrupted"),
    "the vote": lambda: Vote.objects.all().delete(),
    "what was voted": lambda: Vote.objects.update(choice="b_better"),
    "the reveal": lambda: Comparison.objects.update(revealed_at=None),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_each_loss_is_seen(told, database, loss):
    LOSSES[loss]()
    assert len(reckoning.reckon([told], database).lost) == 1


def test_it_works_again_once_no_later_visitor_is_turned_away():
    trials = [Trial(0, 1, True), Trial(1, 9, False), Trial(2, 5, True), Trial(3, 4, False), Trial(6, 8, True)]
    assert works_again(trials, since=0) == 8
    assert works_again(trials[:4], since=0) is None


@pytest.mark.asyncio
async def test_a_cut_wire_is_silent_and_carries_new_connections_once_mended():
    async def echo(reader, writer):
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with wire.between(port) as cable:
        before, out = await asyncio.open_connection("127.0.0.1", cable.port)
        out.write(b"one")
        assert await before.read(100) == b"one"
        cable.cut()
        during, out_during = await asyncio.open_connection("127.0.0.1", cable.port)
        for way in (out, out_during):
            way.write(b"two")
        for reader in (before, during):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(100), 0.2)
        cable.mend()
        after, out_after = await asyncio.open_connection("127.0.0.1", cable.port)
        out_after.write(b"three")
        assert await after.read(100) == b"three"
        for way in (out, out_during, out_after):
            way.close()
    server.close()


@pytest.mark.asyncio
async def test_a_wire_passes_over_a_process_that_refuses():
    async def hello(reader, writer):
        writer.write(b"hello")
        writer.close()

    server = await asyncio.start_server(hello, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with wire.between(1, port) as cable:
        for _visit in range(4):
            reader, writer = await asyncio.open_connection("127.0.0.1", cable.port)
            assert await reader.read(100) == b"hello"
            writer.close()
    server.close()
