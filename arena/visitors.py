"""Who a visitor is: the random value of a first-party cookie, and nothing else; and the cohorts they came with."""

import re
import secrets
from functools import wraps

from django.conf import settings

THIRTEEN_MONTHS = 60 * 60 * 24 * 395
KEY = re.compile(r"[A-Za-z0-9_-]{32}\Z")
COHORT = re.compile(r"[A-Za-z0-9_-]{1,40}\Z")
COHORTS_COOKIE = f"{settings.COOKIE_PREFIX}cohorts"
FORMER_COOKIE = "visitor"
"""Its name before the prefix: read, so that nobody loses their conversations, and renewed."""
MOST_COHORTS = 3


def key_in(cookies):
    """The visitor's key, or None when the cookie is missing or was not made here."""
    key = cookies.get(settings.VISITOR_COOKIE) or cookies.get(FORMER_COOKIE, "")
    return key if KEY.match(key) else None


def cohorts_of(request):
    """Those that the browser came with, and those of the address (`?c=`): what they ask is never published, and no
    later link takes that back."""
    named = [*request.COOKIES.get(COHORTS_COOKIE, "").split(), *request.GET.getlist("c")]
    return sorted(dict.fromkeys(cohort for cohort in named if COHORT.match(cohort)))[:MOST_COHORTS]


def recognised(view):
    """Give the view `request.visitor_key` and `request.cohorts`. A page of the arena leaves their cookies."""

    @wraps(view)
    def with_visitor(request, *args, **kwargs):
        known = key_in(request.COOKIES)
        request.visitor_key = known or secrets.token_urlsafe(24)
        request.cohorts = cohorts_of(request)
        response = view(request, *args, **kwargs)
        private = {"httponly": True, "secure": is_secure(request), "samesite": "Lax"}
        if known is None or settings.VISITOR_COOKIE not in request.COOKIES:
            response.set_cookie(settings.VISITOR_COOKIE, request.visitor_key, max_age=THIRTEEN_MONTHS, **private)
        if request.cohorts and "c" in request.GET:  # until the browser closes
            response.set_cookie(COHORTS_COOKIE, " ".join(request.cohorts), **private)
        return response

    return with_visitor


def is_secure(request):
    """Whether a cookie is for https alone: always in production, whose names of cookies want it."""
    return bool(settings.COOKIE_PREFIX) or request.is_secure()
