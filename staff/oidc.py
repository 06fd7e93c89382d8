"""OpenID Connect, such as ProConnect: it says whose e-mail address it is, and enters nobody whom we do not know."""

import logging

import jwt
import requests
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView

log = logging.getLogger(__name__)


class Backend(OIDCAuthenticationBackend):
    def authenticate(self, request, **kwargs):
        try:
            return super().authenticate(request, **kwargs)
        except (requests.RequestException, jwt.PyJWTError, SuspiciousOperation, KeyError, ValueError) as error:
            log.warning("entry by OpenID Connect refused: %s", type(error).__name__)  # its words hold tokens
            return None

    def verify_token(self, token, **kwargs):
        """Whoever signed it, it must come from our provider and be meant for us."""
        claims = super().verify_token(token, **kwargs)
        audience = claims.get("aud")
        audience = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") != settings.OIDC_OP_ISSUER or self.OIDC_RP_CLIENT_ID not in audience:
            raise SuspiciousOperation("A token of another provider, or for another site.")
        return claims

    def get_userinfo(self, access_token, id_token, payload):
        """The claims, of the person whom the token names."""
        claims = super().get_userinfo(access_token, id_token, payload)
        if claims.get("sub") != payload["sub"]:
            raise SuspiciousOperation("The claims of somebody else.")
        return claims

    def verify_claims(self, claims):
        return bool(claims.get("email")) and claims.get("email_verified", True) is True

    def filter_users_by_claims(self, claims):
        return super().filter_users_by_claims(claims).filter(is_active=True, is_staff=True)


class Callback(OIDCAuthenticationCallbackView):
    def login_failure(self):
        messages.error(
            self.request, _("%(name)s did not let you in: ask for an account here.") % {"name": settings.OIDC_NAME}
        )
        return redirect("admin:login")
