"""Whose pages each host shows and in which language: as last seen, for those pages that may ask no database."""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

_portals = {}


def remember(host, portal):
    _portals[host] = portal


def remembered(request):
    """The portal asked, None if it was never seen by this process, and the language in which it answers."""
    try:
        portal = _portals.get(request.get_host())
    except DisallowedHost:
        portal = None
    return portal, language_for(portal, request) if portal else translation.get_language_from_request(request)


def language_for(portal, request):
    """The visitor's choice (cookie), else the browser's first language that the portal offers, else the portal's."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in portal.languages:
        return chosen
    for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        language = code.split("-")[0]
        if language in portal.languages:
            return language
    return portal.default_language
