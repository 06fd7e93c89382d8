"""How many questions may come from a visitor, and from an address. No address is kept: a keyed hash, for an hour.

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


def address_of(request):
    """The client's address. Of X-Forwarded-For only the hops that our own proxies wrote are true: the last ones."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return request.META.get("REMOTE_ADDR", "")


def charge(request):
    """Count one question; the seconds to wait if that is one too many, else 0. Without a cache nobody is refused."""
    allowed = {
        f"visitor:{request.visitor_key}": settings.ARENA_VISITOR_PROMPTS_PER_HOUR,
        f"address:{address_of(request)}": settings.ARENA_ADDRESS_PROMPTS_PER_HOUR,
    }
    window, elapsed = divmod(int(time.time()), WINDOW_SECONDS)
    try:
        pipeline = get_redis_connection("default").pipeline(transaction=False)
        for name in allowed:
            key = _key(name, window)
            pipeline.incr(key)
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
