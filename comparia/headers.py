"""Headers of every answer, whoever gives it; and cookies of before they were named `__Host-`."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.middleware.security import SecurityMiddleware

CARRIED_OVER = ("csrftoken", "django_language", "cohorts", "arena", "room")
"""The visitor's is renewed where it is read; the staff's session is not: they enter again."""


PARTS_OF_PAGES = ("text/css", "text/javascript", "font/", "image/png", "image/jpeg", "image/webp")
"""Types that obey the policy of the page that uses them: their own would be bytes for nothing."""
OF_DOCUMENTS = ("Permissions-Policy",)


class HeadersMiddleware(SecurityMiddleware):
    """The outermost: what Django's own refuses before anything else, such as an unknown host, has its headers too."""

    def process_request(self, request):
        if not settings.COOKIE_PREFIX:
            return
        for name in CARRIED_OVER:
            if name in request.COOKIES and settings.COOKIE_PREFIX + name not in request.COOKIES:
                request.COOKIES[settings.COOKIE_PREFIX + name] = request.COOKIES[name]
                if name == "csrftoken":  # the same token, under its new name: forms that are open stay good
                    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True

    def process_response(self, request, response):
        response = super().process_response(request, response)
        is_part = response.get("Content-Type", "").startswith(PARTS_OF_PAGES)
        for name, value in settings.HEADERS.items():
            if not (is_part and name in OF_DOCUMENTS):
                response.headers.setdefault(name, value)
        if not is_part:
            response.headers.setdefault(HEADER, build_policy())
        return response


class PolicyMiddleware(CSPMiddleware):
    """Names the host of the page's own socket: not every browser takes 'self' for it."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        try:
            host = request.get_host()
        except DisallowedHost:
            return parts
        scheme = "wss" if request.is_secure() else "ws"
        parts.update = {**(parts.update or {}), "connect-src": [f"{scheme}://{host}"]}
        return parts
