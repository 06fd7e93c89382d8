"""Writing the journal: what Django and the lockout tell of, and what views say themselves."""

import time

from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from .models import Event


def record(kind, user=None, about=""):
    known = user if user is not None and user.is_authenticated else None
    Event.objects.create(kind=kind, user=known, who=known.get_username() if known else "", about=about[:200])


def listen():
    user_logged_in.connect(entered)
    user_logged_out.connect(left)
    user_login_failed.connect(failed)
    user_locked_out.connect(locked)


def entered(sender, request, user, **kwargs):
    request.session["entered"] = request.session["seen"] = int(time.time())
    record(Event.Kind.ENTERED, user)


def left(sender, request, user, **kwargs):
    if user is not None:
        record(Event.Kind.LEFT, user)


def failed(sender, credentials, **kwargs):
    record(Event.Kind.FAILED, named(credentials.get("username")))


def locked(sender, username=None, **kwargs):
    record(Event.Kind.LOCKED, named(username))


def named(username):
    """The account of this name, or None."""
    return get_user_model().objects.filter(username=username).first() if username else None
