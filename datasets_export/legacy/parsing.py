"""A row of a file, understood or refused. Pure: names of models are not known to the catalogue yet.

`kept` is what has no home in our tables, for LegacyRow.data. No text of a conversation nor comment is in it: those are
in the arena's tables alone, where they are redacted, withdrawn and erased.
"""

import contextlib
import json
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .choices import of_thumb, of_vote
from .columns import TAGS
from .refusals import Refused

Row = dict[str, Any]

MODES = ("random", "custom", "small-models", "big-vs-small")
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/+@()-]{0,98}")
SURROGATE = re.compile(r"[\ud800-\udfff]")
LANGUAGE = re.compile(r"[a-z]{2,3}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEPT = (
    *("conversation_pair_id", "conv_a_id", "conv_b_id", "session_hash", "model_a_name", "model_b_name"),
    *("model_pair_name", "mode", "custom_models_selection", "short_summary", "keywords", "categories", "languages"),
    *("total_conv_a_output_tokens", "total_conv_b_output_tokens", "model_a_total_params", "model_b_total_params"),
    *("model_a_active_params", "model_b_active_params", "total_conv_a_kwh", "total_conv_b_kwh"),
)


@dataclass(frozen=True, slots=True)
class Message:
    """An answer."""

    text: str
    reasoning: str
    output_tokens: int | None
    seconds: float | None
    generation_id: str


MISSING = Message("", "", None, None, "")


@dataclass(frozen=True, slots=True)
class Conversation:
    pair: str
    created_at: datetime
    visitor: str | None
    models: tuple[str, str]
    mode: str
    chosen: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[tuple[Message, ...], tuple[Message, ...]]
    system_prompts: tuple[str, str]
    categories: tuple[str, ...]
    language: str
    """Of the questions; "" if the file does not say which one."""
    kept: Row


@dataclass(frozen=True, slots=True)
class Opinion:
    """A vote or a reaction; of a reaction, `rank` counts questions from 0, None for a vote."""

    pair: str
    rank: int | None
    comments: tuple[str, str]
    kept: Row


def conversation(row: Row) -> Conversation:
    """Raises Refused."""
    pair, at = _pair(row), _moment(row)
    models = _model(row["model_a_name"]), _model(row["model_b_name"])
    system_a, questions, answers_a = _messages(row["conversation_a"])
    system_b, of_b, answers_b = _messages(row["conversation_b"])
    if questions != of_b:
        raise Refused("questions-differ")
    if not all(map(str.strip, questions)):
        raise Refused("empty-question")
    kept = {name: value for name in KEPT if (value := _plain(row[name])) is not None}
    kept |= {"timestamp": at, "opens_with_system": [system_a is not None, system_b is not None]}
    for name in ("keywords", "categories", "languages", "custom_models_selection"):
        if name in kept:
            kept[name] = _strings(kept[name])
    if isinstance(pair_name := kept.get("model_pair_name"), list):
        kept["model_pair_name"] = json.dumps(pair_name)
    languages = kept.get("languages", [])
    one_language = languages[0] if len(languages) == 1 and LANGUAGE.fullmatch(languages[0]) else ""
    found = Conversation(
        pair,
        EPOCH + timedelta(microseconds=at),
        _plain(row["visitor_id"]) or kept.get("session_hash"),
        models,
        row["mode"] if row["mode"] in MODES else "random",
        tuple(kept.get("custom_models_selection", ())),
        tuple(questions),
        (tuple(answers_a), tuple(answers_b)),
        (row["system_prompt_a"] or system_a or "", row["system_prompt_b"] or system_b or ""),
        tuple(kept.get("categories", ())),
        one_language,
        kept,
    )
    _without_nul(questions, found.system_prompts, found.visitor, kept)
    _without_nul([(said.text, said.reasoning, said.generation_id) for side in found.answers for said in side])
    return found


def vote(row: Row) -> Opinion:
    """Raises Refused."""
    pair = _pair(row)
    choice = of_vote(row["model_a_name"], row["model_b_name"], row["chosen_model_name"], row["both_equal"])
    comments = row["conv_comments_a"] or "", row["conv_comments_b"] or ""
    kept = {name: row[name] for name in ("selected_category", "is_unedited_prompt") if row[name] is not None}
    kept |= {"timestamp": _moment(row), "choice": choice, "commented": [bool(comments[0]), bool(comments[1])]}
    kept |= {f"tags_{side}": [tag for tag in TAGS if row[f"conv_{tag}_{side}"]] for side in "ab"}
    _without_nul(comments, kept)
    return Opinion(pair, None, comments, kept)


def reaction(row: Row) -> Opinion:
    """Raises Refused."""
    pair, side, rank = _pair(row), row["model_pos"], _whole(row["msg_rank"])
    if side not in ("a", "b"):
        raise Refused("no-such-side")
    if (
        rank is None or rank < 0 or _whole(row["msg_index"]) not in (2 * rank + 1, 2 * rank + 2)
    ):  # + 2 after a system message
        raise Refused("no-such-message")
    thumb = of_thumb(row["liked"], row["disliked"])
    comment = row["comment"] or ""
    kept = {"timestamp": _moment(row), "side": side, "thumb": thumb, "turn": rank + 1, "commented": bool(comment)}
    kept |= {"question_id": row["question_id"], "tags": [tag for tag in TAGS if row[tag]]}
    _without_nul(comment, kept)
    return Opinion(pair, rank, (comment, "") if side == "a" else ("", comment), kept)


def _messages(given: Any) -> tuple[str | None, list[str], list[Message]]:
    """The system message if there is one, the questions, as many answers: the last may be missing."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise Refused("messages-unreadable") from None
    if not given:
        raise Refused("no-message")
    if not isinstance(given, list) or not all(isinstance(message, dict) for message in given):
        raise Refused("messages-unreadable")
    system = None
    if given[0].get("role") == "system":
        system, given = given[0].get("content") or "", given[1:]
    if not given:
        raise Refused("no-message")
    if any(message.get("role") != ("user", "assistant")[place % 2] for place, message in enumerate(given)):
        raise Refused("messages-do-not-alternate")
    questions = [_text(message.get("content")) for message in given[::2]]
    answers = [_answer(message) for message in given[1::2]]
    return system, questions, answers + [MISSING] * (len(questions) - len(answers))


def _answer(message: Row) -> Message:
    about = message.get("metadata") or {}
    if not isinstance(about, dict):
        raise Refused("messages-unreadable")
    tokens, seconds = _whole(about.get("output_tokens")), about.get("duration")
    return Message(
        _text(message.get("content")),
        _text(message.get("reasoning_content") or message.get("reasoning")),
        tokens if tokens is not None and 0 <= tokens < 1 << 31 else None,
        seconds if isinstance(seconds, (int, float)) and 0 <= seconds < 86_400 else None,
        _text(about.get("generation_id"))[:200],
    )


def _text(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise Refused("messages-unreadable")
    return value or ""


def _pair(row: Row) -> str:
    pair = row["conversation_pair_id"]
    if not pair or len(pair) > 200:
        raise Refused("no-pair")
    return pair


def _moment(row: Row) -> int:
    at = row["timestamp"]
    if at is None or not 0 < at < 4_102_444_800_000_000:  # 2100
        raise Refused("bad-timestamp")
    return at


def _model(name: str | None) -> str:
    if not name or not MODEL_NAME.fullmatch(name):
        raise Refused("bad-model-name")
    return name


def _plain(value: Any) -> Any:
    """None for what pandas writes instead of a null."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and math.isfinite(value) and value == int(value) else None


def _strings(value: Any) -> list[str]:
    """The strings of a list, or of a JSON text that is one; another text is the only one."""
    if isinstance(value, str):
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(value)
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def _without_nul(*values: Any) -> None:
    for value in values:
        if isinstance(value, str):
            if "\0" in value:
                raise Refused("nul-character")
            if SURROGATE.search(value):  # JSON can tell half a character
                raise Refused("broken-character")
        elif isinstance(value, (list, tuple)):
            _without_nul(*value)
        elif isinstance(value, dict):
            _without_nul(*value.values())
