"""Addresses of OpenID Connect, where the site has a provider."""

from django.conf import settings
from django.urls import path

urlpatterns = []
if settings.OIDC_RP_CLIENT_ID:
    from mozilla_django_oidc.views import OIDCAuthenticationRequestView

    from .oidc import Callback

    urlpatterns = [
        path("", OIDCAuthenticationRequestView.as_view(), name="oidc_authentication_init"),
        path("callback/", Callback.as_view(), name="oidc_authentication_callback"),
    ]
