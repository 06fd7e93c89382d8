"""A portal's colours and pictures; the error pages: what happened, that nothing was lost, what to do."""

import sys
from datetime import UTC, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .caching import CACHE_AWAY
from .colours import COLOUR, sheet
from .known import remembered

AWAY = (OperationalError, InterfaceError, *CACHE_AWAY)
"""What is raised where the database, or the cache, is away or too slow."""


@cache_control(public=True, max_age=31_536_000, immutable=True)
def colours(request, colour):
    """The accents of the colour that the address names."""
    if not COLOUR.fullmatch(f"#{colour}"):
        raise Http404
    return HttpResponse(sheet(f"#{colour}"), content_type="text/css; charset=utf-8")


@cache_control(public=True, max_age=86_400)
def picture(request, name):
    """A picture that an editor uploaded; all are WebP files that the site wrote itself."""
    try:
        return FileResponse(default_storage.open(name), content_type="image/webp")
    except FileNotFoundError:
        raise Http404 from None


@cache_control(public=True, max_age=86_400)
@require_safe
def security(request):
    """Whom to tell of a hole, as RFC 9116 writes it. It is good for half a year from each day."""
    ends = (timezone.now() + timedelta(days=180)).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    email = request.portal.contact_email
    contact = settings.SECURITY_CONTACT or (
        f"mailto:{email}" if email else request.build_absolute_uri(reverse("contact"))
    )
    lines = [
        f"Contact: {contact}",
        f"Expires: {ends:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(request.portal.languages)}",
        f"Canonical: {request.build_absolute_uri(request.path)}",
        *([f"Policy: {settings.SECURITY_POLICY}"] if settings.SECURITY_POLICY else []),
    ]
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")


def error(request, status):
    return render(request, f"{status}.html", status=status)


def bad_request(request, exception=None):
    """Rendered without the request: its very host or body may be what cannot be read."""
    return bare(400, request)


def forbidden(request, exception=None):
    return error(request, 403)


def not_found(request, exception=None):
    if request.path.startswith("/api/"):  # read by programs, whose own addresses answer so
        nothing = {"error": "Nothing is at this address."}
        return JsonResponse(nothing, status=404, headers={"Access-Control-Allow-Origin": "*"})
    return error(request, 404) if getattr(request, "portal", None) else bare(404, request)


def no_portal(request):
    """The server accepts this host, and no portal has it: in the language of the browser, for want of a portal's."""
    with translation.override(translation.get_language_from_request(request)):
        return render(request, "no_portal.html", {"host": request.get_host()}, status=404)


def server_error(request):
    """Rendered without the request: database, cache and session are not asked, since one may be the cause; if one is,
    the visitor is asked to come again."""
    if isinstance(sys.exception(), AWAY):
        return busy(request)
    return bare(500, request)


def busy(request, exception=None):
    """503, with all that a form sent, which is sent again by itself where that does no harm. Nothing is asked of the
    database: it may be what is slow."""
    portal, language = remembered(request)
    fields = {} if request.FILES or any("password" in name for name in request.POST) else request.POST
    again = settings.BUSY_SECONDS if {"submission_key", "number"} & set(fields) else None
    context = {"theme_page": f"themes/{portal.theme}/page.html"} if portal else {}
    context |= {
        "prompt": fields.get("prompt", ""),
        "fields": [(name, value) for name in fields if name != "prompt" for value in fields.getlist(name)],
        "action": request.get_full_path(),
        "again_in": again,
    }
    with translation.override(language):
        page = render_to_string("503.html", context)
    headers = {"Retry-After": str(settings.BUSY_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(page, status=503, headers=headers)


def csrf_failure(request, reason=""):
    """A form sent from elsewhere, or with cookies refused: the page says what to do."""
    return error(request, 403)


def bare(status, request):
    """An error page that asks nothing of anything but the templates; in the theme of the portal, if it was found."""
    portal = getattr(request, "portal", None)
    theme = {"theme_page": f"themes/{portal.theme}/page.html"} if portal else {}
    return HttpResponse(render_to_string(f"{status}.html", theme), status=status)
