"""Two caches: Redis, whose absence stops nothing, and the process's own, for what hardly changes."""

from django.core.cache import caches
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

CACHE_AWAY = (RedisError, ConnectionInterrupted)
"""What Redis raises when it is away, for those who go on without."""


def kept(key, compute):
    """What every page needs and hardly changes: computed once, then kept by this process for some seconds.

    `compute` gives something that can be pickled; None is not kept. PROCESS_CACHE_SECONDS says for how long.
    """
    found = caches["process"].get(key)
    if found is None:
        found = compute()
        if found is not None:
            caches["process"].set(key, found)
    return found
