"""A question that must wait, or come with a proof: the page that says so, with all that was sent still in it."""

import json
import math
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy, ngettext

from . import proving

NOT_KEPT = {"csrfmiddlewaretoken", "prompt", "proof", "ticket"}
ZONES = {"LTU": "Europe/Vilnius"}  # the other portals have the hour of settings.TIME_ZONE
TOO_MANY = {
    "visitor": gettext_lazy(
        "You have sent many questions: nothing was lost, and you can go on in %(wait)s (%(time)s)."
    ),
    "address": gettext_lazy(
        "Many questions came from your network: nothing was lost, and yours can be sent in %(wait)s (%(time)s)."
    ),
    "room": gettext_lazy(
        "Your class has sent many questions: nothing was lost, and it can go on in %(wait)s (%(time)s)."
    ),
}


def wait(request, refusal, comparison_id=None, room=None):
    """429 until the limit ends. A page that htmx leaves in place keeps the question in its own box."""
    message = TOO_MANY[refusal.whose] % {"wait": in_words(refusal.wait), "time": clock(request.portal, refusal.wait)}
    back = reverse("comparison", args=[comparison_id]) if comparison_id else ""
    context = {"message": message, "back": back, "room": room} | sent(request)
    return held(request, "arena/_too_many.html", "arena/too_many.html", context, refusal.wait)


def busy(request, refusal):
    """503 for a moment: the page keeps all that was sent, and sends it again by itself where there is JavaScript."""
    context = {"message": refusal.message, "again_in": refusal.wait} | sent(request)
    return held(request, "arena/_too_many.html", "503.html", context, refusal.wait, 503)


def prove(request, refusal):
    """429 until a proof comes: the page makes one and sends all again, or waits where there is no JavaScript."""
    is_early = refusal.message == proving.TOO_EARLY  # its own ticket goes on
    seconds = settings.ARENA_PROOF_WAIT_SECONDS
    context = {
        "message": refusal.message,
        "challenge": json.dumps(proving.challenge(request.visitor_key)),
        "ticket": request.POST["ticket"] if is_early else proving.ticket(request.visitor_key),
        "seconds": seconds,
    }
    return held(request, "arena/_prove.html", "arena/prove.html", context | sent(request), seconds)


def held(request, fragment, page, context, seconds, status=429):
    response = render(request, fragment if request.htmx else page, context, status=status)
    response.headers["Retry-After"] = str(seconds)
    if request.htmx:
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML show:window:top"
    return response


def sent(request):
    """What the form that was sent takes to be sent once more."""
    fields = [(name, value) for name, values in request.POST.lists() if name not in NOT_KEPT for value in values]
    return {"action": request.path, "fields": fields, "prompt": request.POST.get("prompt", "")}


def in_words(seconds):
    minutes = math.ceil(seconds / 60)
    if minutes < 90:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = math.ceil(minutes / 60)
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def clock(portal, seconds):
    """The hour of the portal's country, with the day if that is another one."""
    zone = ZoneInfo(ZONES.get(portal.electricity_zone, settings.TIME_ZONE))
    now = timezone.localtime(timezone=zone)
    then = now + timedelta(seconds=seconds)
    return date_format(then, "TIME_FORMAT" if then.date() == now.date() else "SHORT_DATETIME_FORMAT")
