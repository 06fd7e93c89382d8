"""From the events of a chat completion to chunks."""

from typing import Any

from .contract import Chunk, ErrorCode, Limits, ProviderError, Usage
from .failures import code_of_event

_OPEN, _CLOSE = "<think>", "</think>"


class Assembly:
    """Gathers the events that arrive together into one chunk, and judges the whole at the end.

    Events are dicts in the shape of OpenAI's chat completions, streamed or not.
    """

    __slots__ = (
        "failure",
        "finish_reason",
        "received",
        "_text",
        "_reasoning",
        "_usage",
        "_generation_id",
        "_told_id",
        "_told_finish",
        "_room",
        "_has_text",
        "_thinking",
        "_text_repair",
        "_reasoning_repair",
    )

    def __init__(self, limits: Limits) -> None:
        self.failure: ProviderError | None = None
        self.finish_reason = ""
        self.received = 0
        """Characters received so far: it grows when the model is at work."""
        self._text = ""
        self._reasoning = ""
        self._usage: Usage | None = None
        self._generation_id = ""
        self._told_id = False
        self._told_finish = False
        self._room = limits.max_chars
        self._has_text = False
        self._thinking: _ThinkTags | None = _ThinkTags()
        self._text_repair = _Repair()
        self._reasoning_repair = _Repair()

    def absorb(self, event: dict[str, Any]) -> None:
        """Take one event in. An error event sets `failure`. A malformed one raises any usual exception."""
        choices = event.get("choices")
        if choices:
            choice = choices[0]
            delta = choice.get("delta") or choice.get("message")
            if delta:
                self._absorb_delta(delta)
            reason = choice.get("finish_reason")
            if reason:
                self.finish_reason = str(reason)
            if reason == "error" or choice.get("error"):
                self._fail(choice.get("error") or event.get("error"))
        usage = event.get("usage")
        if usage:
            self._usage = _read_usage(usage)
        if not self._generation_id:
            self._generation_id = str(event.get("id") or "")
        if event.get("error") or event.get("object") == "error":
            self._fail(event.get("error") or event)

    def take(self) -> Chunk | None:
        """What has come since the last call, or None."""
        text, reasoning = self._text, self._reasoning
        finish = "" if self._told_finish else self.finish_reason
        if not (text or reasoning or finish or self._usage):
            return None
        if text:
            text = self._text_repair(text)
            self._has_text = self._has_text or not text.isspace()
        if reasoning:
            reasoning = self._reasoning_repair(reasoning)
        self._room -= len(text) + len(reasoning)
        if self._room < 0:
            text, reasoning = self._cut(text, reasoning)
            finish = self.finish_reason = "length"
        chunk = Chunk(text, reasoning, finish, self._usage, "" if self._told_id else self._generation_id)
        self._text = self._reasoning = ""
        self._usage = None
        self._told_id = self._told_id or bool(self._generation_id)
        self._told_finish = self._told_finish or bool(finish)
        return chunk

    @property
    def is_full(self) -> bool:
        """The answer went past `max_chars`: nothing more is to be read."""
        return self._room < 0

    def flush(self) -> Chunk | None:
        """What was held back, once the stream has ended."""
        if self._thinking:
            text, reasoning = self._thinking.flush()
            self._text += text
            self._reasoning += reasoning
        return self.take()

    def verdict(self, is_done: bool) -> ProviderError | None:
        """What is wrong with a stream that has ended, if anything. `is_done`: the provider said that it was."""
        if self.failure:
            return self.failure
        if not (self.finish_reason or is_done):
            return ProviderError(ErrorCode.INTERRUPTED, "no finish reason")
        if self._has_text:
            return None
        is_filtered = self.finish_reason in ("content_filter", "safety", "SAFETY")
        return ProviderError(ErrorCode.CONTENT_FILTERED if is_filtered else ErrorCode.EMPTY_ANSWER, "no text")

    def _absorb_delta(self, delta: dict[str, Any]) -> None:
        content = delta.get("content")
        if content:
            if not isinstance(content, str):
                content = self._absorb_parts(content)
            self.received += len(content)
            if self._thinking:
                content, reasoning = self._thinking.feed(content)
                self._reasoning += reasoning
                if self._thinking.is_over:
                    self._thinking = None
            self._text += content
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if thought and isinstance(thought, str):
            self.received += len(thought)
            self._reasoning += thought

    def _absorb_parts(self, parts: list[dict[str, Any]]) -> str:
        """Content in parts, as Mistral's reasoning models send it; returns the text."""
        text = ""
        for part in parts:
            if part.get("type") == "text":
                text += part["text"]
            elif part.get("type") == "thinking":
                thought = part["thinking"]
                words = thought if isinstance(thought, str) else "".join(piece.get("text", "") for piece in thought)
                self.received += len(words)
                self._reasoning += words
        return text

    def _fail(self, error: Any) -> None:
        started = self.received > 0
        self.failure = self.failure or ProviderError(code_of_event(error, started), "error event")

    def _cut(self, text: str, reasoning: str) -> tuple[str, str]:
        """What still fits of a chunk that does not, the reasoning first, as it was received."""
        room = self._room + len(text) + len(reasoning)
        return text[: max(0, room - len(reasoning))], reasoning[:room]


class _ThinkTags:
    """Moves what a model thinks aloud, in `<think>` tags at the very start of its answer, to its reasoning."""

    __slots__ = ("is_over", "_held", "_is_inside", "_is_after")

    def __init__(self) -> None:
        self.is_over = False
        self._held = ""
        self._is_inside = False
        self._is_after = False

    def feed(self, content: str) -> tuple[str, str]:
        """The text and the reasoning that can be told apart by now."""
        self._held += content
        if self._is_after:
            return self._start_text(), ""
        if not self._is_inside:
            head = self._held.lstrip()
            if len(head) < len(_OPEN) and _OPEN.startswith(head):
                return "", ""
            if not head.startswith(_OPEN):
                self.is_over = True
                return self._release(), ""
            self._is_inside = True
            self._held = head[len(_OPEN) :]
        return self._think()

    def flush(self) -> tuple[str, str]:
        """What is held, once nothing more can come."""
        self.is_over = True
        return ("", self._release()) if self._is_inside else (self._release(), "")

    def _think(self) -> tuple[str, str]:
        thought, tag, rest = self._held.partition(_CLOSE)
        if tag:
            self._held, self._is_inside, self._is_after = rest, False, True
            return self._start_text(), thought
        kept = _overlap(thought, _CLOSE)
        self._held = thought[len(thought) - kept :]
        return "", thought[: len(thought) - kept]

    def _start_text(self) -> str:
        """The answer proper, without the blank lines that follow the tag."""
        self._held = self._held.lstrip()
        self.is_over = bool(self._held)
        return self._release()

    def _release(self) -> str:
        held, self._held = self._held, ""
        return held


class _Repair:
    """Makes text that can be stored: no NUL, and no half of a surrogate pair (some servers cut one in two)."""

    __slots__ = ("_half",)

    def __init__(self) -> None:
        self._half = ""

    def __call__(self, text: str) -> str:
        if "\0" in text:
            text = text.replace("\0", "")
        if not self._half and text.isascii():
            return text
        text = self._half + text
        self._half = ""
        try:
            text.encode()
        except UnicodeEncodeError:
            return self._join(text)
        return text

    def _join(self, text: str) -> str:
        if "\ud800" <= text[-1] <= "\udbff":
            self._half, text = text[-1], text[:-1]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _overlap(text: str, tag: str) -> int:
    """The length of the longest end of `text` that may be the beginning of `tag`."""
    return next((n for n in range(min(len(text), len(tag) - 1), 0, -1) if tag.startswith(text[-n:])), 0)


def _read_usage(usage: dict[str, Any]) -> Usage:
    details = usage.get("completion_tokens_details") or {}
    return Usage(
        _count(usage.get("prompt_tokens")),
        _count(usage.get("completion_tokens")),
        _count(details.get("reasoning_tokens")),
    )


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None
