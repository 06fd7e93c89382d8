"""What is written of an answer so far, in Redis: for observers in other processes, and for the day a process is killed.

Each append sends only what is new, so that a long answer costs what its length does. Also here: when a page last
followed a comparison, since the same beat reads it.
"""

import time

from django.core.cache import cache
from django_redis import get_redis_connection

KEPT_SECONDS = 6 * 3600
SEEN_SECONDS = 600


def append(additions):
    """Add to drafts: `additions` maps an answer's id to its (new text, new reasoning), either may be empty."""
    pipeline = get_redis_connection("default").pipeline(transaction=False)
    for answer_id, parts in additions.items():
        for part, key in zip(parts, _keys(answer_id), strict=True):
            if part:
                pipeline.append(key, part.encode())
                pipeline.expire(key, KEPT_SECONDS)
    pipeline.execute()


def read(answer_id):
    """The (text, reasoning) kept so far; empty when there is no draft."""
    found = get_redis_connection("default").mget(_keys(answer_id))
    return tuple((part or b"").decode(errors="ignore") for part in found)


def delete(answer_id):
    get_redis_connection("default").delete(*_keys(answer_id))


def mark_seen(comparison_id):
    """A page follows this comparison now."""
    cache.set(f"seen:{comparison_id}", time.time(), SEEN_SECONDS)


def last_seen(comparison_ids):
    """When a page last followed each of these, as {id: seconds since the epoch}; unknown ones are absent."""
    keys = {f"seen:{comparison_id}": comparison_id for comparison_id in comparison_ids}
    return {keys[key]: moment for key, moment in cache.get_many(keys).items()}


def _keys(answer_id):
    return [f"draft:{answer_id}:text", f"draft:{answer_id}:reasoning"]
