"""Which portal is asked, and in which language it answers."""

from django.conf import settings
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from .models import Portal
from .views import no_portal


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


class PortalMiddleware:
    """Sets request.portal and request.LANGUAGE_CODE. The admin is not a page of a portal, yet speaks its language."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            request.portal = Portal.objects.for_host(request.get_host())
        except Portal.DoesNotExist:
            request.portal = Portal.objects.default() if request.path.startswith(f"/{settings.ADMIN_PATH}") else None
            if request.portal is None:
                return no_portal(request)
        language = request.LANGUAGE_CODE = language_for(request.portal, request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response
