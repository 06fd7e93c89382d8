"""Pages are counted as they are sent, in the cache; each minute the counts go to the database. docs/audience.md.

Nothing of whoever reads is looked at, but whether their browser says that it is a robot, and from which well-known
site they come. Neither is kept with anything that could tell two visitors apart.
"""

import json
import logging
import re
import uuid
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import transaction
from django.utils import timezone
from django_redis import get_redis_connection

from .audience import KEPT_DAYS
from .caching import CACHE_AWAY
from .models import PageCount, Portal

log = logging.getLogger(__name__)
COUNTS = "audience"
"""In Redis: a hash of JSON keys; those being kept are under names that begin with it."""

ROBOTS = re.compile(r"bot|crawl|spider|slurp|preview|monitor|headless|scan|fetch|curl|wget|python|http-client|^$", re.I)
WELL_KNOWN = (
    *("google", "bing", "duckduckgo", "qwant", "ecosia", "wikipedia", "linkedin", "facebook", "reddit", "youtube"),
    *("huggingface", "github", "mistral", "openai", "perplexity", "lemonde", "franceinfo", "gouv"),
)
"""Other sites that send visitors are "other": a rare one could tell who came."""


class AudienceMiddleware:
    """The last of all, so that the route of the page is known."""

    def __init__(self, get_response):
        if not settings.AUDIENCE:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if is_page(request, response):
            count(request)
        return response


def is_page(request, response):
    """A whole page that a person opened: no fragment, no file, no page of the admin, no error, no robot."""
    return (
        request.method == "GET"
        and response.status_code == 200
        and not response.streaming
        and response.get("Content-Type", "").startswith("text/html")
        and not request.path.startswith(f"/{settings.ADMIN_PATH}")
        and not request.headers.get("HX-Request")
        and "prefetch" not in request.headers.get("Sec-Purpose", "")
        and not ROBOTS.search(request.headers.get("User-Agent", ""))
    )


def count(request):
    """One more. Without the cache it is not counted: a page is never late nor lost for it."""
    page = request.resolver_match.url_name or ""
    came = referrer(request.headers.get("Referer", ""), request.get_host())
    key = json.dumps([timezone.localdate().isoformat(), request.portal.pk, page, request.LANGUAGE_CODE, came])
    try:
        get_redis_connection("default").hincrby(COUNTS, key, 1)
    except CACHE_AWAY as error:
        log.warning("page not counted: %s", type(error).__name__)


def referrer(address, host):
    """ "" from nowhere or from the site itself, the name of a well-known site, else "other"."""
    try:
        came = urlsplit(address).hostname or ""
    except ValueError:
        came = ""
    if not came or came == urlsplit(f"//{host}").hostname:
        return ""
    labels = came.split(".")
    return next((name for name in WELL_KNOWN if name in labels), "other")


def keep():
    """Move what was counted to the database, and drop what is too old: (views kept, rows dropped).

    Counts are set aside under a name of their own first, so that pages read meanwhile go to the next minute; a process
    that dies leaves them there, and the next one takes them up.
    """
    redis = get_redis_connection("default")
    if redis.exists(COUNTS):
        redis.rename(COUNTS, f"{COUNTS}:{uuid.uuid4()}")
    views = 0
    for aside in sorted(redis.scan_iter(f"{COUNTS}:*")):
        counts = {tuple(json.loads(key)): int(number) for key, number in redis.hgetall(aside).items()}
        portals = set(Portal.objects.values_list("pk", flat=True))
        counts = {key: number for key, number in counts.items() if key[1] in portals}
        with transaction.atomic():
            PageCount.objects.add(counts)
            redis.delete(aside)  # within: a count that cannot be taken away is not kept either
        views += sum(counts.values())
    too_old = timezone.localdate() - timedelta(days=KEPT_DAYS)
    dropped, _by_model = PageCount.objects.filter(day__lt=too_old).delete()
    return views, dropped


def waiting():
    """How many views were counted and are not in the database yet."""
    redis = get_redis_connection("default")
    asides = [COUNTS, *redis.scan_iter(f"{COUNTS}:*")]
    return sum(int(number) for aside in asides for number in redis.hvals(aside))
