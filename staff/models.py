"""What happened at the staff's door. What was changed behind it is in the admin's own log."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """No address, and of a failed entry only the name of an account that exists: some type their password there."""

    class Kind(models.TextChoices):
        ENTERED = "entered", _("Logged in")
        LEFT = "left", _("Logged out")
        EXPIRED = "expired", _("Session ended")
        FAILED = "failed", _("Wrong password")
        LOCKED = "locked", _("Too many wrong passwords")
        VERIFIED = "verified", _("Second factor accepted")
        REFUSED = "refused", _("Second factor refused")
        RECOVERED = "recovered", _("Recovery code used")
        ENROLLED = "enrolled", _("Second factor set up")
        FORGOTTEN = "forgotten", _("Second factor removed")
        CODES = "codes", _("Recovery codes renewed")
        EXPORTED = "exported", _("Exported")
        ROTATED = "rotated", _("Keys renewed")

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    who = models.CharField(max_length=150, blank=True)
    kind = models.CharField(max_length=10, choices=Kind)
    about = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("journal of the staff")
        default_permissions = ("view",)

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.who} {self.kind}"
