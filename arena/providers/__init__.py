"""How to stream an answer from a language model, whoever serves it.

Nothing here knows of sides, pages or tables, and no library's exception gets out: a stream either ends or raises
`ProviderError`.
"""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from portals import tracing

from . import litellm_routes, moderations, openai_compatible
from .assembly import Assembly
from .contract import ENDPOINT_FAULTS, Chunk, Endpoint, ErrorCode, Limits, Message, ProviderError, Usage
from .spans import traced

__all__ = [
    "ENDPOINT_FAULTS",
    "Chunk",
    "Endpoint",
    "ErrorCode",
    "Limits",
    "Message",
    "ProviderError",
    "Usage",
    "close",
    "moderations",
    "stream",
]


class _Reader(Protocol):
    """One answer on its way, by either protocol."""

    assembly: Assembly
    failure: ProviderError | None
    is_done: bool

    async def advance(self) -> bool:
        """Bring what has arrived into the assembly; False once nothing more will come."""

    async def close(self) -> None:
        """Let the connection go, hanging up if the answer was not over."""


def stream(endpoint: Endpoint, messages: Sequence[Message], limits: Limits | None = None) -> AsyncGenerator[Chunk]:
    """Stream the answer of one model to a conversation.

    A chunk is what arrived together, not a token: under load, several tokens come in one chunk. Every chunk holds
    something; the provider's figures (`usage`) often come after `finish_reason`, so read to the end.
    Iterating raises `ProviderError`, possibly after some chunks. Cancelling the reading task, or closing the
    generator, hangs up, which is how the provider is told to stop.
    """
    limits = limits or Limits()
    chunks = _stream(endpoint, messages, limits)
    return traced(chunks, endpoint, messages, limits) if tracing.is_on() else chunks


async def _stream(endpoint: Endpoint, messages: Sequence[Message], limits: Limits) -> AsyncGenerator[Chunk]:
    reader = await _open(endpoint, messages, limits)
    assembly = reader.assembly
    try:
        while await reader.advance():
            chunk = assembly.take()
            if chunk:
                yield chunk
            if assembly.failure or assembly.is_full:
                break
        chunk = assembly.flush()
        if chunk:
            yield chunk
    finally:
        await reader.close()
    failure = reader.failure or assembly.verdict(reader.is_done)
    if failure:
        raise failure


async def close() -> None:
    """Close the connections kept by the running event loop. The next stream opens new ones."""
    await openai_compatible.close()
    await litellm_routes.close()


async def _open(endpoint: Endpoint, messages: Sequence[Message], limits: Limits) -> _Reader:
    if endpoint.protocol == "openai":
        return await openai_compatible.start(endpoint, messages, limits)
    if endpoint.protocol == "litellm":
        return await litellm_routes.start(endpoint, messages, limits)
    raise ProviderError(ErrorCode.MISCONFIGURED, "unknown protocol")
