"""Portals and their legal texts. A published legal version is never changed: a consent refers to it."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http.request import validate_host
from django.utils.translation import gettext as _

from .models import LegalVersion, Portal


class PortalForm(ModelForm):
    def clean_hosts(self):
        """A host outside ALLOWED_HOSTS would never be served."""
        refused = [host for host in self.cleaned_data["hosts"] if not validate_host(host, settings.ALLOWED_HOSTS)]
        if refused:
            message = _("Not in ALLOWED_HOSTS, the list of hosts that the server accepts: %(hosts)s")
            raise ValidationError(message % {"hosts": ", ".join(refused)})
        return self.cleaned_data["hosts"]


@admin.register(Portal)
class PortalAdmin(admin.ModelAdmin):
    form = PortalForm
    list_display = ["name", "code", "default_language", "objective", "vote_count", "is_default"]
    readonly_fields = ["vote_count"]


@admin.register(LegalVersion)
class LegalVersionAdmin(admin.ModelAdmin):
    list_display = ["kind", "language", "portal", "published_at"]
    list_filter = ["kind", "language", "portal"]
    list_select_related = ["portal"]

    def has_change_permission(self, request, obj=None):
        is_published = obj is not None and obj.published_at is not None
        return not is_published and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        is_published = obj is not None and obj.published_at is not None
        return not is_published and super().has_delete_permission(request, obj)
