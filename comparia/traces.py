"""Traces over OTLP, where OTEL_EXPORTER_OTLP_ENDPOINT says; nothing of OpenTelemetry is imported otherwise.

The other variables of OpenTelemetry are read by its own library: headers, service name, share of traces that are kept.
"""

import os

from portals import tracing


def start():
    """Make and send spans from now on, if the environment asks for it. Once a process, after a fork."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or tracing.is_on():
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    os.environ.setdefault("OTEL_SERVICE_NAME", "comparia")
    provider = TracerProvider(resource=Resource.create())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    wants_text = os.environ.get("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "").lower() == "true"
    tracing.use(provider.get_tracer("comparia"), wants_text)
