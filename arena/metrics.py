"""What is counted of the arena, for Prometheus: docs/observability.md. Labels are of the catalogue and of the code, so
that there are only so many of them, and none tells of a visitor or of a text."""

from prometheus_client import Counter, Gauge, Histogram

from .live import ANSWERS

SECONDS = (0.05, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2.5, 4, 6, 10, 20, 60)

ANSWERED = Counter("comparia_answers", "Answers that ended, and how.", ["model", "outcome", "code"])
CALLED = Counter("comparia_provider_calls", "Calls of providers, and what they gave.", ["model", "provider", "code"])
FIRST_TOKEN = Histogram(
    "comparia_first_token_seconds", "From the call of a provider to its first token.", ["model"], buckets=SECONDS
)
DURATION = Histogram(
    "comparia_answer_seconds", "From the call of a provider to the end.", buckets=(1, 2, 4, 8, 15, 30, 60, 120, 300)
)
TOKENS = Counter("comparia_tokens", "Tokens that models read and wrote.", ["model", "direction"])
DOLLARS = Counter("comparia_cost_dollars", "What answers cost, at the prices of the catalogue.", ["model"])
DRAWN = Counter("comparia_draws", "Comparisons begun.", ["portal", "mode"])
VOTED = Counter("comparia_votes", "First votes on a turn.", ["portal", "choice"])
DRAFTED = Counter("comparia_drafts", "Writings of drafts to Redis, one for each answer and second.", ["outcome"])
REFUSED = Counter("comparia_questions_refused", "Questions that met a limit.", ["reason"])
SOCKETS = Gauge("comparia_sockets_open", "Sockets open in this process.")
WRITING = Gauge("comparia_answers_being_written", "Answers that this process is writing.")
WRITING.set_function(lambda: len(ANSWERS))


def called(claim, code):
    """A call of a provider ended; `code` of its failure, if it failed."""
    endpoint = claim.endpoint
    CALLED.labels(claim.model.slug, endpoint.provider if endpoint else "none", code or "none").inc()


def answered(live, status, code, spent):
    """An answer is saved; `spent` is what it cost, a spending.Spent."""
    model = live.claim.model.slug
    ANSWERED.labels(model, status, code or "none").inc()
    DURATION.observe(live.seconds)
    if live.first_token_ms is not None:
        FIRST_TOKEN.labels(model).observe(live.first_token_ms / 1000)
    TOKENS.labels(model, "input").inc(spent.input_tokens)
    TOKENS.labels(model, "output").inc(spent.output_tokens)
    DOLLARS.labels(model).inc(float(spent.dollars))
