"""Each request is given a name, timed, counted and written down: its route, never its address."""

import logging
import re
import time
import uuid

from django.conf import settings

from portals import tracing

from . import metrics
from .logs import request_id

log = logging.getLogger("comparia.requests")
IDENTIFIER = re.compile(r"[0-9a-fA-F-]{16,64}")
"""Too narrow for anything but an identifier."""
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
SILENT = {"healthz", "readyz", "metrics"}
"""Asked every few seconds by machines: counted, not written down."""


class WatchMiddleware:
    """The first of those that answer pages."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started = time.perf_counter()
        identifier = identifier_of(request)
        request_id.set(identifier)
        method = request.method if request.method in METHODS else "other"
        with tracing.span(method) as span:
            response = self.get_response(request)
            route = route_of(request)
            span.tell(f"{method} {route}", {"http.route": route, "http.response.status_code": response.status_code})
        seconds = time.perf_counter() - started
        metrics.REQUESTS.labels(route, method, response.status_code).inc()
        metrics.REQUEST_SECONDS.labels(route).observe(seconds)
        response["X-Request-Id"] = identifier
        if route not in SILENT:
            log.info(
                "request",
                extra={
                    "method": method,
                    "route": route,
                    "status": response.status_code,
                    "ms": round(seconds * 1000, 1),
                    "portal": getattr(getattr(request, "portal", None), "code", ""),
                },
            )
        return response


def identifier_of(request):
    """What our proxy named the request, else a name of our own."""
    named = request.headers.get("X-Request-Id", "") if settings.TRUSTED_PROXIES else ""
    return named if IDENTIFIER.fullmatch(named) else uuid.uuid4().hex


def route_of(request):
    """The name of the route, of which there are as many as in the code; "unknown" for an address that is none."""
    match = request.resolver_match
    return (match.view_name or "unnamed") if match else "unknown"
