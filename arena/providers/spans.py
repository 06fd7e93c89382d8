"""A span for each call of a model, with the attributes that OpenTelemetry gives to generative AI."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

from portals import tracing

from .contract import Chunk, Endpoint, Limits, Message, ProviderError


async def traced(
    chunks: AsyncGenerator[Chunk], endpoint: Endpoint, messages: Sequence[Message], limits: Limits
) -> AsyncGenerator[Chunk]:
    """The same chunks; the span ends with them. Questions and answers are in it only where that is asked for."""
    span = tracing.begin(f"chat {endpoint.model}", "client", asked(endpoint, limits))
    parts: list[str] = []
    told: dict[str, Any] = {}
    try:
        async with aclosing(chunks):
            async for chunk in chunks:
                if chunk.generation_id:
                    told["gen_ai.response.id"] = chunk.generation_id[:200]
                if chunk.finish_reason:
                    told["gen_ai.response.finish_reasons"] = [chunk.finish_reason[:40]]
                if chunk.usage:
                    told["gen_ai.usage.input_tokens"] = chunk.usage.input_tokens
                    told["gen_ai.usage.output_tokens"] = chunk.usage.output_tokens
                if tracing.records_text:
                    parts.append(chunk.text)
                yield chunk
    except ProviderError as error:
        span.fail(error.code.value)
        raise
    finally:
        if tracing.records_text:
            told |= texts(messages, "".join(parts))
        span.tell(attributes=told)
        span.end()


def asked(endpoint: Endpoint, limits: Limits) -> dict[str, Any]:
    """What is known of a call before it is made."""
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": endpoint.provider or "unknown",
        "gen_ai.request.model": endpoint.model,
        "gen_ai.request.temperature": limits.temperature,
        "gen_ai.request.max_tokens": limits.max_tokens,
        "server.address": urlsplit(endpoint.base_url).hostname,
    }


def texts(messages: Sequence[Message], answer: str) -> dict[str, Any]:
    """The conversation, as the conventions write it."""
    told = [{"role": each["role"], "parts": [part(each["content"])]} for each in messages]
    system = [message["parts"][0] for message in told if message["role"] == "system"]
    spoken = [message for message in told if message["role"] != "system"]
    answered = [{"role": "assistant", "parts": [part(answer)], "finish_reason": "stop"}]
    return {
        "gen_ai.system_instructions": json.dumps(system, ensure_ascii=False) if system else None,
        "gen_ai.input.messages": json.dumps(spoken, ensure_ascii=False),
        "gen_ai.output.messages": json.dumps(answered, ensure_ascii=False),
    }


def part(text: str) -> dict[str, str]:
    return {"type": "text", "content": text}
