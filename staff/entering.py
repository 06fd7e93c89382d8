"""The second factor: an application that shows a code every 30 seconds, and codes on paper for when it is lost."""

import base64
import hmac
import secrets
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.urls import reverse
from django_otp import login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from .models import Application, Event
from .recording import record

RECOVERY_CODES = 10
LETTERS = 24
"""Of a recovery code, in base 32: 120 bits, which nobody finds again from their hash."""


def is_let_in(user):
    """Whether this user may be behind the door: a member of the staff who showed what this site wants to see."""
    return user.is_active and user.is_staff and (not settings.STAFF_SECOND_FACTOR or user.is_verified())


def behind_the_door(view):
    """A page of the staff that is no page of the admin: who is not let in is led to its door."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if is_let_in(request.user):
            return view(request, *args, **kwargs)
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))

    return guarded


def application_of(user):
    """What the user enrolled, or None."""
    return Application.objects.filter(user=user, confirmed=True).first()


def begun_for(user):
    """What the user is about to enrol; the same until they do, so that a reload changes nothing."""
    return Application.objects.get_or_create(user=user, confirmed=False, defaults={"name": "application"})[0]


@transaction.atomic
def enrol(request, code):
    """Confirm the application by its first code; the recovery codes, shown this once, or None if the code is wrong."""
    device = Application.objects.select_for_update().get(pk=begun_for(request.user).pk)
    if not device.verify_token(code):
        record(Event.Kind.REFUSED, request.user)
        return None
    device.confirmed = True
    device.save()
    record(Event.Kind.ENROLLED, request.user)
    let_in(request, device)
    return new_recovery_codes(request.user)


@transaction.atomic
def verify(request, code):
    """Let the user in if the code is their application's, or one on their paper, which serves once."""
    code = code.replace(" ", "").replace("-", "")
    is_recovery = len(code) == LETTERS
    devices = StaticDevice if is_recovery else Application
    device = devices.objects.select_for_update().filter(user=request.user, confirmed=True).first()
    if device is None or not device.verify_token(hidden(code) if is_recovery else code):
        record(Event.Kind.REFUSED, request.user)
        return False
    record(Event.Kind.RECOVERED if is_recovery else Event.Kind.VERIFIED, request.user)
    let_in(request, device)
    return True


def let_in(request, device):
    request.session.cycle_key()
    login(request, device)


def new_recovery_codes(user):
    """Codes of which only a keyed hash is kept; those of before serve no more."""
    device, _is_new = StaticDevice.objects.get_or_create(user=user, defaults={"name": "paper"})
    device.token_set.all().delete()
    codes = [base64.b32encode(secrets.token_bytes(15)).decode().lower() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=hidden(code)) for code in codes)
    record(Event.Kind.CODES, user)
    return ["-".join(code[at : at + 4] for at in range(0, LETTERS, 4)) for code in codes]


def hidden(code):
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"recovery:" + code.lower().encode(), "sha256")
    return base64.b32encode(digest[:10]).decode().lower()


def recovery_codes_left(user):
    return StaticToken.objects.filter(device__user=user).count()


@transaction.atomic
def forget(user, by):
    """Remove a lost application and its paper: at their next entry the user sets up another."""
    Application.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    record(Event.Kind.FORGOTTEN, by, user.get_username())
