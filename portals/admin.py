"""Portals and their legal texts. A published legal version is never changed: a consent refers to it."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import ModelForm
from django.http.request import validate_host
from django.utils.translation import gettext as _

from . import colours, pictures
from .models import LegalVersion, Portal

STATE_HOSTS = (".gouv.fr", "localhost", "127.0.0.1")


class PortalForm(ModelForm):
    def clean_hosts(self):
        """A host outside ALLOWED_HOSTS would never be served."""
        refused = [host for host in self.cleaned_data["hosts"] if not validate_host(host, settings.ALLOWED_HOSTS)]
        if refused:
            message = _("Not in ALLOWED_HOSTS, the list of hosts that the server accepts: %(hosts)s")
            raise ValidationError(message % {"hosts": ", ".join(refused)})
        return self.cleaned_data["hosts"]

    def clean_brand_colour(self):
        colour = self.cleaned_data["brand_colour"].lower()
        if colour and not colours.COLOUR.fullmatch(colour):
            raise ValidationError(_("A colour is written #rrggbb, as in #4a4ad0."))
        ratio = colours.contrast(colour, colours.WHITE) if colour else colours.TEXT
        if ratio < colours.TEXT:
            message = _(
                "White text cannot be read on this colour: its contrast is %(ratio)s, and at least 4.5 is needed. "
                "%(near)s is the closest that does."
            )
            near = colours.readable(colour, colours.WHITE, towards=colours.BLACK)
            raise ValidationError(message % {"ratio": f"{ratio:.2f}", "near": near})
        return colour

    def clean_logo(self):
        logo = self.cleaned_data["logo"]
        return pictures.drawn_anew(logo) if isinstance(logo, UploadedFile) else logo

    def clean(self):
        """The licence of the DSFR forbids it outside the sites of the French State."""
        cleaned = super().clean()
        hosts = cleaned.get("hosts", [])
        if cleaned.get("theme") == Portal.Theme.DSFR and not all(host.endswith(STATE_HOSTS) for host in hosts):
            self.add_error(
                "theme", _("The DSFR is for sites of the French State alone, whose hosts end with .gouv.fr.")
            )
        return cleaned


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
