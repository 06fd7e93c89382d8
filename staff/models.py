"""What opens the staff's door, and what happened there. What was changed behind it is in the admin's own log."""

import time
from base64 import b32encode
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP
from django_otp.util import random_hex

from .secrets import decrypt, encrypt

ISSUER = "comparIA"
"""A colon would end it: applications read what stands before one."""
STEPS_OF_TOLERANCE = 1
"""A code is good for so many times thirty seconds before and after its own."""


def new_key():
    return encrypt(random_hex(20))


class Application(TimestampMixin, ThrottlingMixin, Device):
    """A user's application of codes (TOTP, RFC 6238). Its key is encrypted: the database alone opens no door."""

    encrypted_key = models.BinaryField(default=new_key)
    last_t = models.BigIntegerField(default=-1)
    """The step of the last code that was taken: each serves once."""

    @property
    def bin_key(self):
        """In clear; raises secrets.UNREADABLE if FIELD_KEYS lacks its key."""
        return bytes.fromhex(decrypt(bytes(self.encrypted_key)))

    @property
    def config_url(self):
        """What an application reads: otpauth://…"""
        told = {"secret": b32encode(self.bin_key).decode(), "issuer": ISSUER}
        return f"otpauth://totp/{ISSUER}:{quote(self.user.get_username())}?{urlencode(told)}"

    def get_throttle_factor(self):
        return 1

    def verify_token(self, token):
        """Whether it is this moment's code, taken for the first time; a wrong one makes the next wait longer."""
        if not self.verify_is_allowed()[0]:
            return False
        totp = TOTP(self.bin_key)
        totp.time = time.time()
        if token.isdecimal() and totp.verify(int(token), STEPS_OF_TOLERANCE, self.last_t + 1):
            self.last_t = totp.t()
            self.throttle_reset(commit=False)
            self.set_last_used_timestamp(commit=False)
            self.save()
            return True
        self.throttle_increment(commit=True)
        return False


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
