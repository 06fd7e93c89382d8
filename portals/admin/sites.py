"""Portals: what an editor may change of a country's site, and what is refused."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import ModelForm
from django.http.request import validate_host
from django.utils.translation import gettext as _

from .. import colours, pictures
from ..models import Portal

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
