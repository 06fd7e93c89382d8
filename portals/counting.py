"""The exact number of votes of a portal, while visitors go on voting."""

import logging

from django.core.cache import cache

from .caching import CACHE_AWAY
from .models import Portal

log = logging.getLogger(__name__)


def recount(portal, count):
    """Keep what `count()` finds in the database, and take off the counter what it held before; the exact number.

    A vote is committed before it is added to the counter. What the counter held is therefore in the count, and a vote
    cast meanwhile is never lost: at worst it counts twice, until the next time.
    """
    held = _held(portal)
    exact = count()
    Portal.objects.filter(pk=portal.pk).update(vote_count=exact)
    if held:
        try:
            cache.decr(portal.votes_key, held)
        except ValueError:  # the cache forgot the counter meanwhile
            pass
        except CACHE_AWAY as error:
            log.warning("counter of votes not reset: %s", type(error).__name__)
    return exact


def _held(portal):
    try:
        return cache.get(portal.votes_key) or 0
    except CACHE_AWAY:
        return 0
