"""How many questions may come from a visitor, and from an address; how many wrong receipts. No address is kept: a
keyed hash, for an hour.

A school shares one address: that limit is high, and the visitor's does the work.
"""

import hashlib
import hmac
import logging
import time

from django.conf import settings
from django_redis import get_redis_connection

from portals.caching import CACHE_AWAY

log = logging.getLogger(__name__)
WINDOW_SECONDS = 3600
WRONG_RECEIPTS_PER_HOUR = 60  # a class that types its codes makes mistakes; who guesses needs 10²⁹ of them


def address_of(request):
    """The client's address. Of X-Forwarded-For only the hops that our own proxies wrote are true: the last ones."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return request.META.get("REMOTE_ADDR", "")


def charge(request):
    """Count one question; the seconds to wait if that is one too many, else 0. Without a cache nobody is refused."""
    return _count(
        {
            f"visitor:{request.visitor_key}": settings.ARENA_VISITOR_PROMPTS_PER_HOUR,
            f"address:{address_of(request)}": settings.ARENA_ADDRESS_PROMPTS_PER_HOUR,
        }
    )


def wrong_receipts(request, more=0):
    """Count so many more codes that are nobody's receipt; the seconds to wait before trying another, else 0."""
    return _count({f"receipts:{address_of(request)}": WRONG_RECEIPTS_PER_HOUR}, more)


def _count(allowed, more=1):
    """Add to each of these counters; the seconds until they begin again if one is over its limit, else 0."""
    window, elapsed = divmod(int(time.time()), WINDOW_SECONDS)
    try:
        pipeline = get_redis_connection("default").pipeline(transaction=False)
        for name in allowed:
            key = _key(name, window)
            pipeline.incrby(key, more)
            pipeline.expire(key, WINDOW_SECONDS)
        counts = pipeline.execute()[::2]
    except CACHE_AWAY as error:
        log.warning("limits not applied: %s", type(error).__name__)
        return 0
    is_over = any(count > limit for count, limit in zip(counts, allowed.values(), strict=True))
    return WINDOW_SECONDS - elapsed if is_over else 0


def _key(name, window):
    """Says nothing of the visitor nor of the address to who lacks the site's secret."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{window}:{name}".encode(), hashlib.sha256)
    return f"limit:{digest.hexdigest()}"
