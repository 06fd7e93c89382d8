"""What an editor types about a model, an endpoint, a source; what is refused is told beside the field."""

import re

from django import forms
from django.conf import settings
from django.urls import resolve
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from staff import secrets

from . import addresses, impact, publishing
from .models import Endpoint, LanguageModel

SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
FACTS = (
    ("total_params", "active_params", "architecture", "quantization", "reasoning", "context_window", "release_date")
    + ("knowledge_cutoff", "languages", "inputs", "licence", "has_open_weights", "has_open_code", "has_open_data")
    + ("published_wh_per_million_tokens",)
)
REASON_LENGTH = 300


def clean_slug(slug, pk=None):
    """A slug that makes an address of its own; raises ValidationError."""
    if not SLUG.fullmatch(slug):
        raise forms.ValidationError(_("Only letters without accents, digits, dots, hyphens and underscores."))
    if resolve(f"/modeles/{slug}/").url_name != "model":
        raise forms.ValidationError(_("This identifier is the address of another page."))
    if LanguageModel.objects.filter(slug__iexact=slug).exclude(pk=pk).exists():
        raise forms.ValidationError(_("Another model has this identifier."))
    return slug


class LanguageModelForm(forms.ModelForm):
    """A model, for `user`; `refused` is what its publication lacks. Both are set on the class.

    The status offers only what the user may choose from the one in the database, whatever version of the model the
    form shows: restoring a version brings back neither its identifier, nor its status and portals.
    """

    user = None
    refused = ()
    is_restoring = False

    reason = forms.CharField(
        label=_("Reason for the change"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("One sentence, for everyone: the public register shows it. Needed when the status changes."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kept = LanguageModel.objects.filter(pk=self.instance.pk).first() if self.instance.pk else None
        self.before = kept.status if kept else LanguageModel.Status.DRAFT
        self.initial["status"] = self.instance.status = self.before
        if kept:
            self.initial["slug"] = self.instance.slug = kept.slug
        for name, field in self.fields.items():
            if name == "status":
                allowed = publishing.moves(self.user, self.before)
                if kept is None:
                    allowed = [status for status in allowed if status in publishing.WORK]
                field.choices = [(status.value, status.label) for status in allowed]
                field.disabled = self.is_restoring
            elif name == "portals":
                is_shown = self.before not in publishing.WORK
                field.disabled = self.is_restoring or is_shown and not publishing.can_publish(self.user)
            elif name == "slug":
                field.disabled = bool(kept) and publishing.was_public(kept)
                field.help_text = _("In the address of its sheet and in published data: it never changes afterwards.")
            elif name.startswith(tuple(f"{text}_" for text in publishing.TEXTS)):
                language = name[-2:]
                field.label = dict(settings.LANGUAGES)[language]
                field.help_text = ""
                field.widget.attrs |= {"lang": language, "placeholder": _("missing"), "rows": 8, "cols": 20}

    def clean_slug(self):
        if self.fields["slug"].disabled:
            return self.instance.slug
        return clean_slug(self.cleaned_data["slug"], self.instance.pk)

    def clean(self):
        cleaned = super().clean()
        total, active = cleaned.get("total_params"), cleaned.get("active_params")
        if total is not None and active is not None and active > total:
            self.add_error("active_params", _("More than the size: it cannot use more than it has."))
        if publishing.needs_reason(self.before, cleaned.get("status", self.before)) and not cleaned.get("reason"):
            self.add_error("reason", _("Say why the status changes: the public register tells it."))
        if self.refused:
            self.add_error("status", list(self.refused))
        return cleaned


class PartForm(forms.ModelForm):
    """A row of a model. Django leaves out the constraints that speak of the model, which is not a field to fill in."""

    def validate_unique(self):
        super().validate_unique()
        if self.instance.model_id and not self.errors:
            try:
                self.instance.validate_constraints()
            except forms.ValidationError as error:
                self._update_errors(error)


class EndpointForm(PartForm):
    """A key can be given, and replaced; it is encrypted before it reaches the row, and never shown again."""

    new_api_key = forms.CharField(
        label=_("New key"),
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted, and used instead of the variable. Empty: no change, unless the address changes."),
    )

    def clean_new_api_key(self):
        """The encrypted key, or None."""
        key = self.cleaned_data["new_api_key"]
        if not key:
            return None
        try:
            return secrets.encrypt(key)
        except RuntimeError:
            raise forms.ValidationError(_("No key can be stored here: the variable FIELD_KEYS is missing.")) from None

    def clean_api_key_variable(self):
        """The name of a provider's key: neither a key itself, nor another secret of the site."""
        name = self.cleaned_data["api_key_variable"]
        if not addresses.is_key_variable(name):
            raise forms.ValidationError(
                _("The name of a variable, never the key itself. It ends with _API_KEY, _TOKEN or _PROJECT.")
            )
        return name

    def clean_base_url(self):
        address = self.cleaned_data["base_url"]
        if not addresses.is_address(address, settings.LOCAL):
            raise forms.ValidationError(
                _("An address that starts with https://, or a variable that ends with _MODELS_URL or _API_URL.")
            )
        return address.rstrip("/")

    def clean_electricity_zone(self):
        zone = self.cleaned_data["electricity_zone"].upper()
        if zone and zone not in impact.zones():
            raise forms.ValidationError(_("Not a zone that EcoLogits knows: FRA, SWE, USA, WOR for the world…"))
        return zone

    def save(self, commit=True):
        if self.cleaned_data.get("new_api_key"):
            self.instance.encrypted_api_key = self.cleaned_data["new_api_key"]
        elif Endpoint.MOVED_BY & set(self.changed_data):
            self.instance.encrypted_api_key = None  # it was given for another address
        return super().save(commit)


class FactSourceForm(PartForm):
    field = forms.ChoiceField(label=_("Fact"))
    url = forms.URLField(
        label=_("Address"), max_length=500, assume_scheme="https", widget=forms.URLInput({"class": "vURLField"})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "field" in self.fields:
            known = [(name, publishing.name_of(name)) for name in FACTS]
            other = self.instance.field
            self.fields["field"].choices = known + ([] if not other or other in FACTS else [(other, other)])
            self.fields["date"].initial = localdate


class CloneForm(forms.Form):
    """What a copy cannot take from its original."""

    name = forms.CharField(label=_("Name"), max_length=100)
    slug = forms.CharField(label=_("Identifier"), max_length=100)

    def clean_slug(self):
        return clean_slug(self.cleaned_data["slug"])

    @classmethod
    def proposing(cls, original):
        name = _("%(name)s (copy)") % {"name": original.name[:90]}
        return cls(initial={"name": name, "slug": slugify(f"{original.slug[:90]}-copy".replace(".", "-"))})


class MoveForm(forms.Form):
    """Why the status of several models changes."""

    reason = forms.CharField(
        label=_("Reason for the change"),
        max_length=REASON_LENGTH,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("One sentence, for everyone: the public register shows it."),
    )
