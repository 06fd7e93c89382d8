"""Where releases go, when, and what came of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Destination(models.Model):
    """A place that receives releases. Its secret is encrypted, and never shown again."""

    class Kind(models.TextChoices):
        HUB = "hub", "Hugging Face Hub"
        DATAGOUV = "datagouv", "data.gouv.fr"
        S3 = "s3", _("S3-compatible storage")
        FOLDER = "folder", _("folder of this machine")

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    address = models.CharField(max_length=300, blank=True, help_text=_("Of the service; empty: its usual one."))
    place = models.CharField(max_length=300, help_text=_("Repository, dataset, bucket and prefix, or folder."))
    encrypted_secret = models.BinaryField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    every_days = models.PositiveSmallIntegerField(default=0, help_text=_("0: only by hand."))

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Publication(models.Model):
    """A release's way to a destination: resumed where it stopped until it is whole."""

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting")
        UNDER_WAY = "under-way", _("under way")
        DONE = "done", _("published")
        FAILED = "failed", _("failed")

    release = models.ForeignKey("Release", on_delete=models.PROTECT, related_name="publications")
    revision = models.PositiveSmallIntegerField(default=0)
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="publications")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    error_code = models.CharField(max_length=30, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    progress = models.JSONField(default=dict, help_text=_("What is there already, to resume."))
    url = models.URLField(blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["release", "revision", "destination"], name="published_once_there"),
        ]

    def __str__(self):
        return f"{self.release} → {self.destination}"
