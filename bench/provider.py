"""A scripted language model server, OpenAI-compatible, for tests, browser journeys and load.

    python -m bench.provider --port 9100

prints `listening on http://127.0.0.1:9100/v1` (port 0 takes a free one). What it answers is decided by the name of
the model: a behaviour of `BEHAVIOURS`, then anything after a dash (`steady-a` and `steady-b` give different texts),
then parameters that override the script: `steady?chunks=20&delay=0.1`, `cut?after=3`, `broken?status=502`.
Anything before a slash is ignored. `GET /calls` lists the calls received, `DELETE /calls` forgets them.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from .texts import HOSTILE, TEXTS

SECRET = "SCRIPTED-PROVIDER-SECRET-gpt-x"
"""In every error this server gives: it must never be seen on a page."""


@dataclass(frozen=True)
class Script:
    """What a behaviour does. Times are in seconds, `size` in characters."""

    status: int = 200
    code: str = ""
    """Of the error, whether a status or an event gives it."""
    first: float = 0.1
    delay: float = 0.02
    chunks: int = 200
    size: int = 5
    text: int = -1
    """Index in TEXTS; by the last letter of the model's name if negative."""
    source: str = "text"
    """text, echo, hostile, line (one line of `chunks` × `size` characters) or empty."""
    reasoning: str = ""
    """The field that carries reasoning before the answer, or "tags" for <think> tags."""
    after: int = -1
    """Chunks after which `end` happens; all of them if negative."""
    end: str = "stop"
    """stop, or: silence, cut (the connection), error (an event), else a finish reason."""
    usage: str = "last"
    """last (after the finish reason), with (it) or none."""
    once: int = 0
    """Fail only the first so many calls to this very model name."""


QUICK = Script(first=0, delay=0, chunks=20, size=50)
BEHAVIOURS = {
    "steady": Script(),
    "paced": Script(),
    "quick": QUICK,
    "slow": Script(first=0.5, delay=0.05),
    "echo": replace(QUICK, source="echo"),
    "timeout-before": replace(QUICK, after=0, end="silence"),
    "timeout-after": replace(QUICK, after=5, end="silence"),
    "cut": replace(QUICK, after=5, end="cut"),
    "error-event": replace(QUICK, after=5, end="error"),
    "empty": replace(QUICK, source="empty"),
    "filtered": replace(QUICK, source="empty", end="content_filter"),
    "length": replace(QUICK, after=5, end="length"),
    "rate-limited": Script(status=429, code="rate_limit_exceeded"),
    "broken": Script(status=500, code="server_error"),
    "unauthorized": Script(status=401, code="invalid_api_key"),
    "not-found": Script(status=404, code="model_not_found"),
    "context-too-long": Script(status=400, code="context_length_exceeded"),
    "policy": Script(status=400, code="content_policy_violation"),
    "flaky-once": replace(QUICK, status=503, code="overloaded", once=1),
    "hostile": replace(QUICK, source="hostile"),
    "huge-line": replace(QUICK, source="line", chunks=1, size=1_000_000),
    "usage-after-finish": QUICK,
    "usage-with-finish": replace(QUICK, usage="with"),
    "no-usage": replace(QUICK, usage="none"),
    "reasoning": replace(QUICK, reasoning="reasoning_content"),
    "reasoning-openrouter": replace(QUICK, reasoning="reasoning"),
    "reasoning-tags": replace(QUICK, reasoning="tags"),
}
THOUGHT = "La personne attend une réponse claire. Je vérifie les faits, puis je rédige."


def script_of(model: str) -> Script:
    """The script that a model's name asks for; `quick` if it names none."""
    name, _, query = model.partition("?")
    name = name.rpartition("/")[2]
    known = [key for key in BEHAVIOURS if name == key or name.startswith(f"{key}-")]
    script = BEHAVIOURS[max(known, key=len, default="quick")]
    types: dict[str, Any] = {field.name: type(getattr(script, field.name)) for field in fields(script)}
    script = replace(script, **{key: types[key](value) for key, value in parse_qsl(query) if key in types})
    return replace(script, text=ord(name[-1:] or "a") % len(TEXTS)) if script.text < 0 else script


def pieces_of(script: Script, prompt: str) -> list[str]:
    """The answer, cut as it will be sent."""
    length = script.chunks * script.size
    sources = {"echo": prompt, "hostile": HOSTILE, "line": "mot " * (length // 4), "empty": ""}
    whole = sources.get(script.source, TEXTS[script.text % len(TEXTS)])
    if script.source == "text":
        whole = "\n\n".join([whole] * (length // len(whole) + 1))[:length]
    pieces = [whole[start : start + script.size] for start in range(0, len(whole), script.size)]
    return pieces if script.after < 0 else pieces[: script.after]


class Provider:
    """The server's state: the calls it received."""

    def __init__(self) -> None:
        self.calls: deque[dict[str, Any]] = deque(maxlen=20_000)
        self._numbers = count(1)
        self._failed: dict[str, int] = {}

    def application(self) -> web.Application:
        """The routes."""
        application = web.Application(client_max_size=16 * 1024 * 1024)
        application.router.add_post("/v1/chat/completions", self.complete)
        application.router.add_get("/v1/models", self.list_models)
        application.router.add_get("/calls", self.list_calls)
        application.router.add_delete("/calls", self.forget_calls)
        return application

    async def list_models(self, request: web.Request) -> web.Response:
        """OpenAI's list of models."""
        data = [{"id": name, "object": "model", "owned_by": "bench"} for name in BEHAVIOURS]
        return web.json_response({"object": "list", "data": data})

    async def list_calls(self, request: web.Request) -> web.Response:
        """What was received, oldest first."""
        return web.json_response(list(self.calls))

    async def forget_calls(self, request: web.Request) -> web.Response:
        """Empty the list; models that fail once will fail again."""
        self.calls.clear()
        self._failed.clear()
        return web.Response(status=204)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """A chat completion, as its model's name scripts it."""
        body = await request.json()
        model = str(body.get("model", ""))
        script = self._due(model, script_of(model))
        call = self._note(body, request)
        try:
            if script.status != 200:
                call["state"] = "refused"
                return web.json_response({"error": error_of(script, request)}, status=script.status)
            if not body.get("stream"):
                call["state"] = "done"
                return web.json_response(whole_answer(script, body, call["id"]))
            response = await Stream(request, script, body, call).send()
            call["state"] = "done" if script.end not in ("cut", "silence") else script.end
            return response
        except (asyncio.CancelledError, ConnectionError):
            call["state"] = "hung_up"
            call["hung_up"] = True
            raise

    def _due(self, model: str, script: Script) -> Script:
        """The script, healed if it has failed as often as it must."""
        if not script.once:
            return script
        self._failed[model] = self._failed.get(model, 0) + 1
        return script if self._failed[model] <= script.once else replace(script, status=200)

    def _note(self, body: dict[str, Any], request: web.Request) -> dict[str, Any]:
        messages = body.get("messages") or []
        peer = request.transport.get_extra_info("peername") if request.transport else None
        call = {
            "id": f"gen-{next(self._numbers)}",
            "model": body.get("model"),
            "messages": len(messages),
            "roles": [message.get("role") for message in messages],
            "temperature": body.get("temperature"),
            "max_tokens": body.get("max_tokens"),
            "fields": sorted(body),
            "client_port": peer[1] if peer else None,
            "state": "running",
            "sent": 0,
            "hung_up": False,
        }
        self.calls.append(call)
        return call


class Stream:
    """One answer being streamed."""

    def __init__(self, request: web.Request, script: Script, body: dict[str, Any], call: dict[str, Any]) -> None:
        self.request = request
        self.script = script
        self.call = call
        self.pieces = pieces_of(script, prompt_of(body))
        self.wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
        self.usage = usage_of(body, self.pieces)
        self.response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        head = {
            "id": call["id"],
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": body["model"],
        }
        self.head = json.dumps(head, ensure_ascii=False)[:-1]

    async def send(self) -> web.StreamResponse:
        """Play the script to its end."""
        await self.response.prepare(self.request)
        await self.response.write(b": SCRIPTED PROCESSING\n\n")
        if self.script.first:
            await asyncio.sleep(self.script.first)
        await self.response.write(self._event({"role": "assistant", "content": ""}))
        await self._think()
        await self._answer()
        await self._finish()
        return self.response

    async def _think(self) -> None:
        field = self.script.reasoning
        if field == "tags":
            self.pieces[:0] = ["<thi", "nk>", THOUGHT, "</th", "ink>\n\n"]
        elif field:
            for start in range(0, len(THOUGHT), 20):
                await self.response.write(self._event({field: THOUGHT[start : start + 20]}))

    async def _answer(self) -> None:
        events = [self._event({"content": piece}) for piece in self.pieces]
        if self.script.delay and self.request.transport:
            await Pace(self.request.transport, events, self.script.delay, self.call).play()
            return
        for event in events:
            await self.response.write(event)
            self.call["sent"] += 1

    async def _finish(self) -> None:
        end = self.script.end
        if end == "silence":
            await asyncio.sleep(3600)
        elif end == "cut":
            if self.request.transport:
                self.request.transport.abort()
        elif end == "error":
            error = {"error": error_of(self.script, self.request)}
            await self.response.write(b"data: " + json.dumps(error).encode() + b"\n\n")
        else:
            await self._close(end)

    async def _close(self, reason: str) -> None:
        usage = self.usage if self.wants_usage else None
        kind = self.script.usage
        await self.response.write(self._event({}, reason, usage if kind == "with" else None))
        if usage and kind == "last":
            last = f'data: {self.head}, "choices": [], "usage": {json.dumps(usage)}}}\n\n'
            await self.response.write(last.encode())
        await self.response.write(b"data: [DONE]\n\n")

    def _event(self, delta: dict[str, str], reason: str | None = None, usage: dict[str, int] | None = None) -> bytes:
        choice = json.dumps({"index": 0, "delta": delta, "finish_reason": reason}, ensure_ascii=False)
        figures = f', "usage": {json.dumps(usage)}' if usage else ""
        return f'data: {self.head}, "choices": [{choice}]{figures}}}\n\n'.encode()


class Pace:
    """Writes events at a steady pace straight to the transport, with a timer each and no task to wake.

    This is what makes hundreds of streams cheap. The frames are those of chunked encoding, as aiohttp writes them.
    """

    def __init__(self, transport: asyncio.Transport, events: list[bytes], delay: float, call: dict[str, Any]) -> None:
        self._loop = asyncio.get_running_loop()
        self._write = transport.write
        self._frames = iter([b"%x\r\n%b\r\n" % (len(event), event) for event in events])
        self._delay = delay
        self._call = call
        self._end: asyncio.Future[None] = self._loop.create_future()

    async def play(self) -> None:
        """Write everything; cancelled when the client hangs up."""
        self._tick(self._loop.time())
        await self._end

    def _tick(self, due: float) -> None:
        if self._end.done():
            return
        frame = next(self._frames, None)
        if frame is None:
            self._end.set_result(None)
            return
        self._write(frame)
        self._call["sent"] += 1
        self._loop.call_at(due + self._delay, self._tick, due + self._delay)


def prompt_of(body: dict[str, Any]) -> str:
    """The last message of the user."""
    return next((m["content"] for m in reversed(body.get("messages") or []) if m.get("role") == "user"), "")


def usage_of(body: dict[str, Any], pieces: list[str]) -> dict[str, int]:
    """Made-up counts that a test can foresee: a token a word of the messages, a token a piece of the answer."""
    words = sum(len(str(message.get("content", "")).split()) for message in body.get("messages") or [])
    return {"prompt_tokens": words, "completion_tokens": len(pieces), "total_tokens": words + len(pieces)}


def error_of(script: Script, request: web.Request) -> dict[str, Any]:
    """An error that says everything that must not be shown: the provider, the model and the key."""
    key = request.headers.get("Authorization", "")
    hint = "maximum context length is 4096 tokens; " if script.code == "context_length_exceeded" else ""
    message = f"{SECRET}: {hint}{script.code or 'server_error'} ({key})"
    return {"message": message, "type": script.code or "server_error", "code": script.code or "server_error"}


def whole_answer(script: Script, body: dict[str, Any], generation_id: str) -> dict[str, Any]:
    """An answer that is not streamed."""
    pieces = pieces_of(script, prompt_of(body))
    message = {"role": "assistant", "content": "".join(pieces)}
    return {
        "id": generation_id,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": usage_of(body, pieces),
    }


class Running:
    """A provider in a process of its own, seen from a test."""

    def __init__(self, url: str, process: "subprocess.Popen[str]") -> None:
        self.url = url
        """The base URL for an endpoint, ending in /v1."""
        self.process = process

    def calls(self, model: str = "") -> list[dict[str, Any]]:
        """The calls received, of one model if named."""
        calls: list[dict[str, Any]] = json.loads(self._request("GET"))
        return [call for call in calls if not model or call["model"] == model]

    def wait_for(self, model: str, state: str, seconds: float = 10) -> dict[str, Any]:
        """The last call of a model once it is in a state: done, refused, hung_up, cut or running."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            calls = self.calls(model)
            if calls and calls[-1]["state"] == state:
                return calls[-1]
            time.sleep(0.02)
        raise AssertionError(f"{model} is not {state}: {self.calls(model)}")

    def reset(self) -> None:
        """Forget the calls and the failures due once."""
        self._request("DELETE")

    def _request(self, method: str) -> bytes:
        request = urllib.request.Request(self.url.removesuffix("/v1") + "/calls", method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            body: bytes = response.read()
        return body


@contextmanager
def running(port: int = 0) -> Iterator[Running]:
    """Start a provider, wait until it listens, and stop it at the end. It dies with its parent in any case."""
    command = [sys.executable, "-m", "bench.provider", "--port", str(port), "--with-parent"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith("listening on "):
            raise RuntimeError(f"the scripted provider did not start (exit code {process.poll()})")
        yield Running(line.removeprefix("listening on ").strip(), process)
    finally:
        process.terminate()
        process.communicate(timeout=10)


async def serve(host: str, port: int, with_parent: bool) -> None:
    """Listen until the process is told to stop."""
    runner = web.AppRunner(Provider().application(), handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, port, backlog=1024).start()
    print(f"listening on http://{host}:{runner.addresses[0][1]}/v1", flush=True)
    try:
        if with_parent:
            await asyncio.to_thread(sys.stdin.read)
        else:
            await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="A scripted OpenAI-compatible server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--with-parent", action="store_true", help="stop when the standard input closes")
    arguments = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(arguments.host, arguments.port, arguments.with_parent))


if __name__ == "__main__":
    main()
