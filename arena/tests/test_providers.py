"""Streams over real HTTP, from the scripted provider and from servers that misbehave byte by byte."""

import asyncio
import json
import logging
import traceback
from contextlib import aclosing, asynccontextmanager

import pytest
import pytest_asyncio

from arena import providers
from arena.providers import Chunk, Endpoint, ErrorCode, Limits, ProviderError, Usage
from bench.provider import HOSTILE, SECRET, TEXTS, THOUGHT, running

pytestmark = pytest.mark.asyncio

KEY = "sk-a-key-that-nobody-may-see"
PROMPT = [{"role": "user", "content": "Bonjour à tous"}]
PATIENT = Limits(first_token_seconds=30, silence_seconds=30)
HURRIED = Limits(first_token_seconds=0.5, silence_seconds=0.5)
LIMITS = {"timeout-before": HURRIED, "timeout-after": Limits(first_token_seconds=30, silence_seconds=0.5)}


@pytest.fixture(scope="module")
def provider():
    with running() as provider:
        yield provider


@pytest_asyncio.fixture(autouse=True)
async def _closed_connections():
    yield
    await providers.close()


async def read(url, model, limits=PATIENT, messages=PROMPT, protocol="openai", **more):
    """The chunks of an answer, merged."""
    chunks = []
    endpoint = Endpoint(protocol, model, url, KEY, **more)
    async with aclosing(providers.stream(endpoint, messages, limits)) as stream:
        async for chunk in stream:
            assert chunk != Chunk()
            chunks.append(chunk)
    return merge(chunks)


def merge(chunks):
    return Chunk(
        "".join(chunk.text for chunk in chunks),
        "".join(chunk.reasoning for chunk in chunks),
        "".join(chunk.finish_reason for chunk in chunks),
        next((chunk.usage for chunk in reversed(chunks) if chunk.usage), None),
        "".join(chunk.generation_id for chunk in chunks),
    )


async def failure(url, model, limits=PATIENT, **more):
    """The error of an answer, and the text that came before it."""
    chunks = []
    with pytest.raises(ProviderError) as caught:
        async for chunk in providers.stream(Endpoint(more.pop("protocol", "openai"), model, url, KEY), PROMPT, limits):
            chunks.append(chunk)
    return caught.value, merge(chunks).text


@asynccontextmanager
async def server(*pieces, status="200 OK", kind="text/event-stream", then=None):
    """A server that answers anything with these bytes, in as many writes; yields its base URL.

    It waits for an event found among the pieces. After that it hangs up, or sends `then` again and again until the
    client leaves.
    """

    async def serve(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode())
            for piece in pieces:
                if isinstance(piece, asyncio.Event):
                    await piece.wait()
                    continue
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            client = asyncio.create_task(reader.read())
            while then is not None and not client.done():
                writer.write(then)
                await asyncio.sleep(0.02)
            client.cancel()
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"


def event(text="", reason=None, **more):
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": reason}
    return f"data: {json.dumps({'id': 'gen-9', 'choices': [choice], **more}, ensure_ascii=False)}\n\n".encode()


# --- Answers ----------------------------------------------------------------------------------------


async def test_answer(provider):
    answer = await read(provider.url, "quick-a")
    assert answer.text == TEXTS[ord("a") % len(TEXTS)]
    assert answer.finish_reason == "stop"
    assert answer.generation_id.startswith("gen-")


async def test_usage_after_finish_is_read(provider):
    assert (await read(provider.url, "usage-after-finish")).usage == Usage(input_tokens=3, output_tokens=20)


async def test_usage_with_finish_is_read(provider):
    assert (await read(provider.url, "usage-with-finish")).usage == Usage(input_tokens=3, output_tokens=20)


async def test_usage_is_none_when_the_provider_gives_none(provider):
    assert (await read(provider.url, "no-usage")).usage is None


@pytest.mark.parametrize("model", ["reasoning", "reasoning-openrouter", "reasoning-tags"])
async def test_reasoning_is_beside_the_text(provider, model):
    answer = await read(provider.url, f"{model}?text=0")
    assert (answer.text, answer.reasoning) == (TEXTS[0], THOUGHT)


async def test_length_is_a_normal_end(provider):
    assert (await read(provider.url, "length")).finish_reason == "length"


async def test_hostile_text_is_untouched_but_for_what_cannot_be_stored(provider):
    assert (await read(provider.url, "hostile")).text == HOSTILE.replace("\0", "")


async def test_answer_past_max_chars_is_cut(provider):
    limits = Limits(max_chars=120)
    answer = await read(provider.url, "slow-capped?text=0&delay=0.001", limits)
    assert (answer.text, answer.finish_reason) == (TEXTS[0][:120], "length")
    await asyncio.to_thread(provider.wait_for, "slow-capped?text=0&delay=0.001", "hung_up")


async def test_request_carries_messages_limits_and_extra_fields(provider):
    messages = [{"role": "system", "content": "Sois bref."}, {"role": "user", "content": "Répète ceci"}]
    model, extra = "echo-request", {"stop": ["###"], "temperature": None}
    answer = await read(provider.url, model, Limits(max_tokens=12), messages, extra=extra)
    assert answer.text == "Répète ceci"
    call = provider.calls(model)[-1]
    assert (call["roles"], call["max_tokens"]) == (["system", "user"], 12)
    assert call["fields"] == ["max_tokens", "messages", "model", "stop", "stream", "stream_options"]


# --- Failures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "code"),
    [
        ("timeout-before", ErrorCode.TIMEOUT),
        ("timeout-after", ErrorCode.TIMEOUT),
        ("rate-limited", ErrorCode.OVERLOADED),
        ("broken", ErrorCode.UNKNOWN),
        ("broken?status=502", ErrorCode.OVERLOADED),
        ("broken?status=503", ErrorCode.OVERLOADED),
        ("broken?status=529", ErrorCode.OVERLOADED),
        ("broken?status=504", ErrorCode.TIMEOUT),
        ("broken?status=408", ErrorCode.TIMEOUT),
        ("rate-limited?code=insufficient_quota", ErrorCode.MISCONFIGURED),
        ("unauthorized", ErrorCode.MISCONFIGURED),
        ("unauthorized?status=403", ErrorCode.MISCONFIGURED),
        ("not-found", ErrorCode.MISCONFIGURED),
        ("broken?status=400", ErrorCode.MISCONFIGURED),
        ("broken?status=302", ErrorCode.MISCONFIGURED),
        ("context-too-long", ErrorCode.CONTEXT_TOO_LONG),
        ("context-too-long?status=413", ErrorCode.CONTEXT_TOO_LONG),
        ("policy", ErrorCode.CONTENT_FILTERED),
        ("filtered", ErrorCode.CONTENT_FILTERED),
        ("empty", ErrorCode.EMPTY_ANSWER),
        ("cut", ErrorCode.INTERRUPTED),
        ("error-event", ErrorCode.INTERRUPTED),
        ("error-event?code=rate_limit_exceeded", ErrorCode.OVERLOADED),
        ("error-event?after=0", ErrorCode.UNKNOWN),
        ("huge-line?size=2000000", ErrorCode.UNKNOWN),
    ],
)
async def test_failure_has_its_code_and_says_nothing_else(provider, model, code, caplog):
    caplog.set_level(logging.DEBUG)
    error, _ = await failure(provider.url, model, LIMITS.get(model, PATIENT))
    assert error.code == code
    assert str(error) == code.value
    told = "".join(traceback.format_exception(error)) + repr(error) + error.detail + caplog.text
    assert SECRET not in told
    assert KEY not in told
    assert error.__context__ is None


@pytest.mark.parametrize("model", ["timeout-after", "cut", "error-event"])
async def test_text_before_a_failure_is_given(provider, model):
    _, text = await failure(provider.url, f"{model}?text=0", LIMITS.get(model, PATIENT))
    assert text == TEXTS[0][:250]


async def test_text_before_a_filter_is_an_answer(provider):
    answer = await read(provider.url, "filtered?source=text&after=1&text=0")
    assert (answer.text, answer.finish_reason) == (TEXTS[0][:50], "content_filter")


async def test_model_that_fails_once_answers_the_second_time(provider):
    error, _ = await failure(provider.url, "flaky-once-again")
    assert error.code == ErrorCode.OVERLOADED
    assert (await read(provider.url, "flaky-once-again")).text


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:1/v1", ErrorCode.OVERLOADED),
        ("http://provider.invalid/v1", ErrorCode.MISCONFIGURED),
        ("ftp://127.0.0.1/v1", ErrorCode.MISCONFIGURED),
        ("", ErrorCode.MISCONFIGURED),
    ],
)
async def test_server_that_cannot_be_reached(url, code):
    error, _ = await failure(url, "any")
    assert error.code == code


async def test_unknown_protocol_is_misconfigured():
    error, _ = await failure("", "any", protocol="telepathy")
    assert error.code == ErrorCode.MISCONFIGURED


async def test_key_is_not_in_the_repr_of_an_endpoint():
    assert KEY not in repr(Endpoint("openai", "any", api_key=KEY))


# --- Streams byte by byte ---------------------------------------------------------------------------


async def test_bytes_one_by_one():
    body = b": OPENROUTER PROCESSING\r\n\r\n" + event("déjà ") + event("vu 🥖", "stop") + b"data:[DONE]\r\n"
    async with server(*(body[place : place + 1] for place in range(len(body)))) as url:
        assert await read(url, "any") == Chunk("déjà vu 🥖", "", "stop", None, "gen-9")


async def test_stream_without_done_is_complete_once_it_has_a_finish_reason():
    async with server(event("oui", "stop")) as url:
        assert (await read(url, "any")).text == "oui"


async def test_stream_without_finish_reason_is_complete_once_it_is_done():
    async with server(event("oui"), b"data: [DONE]") as url:
        assert (await read(url, "any")).text == "oui"


async def test_stream_that_ends_without_either_is_interrupted():
    async with server(event("oui")) as url:
        error, text = await failure(url, "any")
    assert (error.code, text) == (ErrorCode.INTERRUPTED, "oui")


async def test_server_that_stays_silent_after_the_finish_reason_does_not_fail_the_answer():
    async with server(event("oui", "stop"), then=b"") as url:
        assert (await read(url, "any", HURRIED)).text == "oui"


async def test_comments_are_not_tokens():
    async with server(then=b": still here\n\n") as url:
        error, _ = await failure(url, "any", HURRIED)
    assert error.code == ErrorCode.TIMEOUT


async def test_slow_reader_is_not_a_silent_provider():
    resumed = asyncio.Event()
    limits = Limits(first_token_seconds=30, silence_seconds=0.6)
    async with server(event("oui "), resumed, event("non", "stop")) as url:
        words = ""
        async for chunk in providers.stream(Endpoint("openai", "any", url), PROMPT, limits):
            words += chunk.text
            await asyncio.sleep(0.8)
            asyncio.get_running_loop().call_later(0.1, resumed.set)
    assert words == "oui non"


async def test_web_page_is_no_answer():
    async with server(b"<!doctype html>", kind="text/html") as url:
        error, _ = await failure(url, "any")
    assert error.code == ErrorCode.MISCONFIGURED


async def test_answer_in_one_document():
    document = {"id": "gen-9", "choices": [{"message": {"content": "oui"}, "finish_reason": "stop"}]}
    async with server(json.dumps(document).encode()) as url:
        assert await read(url, "any") == Chunk("oui", "", "stop", None, "gen-9")


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"error": {"code": 429, "message": SECRET}}, ErrorCode.OVERLOADED),
        ({"error": {"message": f"{SECRET} maximum context length"}}, ErrorCode.CONTEXT_TOO_LONG),
        ({"object": "error", "message": SECRET, "code": 401}, ErrorCode.MISCONFIGURED),
    ],
)
@pytest.mark.parametrize("form", ["{}", "data: {}\n\n"])
async def test_error_under_status_200(document, code, form):
    async with server(form.replace("{}", json.dumps(document)).encode()) as url:
        error, _ = await failure(url, "any")
    assert error.code == code


@pytest.mark.parametrize("body", [b"data: {nonsense\n\n", b'data: ["a list"]\n\n', b'data: {"choices": 7}\n\n'])
async def test_malformed_event_is_unknown(body):
    async with server(body) as url:
        error, _ = await failure(url, "any")
    assert error.code == ErrorCode.UNKNOWN


async def test_status_that_never_comes_is_a_timeout():
    async with server(status="200", then=b"") as url:
        error, _ = await failure(url, "any", HURRIED)
    assert error.code == ErrorCode.TIMEOUT


# --- Connections ------------------------------------------------------------------------------------


async def test_cancelling_hangs_up(provider):
    task = asyncio.create_task(read(provider.url, "slow-cancelled"))
    await until_running(provider, "slow-cancelled", 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(provider.wait_for, "slow-cancelled", "hung_up")


async def test_leaving_the_loop_hangs_up(provider):
    async with aclosing(providers.stream(Endpoint("openai", "slow-left", provider.url), PROMPT, PATIENT)) as stream:
        async for _ in stream:
            break
    await asyncio.to_thread(provider.wait_for, "slow-left", "hung_up")


async def test_300_streams_at_once(provider):
    model = "timeout-after-crowd"
    tasks = [asyncio.create_task(read(provider.url, model)) for _ in range(300)]
    await until_running(provider, model, 300)
    for task in tasks:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results)


async def until_running(provider, model, number):
    """Wait until the provider is sending so many answers of this model."""
    for _ in range(1000):
        calls = await asyncio.to_thread(provider.calls, model)
        if sum(call["state"] == "running" and call["sent"] > 0 for call in calls) == number:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{number} answers of {model} never ran at once")


async def test_connection_is_kept_from_one_answer_to_the_next(provider):
    await read(provider.url, "quick-kept")
    await read(provider.url, "quick-kept")
    first, second = provider.calls("quick-kept")
    assert first["client_port"] == second["client_port"]


async def test_stream_after_close_opens_a_new_connection(provider):
    await read(provider.url, "quick-closed")
    await providers.close()
    await read(provider.url, "quick-closed")
    first, second = provider.calls("quick-closed")
    assert first["client_port"] != second["client_port"]


async def test_each_event_loop_has_its_connections(provider):
    await read(provider.url, "quick-loops")
    for _ in range(2):
        await asyncio.to_thread(lambda: asyncio.run(read(provider.url, "quick-loops")))
    ports = [call["client_port"] for call in provider.calls("quick-loops")]
    assert len(set(ports)) == 3


# --- LiteLLM ----------------------------------------------------------------------------------------


@pytest.mark.xdist_group("litellm")
async def test_litellm_answers_alike(provider):
    answer = await read(provider.url, "openai/reasoning?text=0", protocol="litellm", extra={"stop": ["###"]})
    assert (answer.text, answer.reasoning, answer.finish_reason) == (TEXTS[0], THOUGHT, "stop")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (3, 20)
    assert "stop" in provider.calls("reasoning?text=0")[-1]["fields"]
    assert (await read(provider.url, "openai/no-usage", protocol="litellm")).usage is None


@pytest.mark.xdist_group("litellm")
@pytest.mark.parametrize(
    ("model", "code"),
    [
        ("timeout-before", ErrorCode.TIMEOUT),
        ("timeout-after", ErrorCode.TIMEOUT),
        ("rate-limited", ErrorCode.OVERLOADED),
        ("broken", ErrorCode.UNKNOWN),
        ("unauthorized", ErrorCode.MISCONFIGURED),
        ("context-too-long", ErrorCode.CONTEXT_TOO_LONG),
        ("policy", ErrorCode.CONTENT_FILTERED),
        ("empty", ErrorCode.EMPTY_ANSWER),
        ("cut", ErrorCode.INTERRUPTED),
    ],
)
async def test_litellm_fails_alike(provider, model, code, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    limits = LIMITS.get(model, PATIENT)
    error, _ = await failure(provider.url, f"openai/{model}-litellm", limits, protocol="litellm")
    assert error.code == code
    told = "".join(traceback.format_exception(error)) + repr(error) + error.detail + caplog.text
    told += "".join(capfd.readouterr())
    assert SECRET not in told
    assert KEY not in told
    assert len(provider.calls(f"{model}-litellm")) == 1


@pytest.mark.xdist_group("litellm")
async def test_litellm_server_that_cannot_be_reached():
    error, _ = await failure("http://127.0.0.1:1/v1", "openai/any", protocol="litellm")
    assert error.code == ErrorCode.OVERLOADED
    error, _ = await failure("", "no-such-provider/any", protocol="litellm")
    assert error.code == ErrorCode.MISCONFIGURED


@pytest.mark.xdist_group("litellm")
async def test_litellm_cancelling_hangs_up(provider):
    task = asyncio.create_task(read(provider.url, "openai/slow-litellm", protocol="litellm"))
    await until_running(provider, "slow-litellm", 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(provider.wait_for, "slow-litellm", "hung_up")
