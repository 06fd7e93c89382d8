"""OpenAI-compatible servers, read straight from their stream: most of the traffic, so the cheapest path."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import aiohttp

from .assembly import Assembly
from .contract import Endpoint, ErrorCode, Limits, Message, ProviderError
from .failures import code_of_response
from .sse import MAX_LINE_BYTES, DataLines, LineTooLong

_CONNECT_SECONDS = 5
_KEEP_ALIVE_SECONDS = 4
"""Shorter than the five seconds of uvicorn and llama.cpp: a kept connection must not be closed as we write to it."""
_FIGURES_SECONDS = 5
"""How long the token counts may come after the finish reason."""
_HANG_UP_SECONDS = 0.25
"""How long the end of the response may come after [DONE]; then the connection is not worth keeping."""
_GATHER_SECONDS = 0.08
"""After a token, the pause that lets the next ones come: read together they cost far less, and a page is told less
often anyway."""
_MAX_DOCUMENT_BYTES = 64 * 1024

_MISCONFIGURED = (
    aiohttp.ClientConnectorDNSError,
    aiohttp.ClientSSLError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)

_sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}


async def start(endpoint: Endpoint, messages: Sequence[Message], limits: Limits) -> "Reader":
    """Send the request; the reader of its answer. Raises ProviderError."""
    deadline = asyncio.get_running_loop().time() + limits.first_token_seconds
    response = await _open(endpoint, messages, limits, deadline)
    return Reader(response, limits, deadline)


async def document(endpoint: Endpoint, path: str, body: Mapping[str, Any]) -> bytes:
    """What an interface that answers at once answers, up to 64 KiB. The caller sets the time."""
    response = await _post(endpoint, path, body, accept="application/json")
    if response.status != 200:
        raise await _refusal(response)
    content = b""
    try:
        while len(content) < _MAX_DOCUMENT_BYTES and (data := await response.content.readany()):
            content += data
    finally:
        response.release()
    return content


async def close() -> None:
    """Close the session of the running loop."""
    session = _sessions.pop(asyncio.get_running_loop(), None)
    if session:
        await session.close()


class Reader:
    """Reads one response into an assembly, with one timer for the whole stream.

    aiohttp's own read timeout would arm a timer at each packet, and take a comment for a token.
    """

    __slots__ = (
        "assembly",
        "failure",
        "is_done",
        "_response",
        "_lines",
        "_document",
        "_silence",
        "_patience",
        "_watch",
    )

    def __init__(self, response: aiohttp.ClientResponse, limits: Limits, deadline: float) -> None:
        self.assembly = Assembly(limits)
        self.failure: ProviderError | None = None
        self.is_done = False
        self._response = response
        self._lines = DataLines()
        self._document: bytes | None = b""
        self._silence = limits.silence_seconds
        self._patience: float | None = None
        """What the next read may wait, if it differs from what was left to this one."""
        self._watch = _Watch(response.content, deadline)

    async def advance(self) -> bool:
        """Read what has arrived, waiting for something. False at the end, with `failure` set if it is a bad one."""
        received = self.assembly.received
        if received and not (self.is_done or self.assembly.finish_reason):
            await asyncio.sleep(_GATHER_SECONDS)
        if self._patience is not None:
            self._watch.expect(self._patience)
            self._patience = None
        try:
            self._watch.is_waiting = True
            data = await self._response.content.readany()
            self._watch.is_waiting = False
            self._parse(data)
        except Exception as exception:
            self._save_what_came()
            if not (self.is_done or self.assembly.finish_reason):
                self.failure = failure_of(exception, has_started=True)
            return False
        if self.is_done:
            self._patience = _HANG_UP_SECONDS
        elif self.assembly.finish_reason:
            self._patience = min(_FIGURES_SECONDS, self._silence)
        elif self.assembly.received != received:
            self._patience = self._silence
        return bool(data)

    async def close(self) -> None:
        """Let the connection go: back to the pool if it was read to its end, closed otherwise."""
        self._watch.close()
        self._response.release()

    def _save_what_came(self) -> None:
        """A connection that breaks hides what it brought during a pause: aiohttp then only raises."""
        content = self._response.content
        if content._buffer:
            with suppress(ValueError, LineTooLong):
                self._parse(content._read_nowait(-1))

    def _parse(self, data: bytes) -> None:
        """Absorb what a read brought; nothing means that the response has ended."""
        if self._document is not None:
            self._parse_start(data)
            return
        for line in self._lines.feed(data or b"\n"):
            if line == b"[DONE]":
                self.is_done = True
            elif line and not self.is_done:
                self.assembly.absorb(json.loads(line.decode(errors="replace")))

    def _parse_start(self, data: bytes) -> None:
        """Some servers send an error, or even an answer, as one document and not as events: the first byte tells."""
        document = ((self._document or b"") + data).lstrip()
        if document and not document.startswith(b"{"):
            self._document = None
            self._parse(document)
            return
        if len(document) > MAX_LINE_BYTES:
            raise LineTooLong
        self._document = document
        if document and not data:
            self.assembly.absorb(json.loads(document))


class _Watch:
    """Ends a wait that lasts too long. Time that the caller spends between two reads does not count."""

    __slots__ = ("is_waiting", "_content", "_loop", "_deadline", "_timer")

    def __init__(self, content: aiohttp.StreamReader, deadline: float) -> None:
        self.is_waiting = False
        self._content = content
        self._loop = asyncio.get_running_loop()
        self._deadline = deadline
        self._timer = self._loop.call_at(deadline, self._check)

    def expect(self, seconds: float) -> None:
        """Something must come within `seconds` from now."""
        self._deadline = self._loop.time() + seconds
        if self._deadline < self._timer.when():
            self._timer.cancel()
            self._timer = self._loop.call_at(self._deadline, self._check)

    def close(self) -> None:
        """Stop watching."""
        self._timer.cancel()

    def _check(self) -> None:
        now = self._loop.time()
        if self.is_waiting and now >= self._deadline:
            self._content.set_exception(TimeoutError())
            return
        self._timer = self._loop.call_at(max(self._deadline, now + 0.05), self._check)


async def _open(
    endpoint: Endpoint, messages: Sequence[Message], limits: Limits, deadline: float
) -> aiohttp.ClientResponse:
    """The response to the request, once its status says that an answer follows."""
    try:
        async with asyncio.timeout_at(deadline):
            response = await _post(endpoint, "/chat/completions", _body(endpoint, messages, limits))
            if response.status == 200 and response.content_type != "text/html":
                return response
            failure = await _refusal(response)
    except Exception as exception:
        failure = failure_of(exception)
    raise failure  # outside the handler: an exception that keeps aiohttp's would keep the request, and its key


async def _post(
    endpoint: Endpoint, path: str, body: Mapping[str, Any], accept: str = "text/event-stream"
) -> aiohttp.ClientResponse:
    return await _session().post(
        f"{endpoint.base_url.rstrip('/')}{path}",
        data=json.dumps(body).encode(),
        headers=_headers(endpoint, accept),
        allow_redirects=False,
    )


async def _refusal(response: aiohttp.ClientResponse) -> ProviderError:
    """What an HTTP error, or a web page, means. Its body is looked at, and forgotten."""
    body = b""
    try:
        while len(body) < _MAX_DOCUMENT_BYTES and (data := await response.content.readany()):
            body += data
    except aiohttp.ClientError:
        pass  # the status says enough
    finally:
        response.release()
    return ProviderError(code_of_response(response.status, body.decode(errors="replace")), f"HTTP {response.status}")


def _body(endpoint: Endpoint, messages: Sequence[Message], limits: Limits) -> dict[str, Any]:
    body = {
        "model": endpoint.model,
        "messages": [dict(message) for message in messages],
        "temperature": limits.temperature,
        "max_tokens": limits.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        **endpoint.extra,
    }
    return {name: value for name, value in body.items() if value is not None}


def _headers(endpoint: Endpoint, accept: str) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept": accept, "Accept-Encoding": "identity"}
    if endpoint.api_key:
        headers["Authorization"] = f"Bearer {endpoint.api_key.strip()}"
    return headers


def _session() -> aiohttp.ClientSession:
    """The session of the running loop. It keeps connections, but no cookies: nothing links two visitors."""
    loop = asyncio.get_running_loop()
    session = _sessions.get(loop)
    if session is None or session.closed:
        _forget_closed_loops()
        session = _sessions[loop] = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=60, keepalive_timeout=_KEEP_ALIVE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=None),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "comparia"},
        )
    return session


def _forget_closed_loops() -> None:
    for loop in [loop for loop in _sessions if loop.is_closed()]:
        _sessions.pop(loop).detach()


def failure_of(exception: Exception, has_started: bool = False) -> ProviderError:
    """Our error for what went wrong below. `has_started`: an answer's headers had come."""
    detail = type(exception).__name__
    if isinstance(exception, TimeoutError):
        return ProviderError(ErrorCode.TIMEOUT, detail)
    if isinstance(exception, _MISCONFIGURED):
        return ProviderError(ErrorCode.MISCONFIGURED, detail)
    if isinstance(exception, (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError)):
        return ProviderError(ErrorCode.INTERRUPTED if has_started else ErrorCode.OVERLOADED, detail)
    return ProviderError(ErrorCode.UNKNOWN, detail)
