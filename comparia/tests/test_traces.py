"""Traces: off and not even imported unless asked for; without texts unless asked for too."""

import asyncio
import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from arena import providers
from bench import provider
from portals import tracing

QUESTION = [{"role": "system", "content": "Soyez brève."}, {"role": "user", "content": "Un secret ?"}]


@pytest.fixture
def spans():
    exporter, made = InMemorySpanExporter(), TracerProvider()
    made.add_span_processor(SimpleSpanProcessor(exporter))
    yield lambda text: tracing.use(made.get_tracer("tests"), text), exporter.get_finished_spans
    tracing.use(None)


def ask(behaviour):
    async def read(url):
        endpoint = providers.Endpoint("openai", behaviour, url, api_key="sk-secret", provider="scripted")
        try:
            return "".join([chunk.text async for chunk in providers.stream(endpoint, QUESTION)])
        finally:
            await providers.close()

    with provider.running() as scripted:
        return asyncio.run(read(scripted.url))


@pytest.mark.parametrize("with_text", [False, True])
def test_a_call_is_told_as_the_conventions_of_generative_ai_want(spans, with_text):
    start, finished = spans
    start(with_text)
    assert ask("echo") == "Un secret ?"
    [span] = finished()
    told = dict(span.attributes)
    assert (span.name, span.kind.name) == ("chat echo", "CLIENT")
    assert told["gen_ai.usage.input_tokens"] == 5
    assert told["gen_ai.response.id"] and told["server.address"] == "127.0.0.1"
    assert told["gen_ai.request.max_tokens"] == 16384
    assert ("Un secret ?" in str(told)) == with_text
    assert ("Soyez brève." in told.get("gen_ai.system_instructions", "")) == with_text
    assert "sk-secret" not in str(told)


def test_a_call_that_fails_is_told_by_its_code(spans):
    start, finished = spans
    start(False)
    with pytest.raises(providers.ProviderError):
        ask("rate-limited")
    [span] = finished()
    assert (span.attributes["error.type"], span.status.status_code.name, span.events) == ("overloaded", "ERROR", ())


def test_an_exception_leaves_its_class_in_a_span_and_nothing_else(spans):
    start, finished = spans
    start(True)
    with pytest.raises(ValueError), tracing.span("GET"):
        raise ValueError("un secret")
    [span] = finished()
    assert dict(span.attributes) == {"error.type": "ValueError"}
    assert (span.events, span.status.description) == ((), None)


def test_spans_are_neither_made_nor_sent_unless_asked_for():
    """redis-py imports the metrics of OpenTelemetry by itself wherever they are installed: that part is not ours."""
    parts = ("opentelemetry.exporter", "opentelemetry.sdk.trace", "google.protobuf")
    told = f"import sys, comparia.asgi; print([name for name in sys.modules if name.startswith({parts})])"
    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
