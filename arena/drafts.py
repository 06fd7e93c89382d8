"""What is written so far under each claim, in Redis: for observers elsewhere, and for the day a process is killed.

Each writing sends only what is new, so that a long answer costs what its length does. Also here: when a page last
followed a comparison, since the same beat reads it.
"""

import time

from django.core.cache import cache
from django_redis import get_redis_connection

KEPT_SECONDS = 6 * 3600
SEEN_SECONDS = 600


def write(additions):
    """Add to drafts. `additions` maps a claim's token to two pieces, of the text and of the reasoning, each
    (offset, bytes): written at its place, a piece that is sent twice does no harm."""
    pipeline = get_redis_connection("default").pipeline(transaction=False)
    for token, pieces in additions.items():
        for (offset, piece), key in zip(pieces, _keys(token), strict=True):
            if piece:
                pipeline.setrange(key, offset, piece)
                pipeline.expire(key, KEPT_SECONDS)
    pipeline.execute()


def read(token):
    """The (text, reasoning) kept so far; empty when there is no draft.

    Where a piece is missing, since the server lost its memory, Redis holds NULs, which no answer does: what comes after
    is left out rather than shown as if it followed.
    """
    found = get_redis_connection("default").mget(_keys(token))
    return tuple((part or b"").partition(b"\0")[0].decode(errors="ignore") for part in found)


def delete(tokens):
    if tokens:
        get_redis_connection("default").delete(*(key for token in tokens for key in _keys(token)))


def mark_seen(comparison_id):
    """A page follows this comparison now."""
    cache.set(f"seen:{comparison_id}", time.time(), SEEN_SECONDS)


def last_seen(comparison_ids):
    """When a page last followed each of these, as {id: seconds since the epoch}; unknown ones are absent."""
    keys = {f"seen:{comparison_id}": comparison_id for comparison_id in comparison_ids}
    return {keys[key]: moment for key, moment in cache.get_many(keys).items()}


def _keys(token):
    return [f"draft:{token}:text", f"draft:{token}:reasoning"]
