"""The site's addresses where it has a provider of OpenID Connect."""

from django.urls import path
from mozilla_django_oidc.views import OIDCAuthenticationRequestView

from comparia.urls import handler400, handler403, handler404, handler500  # noqa: F401
from comparia.urls import urlpatterns as site
from staff.oidc import Callback

urlpatterns = [
    path("admin/oidc/", OIDCAuthenticationRequestView.as_view(), name="oidc_authentication_init"),
    path("admin/oidc/callback/", Callback.as_view(), name="oidc_authentication_callback"),
    *site,
]
