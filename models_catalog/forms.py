"""What an editor types about an endpoint."""

from django import forms
from django.utils.translation import gettext_lazy as _

from . import impact, secrets


class EndpointForm(forms.ModelForm):
    """A key can be given, and replaced; it is encrypted before it reaches the row, and never shown again."""

    new_api_key = forms.CharField(
        label=_("New key"),
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted, and used instead of the variable. Empty: no change."),
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

    def clean_electricity_zone(self):
        zone = self.cleaned_data["electricity_zone"].upper()
        if zone and zone not in impact.zones():
            raise forms.ValidationError(_("Not a zone that EcoLogits knows: FRA, SWE, USA, WOR for the world…"))
        return zone

    def save(self, commit=True):
        if self.cleaned_data.get("new_api_key"):
            self.instance.encrypted_api_key = self.cleaned_data["new_api_key"]
        return super().save(commit)
