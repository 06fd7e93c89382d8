"""The door on its own host, and sessions that end."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404

from portals.models import host_of

from .models import Event
from .recording import record


class DoorMiddleware:
    """Where ADMIN_HOST names a host, the admin is nowhere else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if (
            settings.ADMIN_HOST
            and request.path.startswith(f"/{settings.ADMIN_PATH}")
            and host_of(request.get_host()) != settings.ADMIN_HOST
        ):
            raise Http404
        return self.get_response(request)


class ExpiryMiddleware:
    """A session ends when it was not used for a while, and some hours after it began whatever happened."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self.look_at(request)
        return self.get_response(request)

    def look_at(self, request):
        session, now = request.session, int(time.time())
        began, seen = session.get("entered", 0), session.get("seen", 0)
        if now - began > settings.STAFF_SESSION_SECONDS or now - seen > settings.STAFF_IDLE_SECONDS:
            record(Event.Kind.EXPIRED, request.user)
            logout(request)
        elif now - seen >= 60:
            session["seen"] = now
