"""Traces, for whoever runs an OpenTelemetry collector: docs/observability.md. Off, this costs one comparison, and
imports nothing. Pure: what is traced, and where it goes, is said by those who call."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_tracer: Any = None
records_text = False
"""Whether questions and answers are in traces too."""


def use(tracer: Any, text: bool = False) -> None:
    """From now on, spans are made by this tracer; None: none are."""
    global _tracer, records_text
    _tracer, records_text = tracer, text


def is_on() -> bool:
    return _tracer is not None


class Span:
    """One thing that takes time. `tell` names it anew, and says of it what can be known only afterwards."""

    def __init__(self, span: Any = None) -> None:
        self.span = span

    def tell(self, name: str = "", attributes: Mapping[str, Any] | None = None) -> None:
        if self.span is not None:
            if name:
                self.span.update_name(name)
            self.span.set_attributes({key: value for key, value in (attributes or {}).items() if value is not None})

    def fail(self, code: str) -> None:
        """It failed; of the error, only a code of ours or a class is told."""
        if self.span is not None:
            from opentelemetry.trace import StatusCode

            self.span.set_attribute("error.type", code)
            self.span.set_status(StatusCode.ERROR)

    def end(self) -> None:
        if self.span is not None:
            self.span.end()


NONE = Span()


def begin(name: str, kind: str = "internal", attributes: Mapping[str, Any] | None = None) -> Span:
    """A Span that the caller ends; what is begun meanwhile does not belong to it."""
    if _tracer is None:
        return NONE
    from opentelemetry.trace import SpanKind

    found = Span(_tracer.start_span(name, kind=SpanKind[kind.upper()], start_time=time.time_ns()))
    found.tell(attributes=attributes)
    return found


@contextmanager
def span(name: str, kind: str = "server", attributes: Mapping[str, Any] | None = None) -> Iterator[Span]:
    """A Span for as long as the block lasts."""
    found = begin(name, kind, attributes)
    try:
        yield found
    except Exception as error:
        found.fail(type(error).__name__)
        raise
    finally:
        found.end()
