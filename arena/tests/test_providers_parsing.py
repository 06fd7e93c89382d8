"""Bytes to events to chunks, without a network."""

from pathlib import Path

import pytest

from arena.providers import Chunk, ErrorCode, Limits
from arena.providers.assembly import Assembly
from arena.providers.failures import code_of_response
from arena.providers.sse import MAX_LINE_BYTES, DataLines, LineTooLong

BODY = ": commentaire\n\ndata: été\r\n\r\ndata:🥖\nevent: x\nid: 7\n\ndata: [DONE]\n\n".encode()


@pytest.mark.parametrize("place", range(len(BODY) + 1))
def test_lines_are_the_same_wherever_a_read_ends(place):
    lines = DataLines()
    found = lines.feed(BODY[:place]) + lines.feed(BODY[place:])
    assert [line.decode() for line in found] == ["été", "🥖", "[DONE]"]


def test_line_without_an_end_is_refused():
    lines = DataLines()
    with pytest.raises(LineTooLong):
        for _ in range(MAX_LINE_BYTES // 1000 + 1):
            lines.feed(b"x" * 1000)


def absorb(*deltas, limits=None, reason=None):
    assembly = Assembly(limits or Limits())
    chunks = []
    for delta in deltas:
        assembly.absorb({"choices": [{"delta": delta, "finish_reason": None}]})
        chunks.append(assembly.take() or Chunk())
    if reason:
        assembly.absorb({"choices": [{"delta": {}, "finish_reason": reason}]})
    chunks.append(assembly.flush() or Chunk())
    text, reasoning = "".join(chunk.text for chunk in chunks), "".join(chunk.reasoning for chunk in chunks)
    return text, reasoning, assembly


def texts(*pieces, **more):
    return absorb(*({"content": piece} for piece in pieces), **more)[:2]


THOUGHTFUL = "\n<think>Hum < </thin> ?</think>\n\nOui, <think> reste."


@pytest.mark.parametrize("size", range(1, 20))
def test_think_tags_are_reasoning_wherever_they_are_cut(size):
    pieces = [THOUGHTFUL[start : start + size] for start in range(0, len(THOUGHTFUL), size)]
    assert texts(*pieces) == ("Oui, <think> reste.", "Hum < </thin> ?")


@pytest.mark.parametrize("text", ["<thi", "<thing> oui", "  <b>oui</b>", "a <think>b</think>", "<", " "])
def test_text_that_only_looks_like_a_tag_stays_text(text):
    assert texts(*text) == (text, "")


def test_think_tag_never_closed_is_an_empty_answer():
    text, reasoning, assembly = absorb({"content": "<think>Hum"}, reason="length")
    assert (text, reasoning) == ("", "Hum")
    assert assembly.verdict(True).code == ErrorCode.EMPTY_ANSWER


def test_blank_text_is_an_empty_answer():
    assert absorb({"content": " \n"}, reason="stop")[2].verdict(True).code == ErrorCode.EMPTY_ANSWER


def test_surrogate_pair_cut_in_two_is_joined():
    assert texts("pain \ud83e", "\udd56 !") == ("pain 🥖 !", "")


def test_lone_surrogate_and_nul_are_made_storable():
    assert texts("a\udd56b", "c\0d") == ("a\ufffdbcd", "")


def test_content_in_parts():
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "Hum"}]},
        {"type": "text", "text": "Oui"},
    ]
    assert absorb({"content": parts})[:2] == ("Oui", "Hum")


def test_reasoning_counts_towards_max_chars():
    text, reasoning, assembly = absorb({"reasoning": "abc"}, {"content": "def"}, limits=Limits(max_chars=5))
    assert (text, reasoning) == ("de", "abc")
    assert assembly.is_full


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, "This model's maximum context length is 8192 tokens", ErrorCode.CONTEXT_TOO_LONG),
        (400, "request (9 tokens) exceeds the available context size", ErrorCode.CONTEXT_TOO_LONG),
        (422, "`inputs` tokens + `max_new_tokens` must be <= 4097", ErrorCode.CONTEXT_TOO_LONG),
        (413, "", ErrorCode.CONTEXT_TOO_LONG),
        (400, '{"code": "content_filter"}', ErrorCode.CONTENT_FILTERED),
        (403, "requires moderation, your input was flagged", ErrorCode.CONTENT_FILTERED),
        (403, "", ErrorCode.MISCONFIGURED),
        (402, "", ErrorCode.MISCONFIGURED),
        (500, "the request exceeds the available context size", ErrorCode.CONTEXT_TOO_LONG),
        (501, "", ErrorCode.UNKNOWN),
        (524, "", ErrorCode.TIMEOUT),
    ],
)
def test_code_of_response(status, body, code):
    assert code_of_response(status, body) == code


@pytest.mark.parametrize("code", ErrorCode)
def test_code_is_documented(code):
    document = Path(__file__).parents[2] / "docs/errors.md"
    assert f"| `{code}` |" in document.read_text()
