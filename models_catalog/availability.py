"""Which endpoints answer: a circuit breaker for each, in Redis, fed by those who call them.

An endpoint that fails several times in a row is *open*: it is not called for a while, that doubles each time. Then one
call is let through, the trial: if it is answered all is forgotten, else the endpoint is open again. Without Redis every
endpoint counts as well. Each process reads which are open once a second at most, so that asking costs nothing.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django_redis import get_redis_connection

from portals.caching import CACHE_AWAY

FAILURES_TO_OPEN = 3
FIRST_PAUSE_SECONDS = 30
LONGEST_PAUSE_SECONDS = 30 * 60
TRIAL_SECONDS = 60
"""A trial that says nothing of the endpoint (a killed process, a visitor who left) leaves its place to another."""
COPY_SECONDS = 1
KEPT_SECONDS = 24 * 3600
OPENED = "health:opened"
"""A sorted set: the endpoints that are open or wait for their trial, by the moment when they may be called again."""

_copy = (float("-inf"), {})


@dataclass(frozen=True, slots=True)
class State:
    """What is known of an endpoint: `failures` in a row, the code of the last, when it last failed and answered."""

    failures: int = 0
    opened_until: datetime | None = None
    code: str = ""
    failed_at: datetime | None = None
    answered_at: datetime | None = None

    @property
    def is_open(self):
        """Left out of the draw now."""
        return self.opened_until is not None and self.opened_until > datetime.now(UTC)

    @property
    def is_on_trial(self):
        """Its pause is over, and nothing has been answered yet."""
        return self.opened_until is not None and not self.is_open


def is_open(endpoint_id):
    """Whether an endpoint must be left alone now."""
    return _opened().get(endpoint_id, 0) > time.time()


def first_well(endpoints):
    """The first of these that may be called, None if there is none. Who is given one on trial must call it."""
    return next((endpoint for endpoint in endpoints if _may_call(endpoint.pk)), None)


def record(outcomes):
    """Take in what calls gave, oldest first, as (endpoint's id, code of the failure or "" for an answer).

    Raises one of CACHE_AWAY; nothing is lost by not trying again.
    """
    failing = {}
    now = time.time()
    pipeline = get_redis_connection("default").pipeline(transaction=False)
    for endpoint_id, (answered, failures, code) in _tallied(outcomes).items():
        key = _key(endpoint_id)
        if answered:
            pipeline.hset(key, mapping={"failures": 0, "pauses": 0, "answered_at": now})
            pipeline.zrem(OPENED, endpoint_id)
            pipeline.delete(_trial(endpoint_id))
        if failures:
            pipeline.hincrby(key, "failures", failures)
            pipeline.hset(key, mapping={"code": code, "failed_at": now})
            failing[endpoint_id] = code
        pipeline.expire(key, KEPT_SECONDS)
    pipeline.execute()
    if failing:
        _open(failing, now)


def state_of(endpoint_ids):
    """{id: State} of each of these; nothing is known of any while Redis is away."""
    ids = list(endpoint_ids)
    if not ids:
        return {}
    pipeline = get_redis_connection("default").pipeline(transaction=False)
    for endpoint_id in ids:
        pipeline.hgetall(_key(endpoint_id))
        pipeline.zscore(OPENED, endpoint_id)
    try:
        found = pipeline.execute()
    except CACHE_AWAY:
        return {endpoint_id: State() for endpoint_id in ids}
    return {
        endpoint_id: _state(fields, opened_until)
        for endpoint_id, fields, opened_until in zip(ids, found[::2], found[1::2], strict=True)
    }


def _state(fields, opened_until):
    return State(
        failures=int(fields.get(b"failures", 0)),
        opened_until=_moment(opened_until),
        code=fields.get(b"code", b"").decode(),
        failed_at=_moment(fields.get(b"failed_at")),
        answered_at=_moment(fields.get(b"answered_at")),
    )


def _moment(seconds):
    return None if seconds is None else datetime.fromtimestamp(float(seconds), UTC)


def _tallied(outcomes):
    """{id: (whether it answered, failures since, code of the last)}."""
    tally = {}
    for endpoint_id, code in outcomes:
        answered, failures, _code = tally.get(endpoint_id, (False, 0, ""))
        tally[endpoint_id] = (answered, failures + 1, code) if code else (True, 0, "")
    return tally


def _open(failing, now):
    """Open those that failed too often. A call that began before the pause does not make it longer: a trial does."""
    redis = get_redis_connection("default")
    pipeline = redis.pipeline(transaction=False)
    for endpoint_id in failing:
        pipeline.hget(_key(endpoint_id), "failures")
        pipeline.zscore(OPENED, endpoint_id)
        pipeline.delete(_trial(endpoint_id))
    found = pipeline.execute()
    for endpoint_id, failures, until, was_tried in zip(failing, found[::3], found[1::3], found[2::3], strict=True):
        if int(failures or 0) >= FAILURES_TO_OPEN and (was_tried or (until or 0) <= now):
            pauses = redis.hincrby(_key(endpoint_id), "pauses", 1)
            pause = min(FIRST_PAUSE_SECONDS * 2 ** min(pauses - 1, 20), LONGEST_PAUSE_SECONDS)
            redis.zadd(OPENED, {endpoint_id: now + pause})
            redis.expire(OPENED, KEPT_SECONDS)


def _may_call(endpoint_id):
    until = _opened().get(endpoint_id)
    if until is None:
        return True
    return until <= time.time() and _wins_trial(endpoint_id)


def _wins_trial(endpoint_id):
    """Whether this caller is the one: the others see the endpoint open for as long as the trial may last."""
    redis = get_redis_connection("default")
    until = time.time() + TRIAL_SECONDS
    try:
        if not redis.set(_trial(endpoint_id), 1, nx=True, ex=TRIAL_SECONDS):
            return False
        redis.zadd(OPENED, {endpoint_id: until}, xx=True)
    except CACHE_AWAY:
        return True
    _copy[1][endpoint_id] = until
    return True


def _opened():
    """{id: until when}, as it was a second ago at most. One thread reads anew, the others do not wait for it."""
    global _copy
    read_at, opened = _copy
    if time.monotonic() - read_at > COPY_SECONDS:
        _copy = (time.monotonic(), opened)
        try:
            found = get_redis_connection("default").zrange(OPENED, 0, -1, withscores=True)
        except CACHE_AWAY:
            found = []
        opened = {int(endpoint_id): until for endpoint_id, until in found}
        _copy = (time.monotonic(), opened)
    return opened


def _key(endpoint_id):
    return f"health:endpoint:{endpoint_id}"


def _trial(endpoint_id):
    return f"health:trial:{endpoint_id}"
