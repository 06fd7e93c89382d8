"""What Sentry is told of an error. An event is not cleaned but made anew, from what may be told: a field that a later
version of the library adds is not in it. Of an exception, its class and the places of the code that it went through;
never its message, nor variables, requests, addresses, cookies, arguments of jobs or what led to it."""

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from .logs import OURS, request_id

EVENT = ("event_id", "timestamp", "level", "platform", "release", "environment", "server_name", "modules", "sdk")
FRAME = ("filename", "abs_path", "function", "module", "lineno", "in_app")
TRACE = ("trace_id", "span_id", "parent_span_id")


def start(dsn, **options):
    """Send events there from now on. No performance traces: those go over OTLP (comparia/traces.py)."""
    sentry_sdk.init(
        dsn,
        default_integrations=True,
        auto_enabling_integrations=False,
        integrations=[DjangoIntegration(signals_spans=False), CeleryIntegration(), LoggingIntegration()],
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_breadcrumb=lambda crumb, hint: None,
        before_send=told,
        before_send_transaction=lambda event, hint: None,
        auto_session_tracking=False,
        send_client_reports=False,
        traces_sample_rate=None,
        **options,
    )


def told(event, _hint):
    """The event that is sent in place of the one that was gathered."""
    found = {name: event[name] for name in EVENT if name in event}
    name = event.get("logger") or ""
    contexts = event.get("contexts") or {}
    found |= {
        "logger": name,
        "tags": {"request_id": request_id.get()} if request_id.get() else {},
        "contexts": {
            "runtime": contexts.get("runtime", {}),
            "trace": {key: value for key, value in contexts.get("trace", {}).items() if key in TRACE},
        },
    }
    if event.get("transaction_info", {}).get("source") in ("route", "component", "task"):
        found["transaction"] = event.get("transaction")
    if "exception" in event:
        found["exception"] = {"values": [told_of(value) for value in event["exception"].get("values") or ()]}
    elif event.get("logentry") and name.startswith(OURS):
        found["logentry"] = {"message": event["logentry"].get("message")}  # the template, without what filled it in
    elif name:
        found["logentry"] = {"message": f"an error told by {name}"}
    return found


def told_of(value):
    """An exception: its class and frames."""
    mechanism = value.get("mechanism") or {}
    frames = (value.get("stacktrace") or {}).get("frames") or ()
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "mechanism": {key: mechanism[key] for key in ("type", "handled") if key in mechanism},
        "stacktrace": {"frames": [{key: frame[key] for key in FRAME if key in frame} for frame in frames]},
    }
