"""Who a visitor is: the random value of a first-party cookie, and nothing else."""

import re
import secrets
from functools import wraps

from django.conf import settings

THIRTEEN_MONTHS = 60 * 60 * 24 * 395
KEY = re.compile(r"[A-Za-z0-9_-]{32}\Z")


def key_in(cookies):
    """The visitor's key, or None when the cookie is missing or was not made here."""
    key = cookies.get(settings.VISITOR_COOKIE, "")
    return key if KEY.match(key) else None


def recognised(view):
    """Give the view `request.visitor_key`. A page that opens on a form of the arena leaves the cookie."""

    @wraps(view)
    def with_visitor(request, *args, **kwargs):
        known = key_in(request.COOKIES)
        request.visitor_key = known or secrets.token_urlsafe(24)
        response = view(request, *args, **kwargs)
        if known is None:
            response.set_cookie(
                settings.VISITOR_COOKIE,
                request.visitor_key,
                max_age=THIRTEEN_MONTHS,
                httponly=True,
                secure=request.is_secure(),
                samesite="Lax",
            )
        return response

    return with_visitor
