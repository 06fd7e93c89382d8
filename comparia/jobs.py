"""Each job is timed, counted and written down. The figures are in Redis, where every web process reads them for
/metrics: a worker then needs no port, and its children may come and go."""

import logging
import time

from celery import signals
from django_redis import get_redis_connection

from portals import tracing
from portals.caching import CACHE_AWAY

from . import logs, traces

log = logging.getLogger(__name__)
QUEUE = "celery"
FIGURES = "jobs"
"""A hash: done|<task>|<outcome>, seconds|<task>, last|<task>."""
QUEUED_AT = "queued_at"

_running = {}


@signals.before_task_publish.connect
def stamp(headers, **_rest):
    headers[QUEUED_AT] = time.time()


@signals.task_prerun.connect
def begin(task_id, task, **_rest):
    traces.start()
    logs.request_id.set(task_id)
    span = tracing.begin(task.name, "consumer", {"messaging.system": "redis", "messaging.destination.name": QUEUE})
    _running[task_id] = time.perf_counter(), span


@signals.task_failure.connect
def fail(task_id, exception, **_rest):
    if task_id in _running:
        _running[task_id][1].fail(type(exception).__name__)


@signals.task_postrun.connect
def end(task_id, task, state, **_rest):
    started, span = _running.pop(task_id, (time.perf_counter(), tracing.NONE))
    span.end()
    seconds, outcome = time.perf_counter() - started, (state or "unknown").lower()
    log.info("job", extra={"task": task.name, "outcome": outcome, "seconds": round(seconds, 3)})
    pipeline = get_redis_connection("default").pipeline(transaction=False)
    pipeline.hincrby(FIGURES, f"done|{task.name}|{outcome}", 1)
    pipeline.hincrbyfloat(FIGURES, f"seconds|{task.name}", seconds)
    if outcome == "success":
        pipeline.hset(FIGURES, f"last|{task.name}", time.time())
    try:
        pipeline.execute()
    except CACHE_AWAY as error:
        log.warning("job not counted: %s", type(error).__name__)
    logs.request_id.set("")
