"""The router of the local models, in front of scripted backends."""

import asyncio
import json

import pytest
from aiohttp import ClientSession, web

from deploy.local import models_server
from deploy.local.processes import LocalError


async def serve(app):
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"


class Backend:
    """A model that streams words for ever, and tells when its client has left."""

    def __init__(self, word):
        self.word, self.left, self.received = word, asyncio.Event(), None

    async def complete(self, request):
        self.received = await request.json()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            while True:
                await response.write(f"data: {self.word}\n\n".encode())
                await asyncio.sleep(0.01)
        except (asyncio.CancelledError, ConnectionError):
            self.left.set()
            raise

    def app(self):
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self.complete)
        return app


async def dialogue():
    one, two = Backend("one"), Backend("two")
    (runner_one, url_one), (runner_two, url_two) = await serve(one.app()), await serve(two.app())
    runner, url = await serve(
        models_server.router({"model-one": url_one, "model-two": url_two, "gone": "http://127.0.0.1:1"})
    )
    try:
        async with ClientSession() as client:
            async with client.get(f"{url}/v1/models") as answer:
                listed = [model["id"] for model in (await answer.json())["data"]]
            body = {"model": "model-two", "stream": True, "messages": [], "temperature": 0.3}
            async with client.post(f"{url}/v1/chat/completions", json=body) as answer:
                first = await answer.content.readline()
                kind = answer.headers["Content-Type"]
            await asyncio.wait_for(two.left.wait(), 5)  # leaving stops the model
            refusals = []
            for content in ({"model": "unknown"}, [], {"model": "gone"}):
                async with client.post(f"{url}/v1/chat/completions", json=content) as answer:
                    refusals.append((answer.status, json.loads(await answer.text())["error"]["code"]))
            return listed, kind, first, two.received == body, one.received, refusals
    finally:
        for started in (runner, runner_one, runner_two):
            await started.cleanup()


def test_the_router_streams_from_the_model_that_is_named():
    listed, kind, first, same_body, other, refusals = asyncio.run(dialogue())
    assert listed == ["model-one", "model-two", "gone"]
    assert kind == "text/event-stream"
    assert first == b"data: two\n"
    assert same_body
    assert other is None
    assert refusals == [(404, 404), (404, 404), (503, 503)]


def test_no_weights_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("LOCAL_MODELS_URL", "http://127.0.0.1:1/v1")
    with pytest.raises(LocalError, match="No weights are here yet"):
        models_server.main(tmp_path)
