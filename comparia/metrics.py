"""What Prometheus reads at /metrics, of this process and of what all processes share: docs/observability.md.

What is shared (jobs, their queue, endpoints and their ceilings) is the same wherever it is read: take the greatest.
"""

import asyncio
import hmac
import json
import time

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse, HttpResponseForbidden, HttpResponseNotFound
from django_redis import get_redis_connection
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from models_catalog import spending
from portals.caching import CACHE_AWAY

from . import jobs

REQUESTS = Counter("comparia_http_requests", "Requests by route.", ["route", "method", "status"])
REQUEST_SECONDS = Histogram(
    "comparia_http_request_seconds",
    "Time to answer a request, by route.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
LOOP_LAG = Histogram(
    "comparia_event_loop_lag_seconds",
    "How late the event loop is, looked at twice a second.",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
LOOK_SECONDS = 0.5
POOL = {
    "pool_size": "connections",
    "pool_available": "idle",
    "pool_max": "most",
    "requests_waiting": "waiting",
}

_watch = None


def metrics(request):
    """For who holds METRICS_TOKEN; without one, for nobody but a local machine."""
    token = settings.METRICS_TOKEN
    if not token and not settings.LOCAL:
        return HttpResponseNotFound()
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not hmac.compare_digest(shown.encode(), token.encode()):
        return HttpResponseForbidden()
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def watch_loop():
    """Look at the running event loop from now on, for as long as it lives."""
    global _watch
    _watch = asyncio.get_running_loop().create_task(_watch_loop())


async def _watch_loop():
    while True:
        before = time.perf_counter()
        await asyncio.sleep(LOOK_SECONDS)
        LOOP_LAG.observe(max(time.perf_counter() - before - LOOK_SECONDS, 0))


class Shared:
    """Read when Prometheus asks. What cannot be read then is left out, and `comparia_up` of it is 0."""

    def describe(self):
        return []

    def collect(self):
        up = GaugeMetricFamily("comparia_up", "Whether a service answered this reading.", labels=["service"])
        for service, read, away in (("database", of_database, DatabaseError), ("redis", of_redis, CACHE_AWAY)):
            try:
                families = list(read())
            except away:
                families = []
            up.add_metric([service], bool(families))
            yield from families
        yield up


def of_database():
    pool = connection.pool.get_stats() if connection.pool else {}
    connections = GaugeMetricFamily(
        "comparia_database_pool", "The pool of connections of this process.", labels=["state"]
    )
    for name, state in POOL.items():
        connections.add_metric([state], pool.get(name, 0))
    yield connections
    labels = ["model", "provider", "endpoint"]
    spent = GaugeMetricFamily("comparia_endpoint_spent_dollars", "Spent or reserved today.", labels=labels)
    ceiling = GaugeMetricFamily("comparia_endpoint_ceiling_dollars", "The most of a day.", labels=labels)
    for endpoint, dollars in spending.with_ceiling():
        values = [endpoint.model.slug, endpoint.provider, str(endpoint.pk)]
        spent.add_metric(values, float(dollars))
        ceiling.add_metric(values, float(endpoint.daily_ceiling))
    yield from (spent, ceiling)


def of_redis():
    redis = get_redis_connection("default")
    waiting, oldest = redis.pipeline(transaction=False).llen(jobs.QUEUE).lindex(jobs.QUEUE, -1).execute()
    yield GaugeMetricFamily("comparia_queue_length", "Jobs that wait.", value=waiting)
    yield GaugeMetricFamily("comparia_queue_age_seconds", "How long the oldest job has waited.", value=age_of(oldest))
    done = CounterMetricFamily("comparia_jobs", "Jobs done.", labels=["task", "outcome"])
    seconds = CounterMetricFamily("comparia_job_seconds", "Time that jobs took.", labels=["task"])
    last = GaugeMetricFamily("comparia_job_last_success_timestamp_seconds", "When it last succeeded.", labels=["task"])
    families = {"done": done, "seconds": seconds, "last": last}
    for field, value in redis.hgetall(jobs.FIGURES).items():
        what, *labels = field.decode().split("|")
        families[what].add_metric(labels, float(value))
    yield from families.values()


def age_of(message):
    """Seconds since a job was put in the queue; 0 where none waits."""
    if message is None:
        return 0
    return max(time.time() - json.loads(message)["headers"].get(jobs.QUEUED_AT, time.time()), 0)


REGISTRY.register(Shared())
