"""What an editor types about a destination; what is refused is told beside the field."""

import re

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from staff import secrets

from ..models import Destination
from . import doors

Kind = Destination.Kind
PLACES = {
    Kind.HUB: (
        r"[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*",
        _("An owner and a dataset: ministere-culture/comparia."),
    ),
    Kind.DATAGOUV: (r"[A-Za-z0-9-]*", _("The identifier of a dataset; empty, one is made at the first publication.")),
    Kind.S3: (
        r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^/\\]+)*/?",
        _("A bucket, then a prefix if need be: open-data/arena."),
    ),
    Kind.FOLDER: (
        r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*",
        _("A folder under PUBLICATION_FOLDER: a name, without .. nor a slash first."),
    ),
}


class DestinationForm(forms.ModelForm):
    """A secret can be given, and replaced; it is encrypted before it reaches the row, and never shown again."""

    new_secret = forms.CharField(
        label=_("New key"),
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted. Empty: no change, unless the kind, the address or the account changes."),
    )

    class Meta:
        model = Destination
        fields = ["name", "is_active", "kind", "address", "place", "account", "region", "every_days"]

    def clean_new_secret(self):
        """The encrypted secret, or None."""
        secret = self.cleaned_data["new_secret"]
        if not secret:
            return None
        try:
            return secrets.encrypt(secret)
        except RuntimeError:
            raise forms.ValidationError(_("No key can be stored here: the variable FIELD_KEYS is missing.")) from None

    def clean_address(self):
        address = self.cleaned_data["address"].strip().rstrip("/")
        if address and not doors.is_address(address, settings.LOCAL):
            raise forms.ValidationError(_("An address that starts with https://, without a name nor a password in it."))
        return address

    def clean(self):
        cleaned = super().clean()
        kind, place = cleaned.get("kind"), cleaned.get("place", "")
        if kind in PLACES:
            pattern, sentence = PLACES[kind]
            if not re.fullmatch(pattern, place):
                self.add_error("place", sentence)
        if kind == Kind.S3 and not self.errors.get("address") and not cleaned.get("address"):
            self.add_error("address", _("An S3 storage has no usual address: give its own."))
        if kind == Kind.S3 and not cleaned.get("account"):
            self.add_error("account", _("Give the identifier of the key."))
        if kind == Kind.FOLDER and not settings.PUBLICATION_FOLDER:
            self.add_error("kind", _("Folders are open only under PUBLICATION_FOLDER, which is not set."))
        return cleaned

    def save(self, commit=True):
        if self.cleaned_data.get("new_secret"):
            self.instance.encrypted_secret = self.cleaned_data["new_secret"]
        elif Destination.MOVED_BY & set(self.changed_data):
            self.instance.encrypted_secret = None  # it was given for another service
        return super().save(commit)
