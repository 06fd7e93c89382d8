"""A language model that reads turns after the rules: over real HTTP, through LiteLLM, only when configured."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from arena.models import Turn
from arena.tests import factories
from bench import provider
from datasets_export.enrichment import enriching, second_opinion
from datasets_export.models import Analysis

pytestmark = pytest.mark.django_db
TEXTS = {"prompt": "Hier Zinedine a vu un film chez Ana, ana@petit-mail.fr.", "text_a": "Zinedine a de la chance !"}
ANSWER = {
    "personal": [
        {"text": "Zinedine", "kind": "name"},
        {"text": "absent", "kind": "name"},
        {"text": "Ana", "kind": "?"},
    ],
    "topics": ["Entertainment & Travel & Hobby", "Made up"],
    "keywords": ["cinéma", "Zinedine", "ana@petit-mail.fr", "x" * 81, 3],
    "summary": "Zinedine voit un film ; écrire à ana@petit-mail.fr.",
}


@contextmanager
def model(said):
    """A server that answers every chat with these words, streamed; gives its settings and the bodies it received."""
    bodies = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
            for delta, reason in (({"role": "assistant", "content": said}, None), ({}, "stop")):
                choices = [{"index": 0, "delta": delta, "finish_reason": reason}]
                self.wfile.write(f"data: {json.dumps(head | {'choices': choices})}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", bodies
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def turn():
    return factories.turn(factories.comparison(), prompt=TEXTS["prompt"], text=TEXTS["text_a"])


def use(settings, url, name="reader"):
    settings.ANALYSIS_MODEL, settings.ANALYSIS_BASE_URL, settings.ANALYSIS_API_KEY = f"openai/{name}", url, "key"


def test_no_conversation_leaves_the_machine_unless_a_model_is_configured(turn, settings):
    with model("{}") as (url, bodies):
        settings.ANALYSIS_BASE_URL = url
        enriching.run()
    assert bodies == []
    assert turn.analysis.method == "rules/1"


def test_it_adds_what_it_found_for_a_person_to_judge_and_takes_nothing_away(turn, settings):
    with model(f"Here it is:\n```json\n{json.dumps(ANSWER)}\n```") as (url, bodies):
        use(settings, url)
        enriching.run()
    assert len(bodies) == 1
    assert json.loads(bodies[0]["messages"][1]["content"])["prompt"] == TEXTS["prompt"]
    analysis = Analysis.objects.get()
    spans = {(span.field, span.start, span.kind, span.source, span.is_certain) for span in analysis.spans.all()}
    assert spans == {
        ("prompt", 5, "name", "echo", False),
        ("prompt", 37, "email", "email", True),
        ("text_a", 0, "name", "echo", False),
        ("text_b", 0, "name", "echo", False),
    }
    assert (analysis.review, analysis.method, analysis.error_code) == ("waiting", "rules/1 + openai/reader", "")
    assert analysis.keywords == ["cinéma"]
    assert analysis.summary == "[name] voit un film ; écrire à [e-mail]."
    assert (Turn.objects.get().topics, analysis.topics_source) == (["Entertainment & Travel & Hobby"], "openai/reader")


@pytest.mark.parametrize("behaviour", ["rate-limited", "broken", "unauthorized", "cut", "empty"])
def test_its_failure_is_recorded_and_the_rules_go_on(turn, settings, caplog, behaviour):
    with provider.running() as running:
        use(settings, running.url, behaviour)
        enriching.run()
    analysis = Analysis.objects.get()
    assert analysis.status == "done"
    assert analysis.error_code
    assert analysis.method == "rules/1"
    assert list(analysis.spans.values_list("kind", flat=True)) == ["email"]
    assert "petit-mail" not in caplog.text
    assert provider.SECRET not in caplog.text


def test_a_turn_that_it_could_not_read_is_asked_again(turn, settings):
    with provider.running() as running:
        use(settings, running.url, "broken")
        enriching.run()
    with model(json.dumps(ANSWER)) as (url, _bodies):
        use(settings, url)
        assert enriching.run()["done"] == 0
        assert enriching.run(again=True)["done"] == 1
    assert Analysis.objects.get().error_code == ""


@pytest.mark.parametrize(
    "said",
    ["", "no", "[]", "{", "{" * 9000, '{"personal": 3, "topics": {}, "summary": []}', '{"personal": [1, {"text": 2}]}'],
)
def test_whatever_it_says_does_no_harm(said):
    opinion = second_opinion.checked(said, TEXTS)
    assert (opinion.told, opinion.topics, opinion.keywords, opinion.summary) == ([], [], [], "")
    assert opinion.error_code == ("" if said.startswith('{"') else "unreadable")
