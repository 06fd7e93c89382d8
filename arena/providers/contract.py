"""What callers and protocols agree on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Message = Mapping[str, str]
"""`{"role": "system" | "user" | "assistant", "content": "…"}`"""


class ErrorCode(StrEnum):
    """Why an answer failed. docs/errors.md says when each is given, and what the visitor reads."""

    TIMEOUT = "timeout"
    OVERLOADED = "overloaded"
    CONTEXT_TOO_LONG = "context_too_long"
    CONTENT_FILTERED = "content_filtered"
    EMPTY_ANSWER = "empty_answer"
    MISCONFIGURED = "misconfigured"
    INTERRUPTED = "interrupted"
    UNKNOWN = "unknown"


ENDPOINT_FAULTS = frozenset(ErrorCode) - {ErrorCode.CONTEXT_TOO_LONG, ErrorCode.CONTENT_FILTERED}
"""Codes that speak of the endpoint. The two others speak of the conversation, and would come back elsewhere."""


class ProviderError(Exception):
    """An answer that failed.

    `str()` is the code alone. `detail` is for operators: an HTTP status or the name of an exception class, never a
    provider's words, which may repeat the prompt or the key.
    """

    def __init__(self, code: ErrorCode | str, detail: str = "") -> None:
        self.code = ErrorCode(code)
        self.detail = detail
        super().__init__(self.code.value)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is served.

    `protocol` is "openai" (any OpenAI-compatible server) or "litellm". `model` is the provider's identifier, or
    LiteLLM's route such as "vertex_ai/gemini-2.5-pro". `base_url` ends in "/v1" or its like; LiteLLM knows most of
    its own. `extra` is merged into the request's body; a field set to None is left out of it.
    """

    protocol: str
    model: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict)
    provider: str = ""
    """Who serves it, for those who watch."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an answer may go.

    The first token must come within `first_token_seconds` of the call, connection included, and each other within
    `silence_seconds` of the one before. Past `max_chars` (answer and reasoning together) the stream ends with the
    finish reason "length".
    """

    temperature: float = 0.7
    max_tokens: int = 16384
    first_token_seconds: float = 10
    silence_seconds: float = 30
    max_chars: int = 400_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counts them. `output_tokens` includes `reasoning_tokens` at most providers."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """What arrived together. `generation_id` comes once, with the first chunk that holds anything."""

    text: str = ""
    reasoning: str = ""
    finish_reason: str = ""
    usage: Usage | None = None
    generation_id: str = ""
