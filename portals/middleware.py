"""Which portal is asked, and in which language it answers."""

from django.conf import settings
from django.utils import translation
from django.utils.cache import patch_vary_headers

from .known import language_for, remember
from .models import Portal
from .views import no_portal


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
        remember(request.get_host(), request.portal)
        language = request.LANGUAGE_CODE = language_for(request.portal, request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response
