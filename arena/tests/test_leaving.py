import logging
import uuid

import pytest
from autobahn.exception import Disconnected

from arena import consumers


@pytest.mark.asyncio
@pytest.mark.parametrize(("failure", "is_an_error"), [(Disconnected("closed"), False), (ValueError("ours"), True)])
async def test_a_page_that_closes_while_it_is_sent_to_is_no_error(monkeypatch, caplog, failure, is_an_error):
    caplog.set_level(logging.INFO)
    consumer, sent = consumers.ComparisonConsumer(), []

    async def follow(view):
        yield "<p>more</p>"

    async def send(message):
        sent.append(message["type"])
        if message["type"] == "websocket.send":
            raise failure

    monkeypatch.setattr(consumers.following, "follow", follow)
    monkeypatch.setattr(consumers.following, "waits", lambda view: False)
    consumer.id, consumer.send = uuid.uuid4(), send
    await consumer.push(object())
    assert [record.levelname for record in caplog.records] == ["ERROR"] * is_an_error
    assert sent == ["websocket.send"] + ["websocket.close"] * is_an_error
