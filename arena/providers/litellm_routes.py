"""What is not OpenAI-compatible, through LiteLLM. It is slow to import and costly per chunk: only those routes pay."""

import asyncio
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

from .assembly import Assembly
from .contract import Endpoint, ErrorCode, Limits, Message, ProviderError
from .failures import code_of_response

_NOISY_LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "httpx", "httpcore", "openai")
"""They write URLs, prompts and, for some providers, keys."""

_CODES = {
    "ContextWindowExceededError": ErrorCode.CONTEXT_TOO_LONG,
    "ContentPolicyViolationError": ErrorCode.CONTENT_FILTERED,
    "Timeout": ErrorCode.TIMEOUT,
    "RateLimitError": ErrorCode.OVERLOADED,
    "ServiceUnavailableError": ErrorCode.OVERLOADED,
    "AuthenticationError": ErrorCode.MISCONFIGURED,
    "PermissionDeniedError": ErrorCode.MISCONFIGURED,
    "NotFoundError": ErrorCode.MISCONFIGURED,
}
"""By class name, so that mapping an error needs no import."""

_CAUSES = (
    ({"TimeoutError", "TimeoutException"}, ErrorCode.TIMEOUT),
    ({"ImportError", "NoCredentialsError", "DefaultCredentialsError", "RefreshError"}, ErrorCode.MISCONFIGURED),
    ({"gaierror", "ClientSSLError", "SSLCertVerificationError"}, ErrorCode.MISCONFIGURED),
    ({"ClientError", "TransportError", "OSError"}, ErrorCode.OVERLOADED),
)
"""What is behind an error whose own class says nothing: LiteLLM calls most things a connection or a server error."""


async def start(endpoint: Endpoint, messages: Sequence[Message], limits: Limits) -> "Reader":
    """Send the request; the reader of its answer. Raises ProviderError."""
    try:
        litellm = await asyncio.to_thread(_load)
        async with asyncio.timeout(limits.first_token_seconds) as first_token:
            stream = await litellm.acompletion(**_arguments(endpoint, messages, limits))
        return Reader(stream, limits, first_token.when() or 0)
    except Exception as exception:
        failure = _failure(exception, has_started=False)
    raise failure  # outside the handler, so that nothing of the request hangs on to it


async def close() -> None:
    """Close LiteLLM's connections, if it was ever used."""
    if "litellm" not in sys.modules:
        return
    try:
        await sys.modules["litellm"].close_litellm_async_clients()
    except Exception as exception:
        logging.getLogger(__name__).warning("closing litellm: %s", type(exception).__name__)


class Reader:
    """Reads one stream of LiteLLM into an assembly."""

    __slots__ = ("assembly", "failure", "is_done", "_stream", "_silence", "_deadline")

    def __init__(self, stream: Any, limits: Limits, deadline: float) -> None:
        self.assembly = Assembly(limits)
        self.failure: ProviderError | None = None
        self.is_done = False
        self._stream = stream
        self._silence = limits.silence_seconds
        self._deadline = deadline

    async def advance(self) -> bool:
        """Read one chunk. False at the end, with `failure` set if it is a bad one."""
        received = self.assembly.received
        try:
            async with asyncio.timeout_at(self._deadline):
                chunk = await anext(self._stream, None)
            self.is_done = chunk is None
            if chunk is not None:
                self.assembly.absorb(self._event(chunk))
        except Exception as exception:
            if not self.assembly.finish_reason:
                self.failure = _failure(exception, has_started=received > 0)
            return False
        if self.assembly.received != received:
            self._deadline = asyncio.get_running_loop().time() + self._silence
        return chunk is not None

    def _event(self, chunk: Any) -> dict[str, Any]:
        """The chunk as OpenAI sends it, less the token counts that LiteLLM makes up when the provider gives none."""
        event: dict[str, Any] = chunk.model_dump()
        if event.get("usage") and not any(getattr(known, "usage", None) for known in self._stream.chunks):
            del event["usage"]
        return event

    async def close(self) -> None:
        """Hang up."""
        try:
            await self._stream.aclose()
        except Exception as exception:
            logging.getLogger(__name__).debug("closing a stream: %s", type(exception).__name__)


def _load() -> Any:
    """LiteLLM, imported once, quiet and offline. Two seconds and a half the first time: not on the event loop."""
    if "litellm" in sys.modules and getattr(sys.modules["litellm"], "_comparia_ready", False):
        return sys.modules["litellm"]
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    _hush()
    litellm: Any = importlib.import_module("litellm")
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.set_verbose = False
    litellm.turn_off_message_logging = True
    litellm.drop_params = True
    _hush()
    _rehearse(litellm)
    litellm._comparia_ready = True
    return litellm


def _rehearse(litellm: Any) -> None:
    """Play an answer without a network: the first call imports hundreds of modules more, here and not on the loop."""
    arguments = {"messages": [{"role": "user", "content": "?"}], "stream": True, "mock_response": "!"}
    try:
        importlib.import_module("openai.resources")
        for _ in litellm.completion(model="openai/rehearsal", **arguments):
            pass
    except Exception as exception:
        logging.getLogger(__name__).warning("rehearsing litellm: %s", type(exception).__name__)


def _hush() -> None:
    for name in _NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _arguments(endpoint: Endpoint, messages: Sequence[Message], limits: Limits) -> dict[str, Any]:
    arguments = {
        "model": endpoint.model,
        "messages": [dict(message) for message in messages],
        "temperature": limits.temperature,
        "max_tokens": limits.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        "api_base": endpoint.base_url or None,
        "api_key": endpoint.api_key.strip() or None,
        "num_retries": 0,
        "max_retries": 0,
        "timeout": limits.first_token_seconds + limits.silence_seconds,
        "drop_params": True,
        **endpoint.extra,
    }
    return {name: value for name, value in arguments.items() if value is not None}


def _failure(exception: Exception, has_started: bool) -> ProviderError:
    """Our error for one of LiteLLM's. `has_started`: a token had come."""
    exception = getattr(exception, "original_exception", None) or exception
    code = _code_of_class(exception) or _code_of_cause(exception, has_started) or _code_of_status(exception)
    if code is None or code is ErrorCode.UNKNOWN:
        code = ErrorCode.INTERRUPTED if has_started else ErrorCode.UNKNOWN
    return ProviderError(code, type(exception).__name__)


def _code_of_class(exception: Exception) -> ErrorCode | None:
    return next((_CODES[cls.__name__] for cls in type(exception).__mro__ if cls.__name__ in _CODES), None)


def _code_of_cause(exception: BaseException | None, has_started: bool) -> ErrorCode | None:
    names: set[str] = set()
    for _ in range(10):
        if exception is None:
            break
        names.update(cls.__name__ for cls in type(exception).__mro__)
        exception = exception.__cause__ or exception.__context__
    code = next((code for causes, code in _CAUSES if causes & names), None)
    return ErrorCode.INTERRUPTED if has_started and code is ErrorCode.OVERLOADED else code


def _code_of_status(exception: Exception) -> ErrorCode | None:
    status = getattr(exception, "status_code", None)
    if isinstance(status, int) and 300 <= status < 600:
        return code_of_response(status, str(exception))
    return None
