"""How many questions may come from a visitor, an address and a class room; how many wrong codes. No address is kept: a
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
WRONG_ROOMS_PER_HOUR = 500  # a whole school types them behind one address; there are 512,000 codes
ROOMS_PER_HOUR = 20  # opened by one browser
ROOMS_OF_AN_ADDRESS_PER_HOUR = 300


def address_of(request):
    """The client's address. Of X-Forwarded-For only the hops that our own proxies wrote are true: the last ones."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return request.META.get("REMOTE_ADDR", "")


def charge(request, room_id=None):
    """Count one question, asked in this class room if any; the seconds to wait if that is one too many, else 0.

    Without a cache nobody is refused.
    """
    of_room = {f"room:{room_id}": settings.ARENA_ROOM_PROMPTS_PER_HOUR} if room_id else {}
    return _count(
        {
            f"visitor:{request.visitor_key}": settings.ARENA_VISITOR_PROMPTS_PER_HOUR,
            f"address:{address_of(request)}": settings.ARENA_ADDRESS_PROMPTS_PER_HOUR,
        }
        | of_room
    )


def wrong_receipts(request, more=0):
    """Count so many more codes that are nobody's receipt; the seconds to wait before trying another, else 0."""
    return _count({f"receipts:{address_of(request)}": WRONG_RECEIPTS_PER_HOUR}, more)


def wrong_rooms(request, more=0):
    """Count so many more codes that are no room's; the seconds to wait before another may be tried, else 0."""
    return _count({f"wrong-rooms:{address_of(request)}": WRONG_ROOMS_PER_HOUR}, more)


def opened_room(request):
    """Count one room opened; the seconds to wait if that is one too many, else 0."""
    return _count(
        {
            f"rooms:{request.visitor_key}": ROOMS_PER_HOUR,
            f"rooms-of:{address_of(request)}": ROOMS_OF_AN_ADDRESS_PER_HOUR,
        }
    )


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
