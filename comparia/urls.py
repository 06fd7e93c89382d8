"""Every address of the site. Each application keeps its own; this page only gathers them.

Those of probes are in comparia/health.py."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from arena.urls import staff_urlpatterns

urlpatterns = [
    path(settings.ADMIN_PATH, include(staff_urlpatterns)),
    path(f"{settings.ADMIN_PATH}oidc/", include("staff.oidc_urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("portals.urls")),
    path("", include("models_catalog.urls")),
    path("", include("leaderboard.urls")),
    path("", include("datasets_export.urls")),
    path("", include("arena.urls")),
]

handler400 = "portals.views.bad_request"
handler403 = "portals.views.forbidden"
handler404 = "portals.views.not_found"
handler500 = "portals.views.server_error"
