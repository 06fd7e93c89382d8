from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

OURS = ("comparia", "compar:ia", "culture", "ministere", "beta.gouv", "arene")
"""Words that whoever attacks this site tries first."""


class NotOurs:
    """A password holds none of the site's own words, unless it is long without them."""

    def validate(self, password, user=None):
        rest = password.lower()
        for word in OURS:
            rest = rest.replace(word, "")
        if len(rest) < 12:
            raise ValidationError(_("This password is mostly made of the names of this site."), code="ours")

    def get_help_text(self):
        return _("Your password may not be made of the names of this site.")
