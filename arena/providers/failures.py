"""From what a provider said to one of our codes. What it said goes no further."""

from typing import Any

from .contract import ErrorCode

_TIMEOUT_STATUSES = {408, 504, 524}
_OVERLOADED_STATUSES = {409, 425, 429, 498, 502, 503, 520, 521, 522, 523, 529}

_CONTEXT_MARKERS = (
    "context_length",
    "context length",
    "context window",
    "context size",
    "contextwindow",
    "exceed_context",
    "maximum context",
    "max_new_tokens",
    "prompt is too long",
    "prompt too long",
    "input is too long",
    "too many tokens",
    "string_above_max_length",
    "reduce the length",
)
_FILTER_MARKERS = (
    "content_filter",
    "content filter",
    "content_policy",
    "content policy",
    "content management policy",
    "responsibleaipolicy",
    "moderation",
    "flagged",
    "prohibited_content",
    "safety",
)
_QUOTA_MARKERS = ("insufficient_quota", "insufficient credits")
_OVERLOAD_MARKERS = ("rate_limit", "rate limit", "too many requests", "overloaded", "unavailable", "capacity")


def code_of_response(status: int, body: str) -> ErrorCode:
    """The code of an HTTP error, by its status and, where several things share one, by its body.

    A 200 that is no answer, and a redirection, come from a wrong address.
    """
    words = body.lower()
    if status < 400 or status in (401, 402, 404):
        return ErrorCode.MISCONFIGURED
    if status in _TIMEOUT_STATUSES:
        return ErrorCode.TIMEOUT
    if status in _OVERLOADED_STATUSES:
        return ErrorCode.MISCONFIGURED if _has(words, _QUOTA_MARKERS) else ErrorCode.OVERLOADED
    if status == 413 or _has(words, _CONTEXT_MARKERS):
        return ErrorCode.CONTEXT_TOO_LONG
    if 400 <= status < 500:
        return ErrorCode.CONTENT_FILTERED if _has(words, _FILTER_MARKERS) else ErrorCode.MISCONFIGURED
    return ErrorCode.UNKNOWN


def code_of_event(error: Any, started: bool) -> ErrorCode:
    """The code of an error that came as an event of a stream. What cannot be told apart cuts a `started` answer."""
    status = _status(error)
    if status:
        return code_of_response(status, str(error))
    words = str(error).lower()
    for markers, code in (
        (_CONTEXT_MARKERS, ErrorCode.CONTEXT_TOO_LONG),
        (_FILTER_MARKERS, ErrorCode.CONTENT_FILTERED),
        (_QUOTA_MARKERS, ErrorCode.MISCONFIGURED),
        (_OVERLOAD_MARKERS, ErrorCode.OVERLOADED),
    ):
        if _has(words, markers):
            return code
    return ErrorCode.INTERRUPTED if started else ErrorCode.UNKNOWN


def _status(error: Any) -> int:
    """The HTTP status that an error event names, or 0."""
    for key in ("code", "status", "status_code") if isinstance(error, dict) else ():
        value = str(error.get(key) or "")
        if value.isdecimal() and 400 <= int(value) < 600:
            return int(value)
    return 0


def _has(words: str, markers: tuple[str, ...]) -> bool:
    return any(marker in words for marker in markers)
