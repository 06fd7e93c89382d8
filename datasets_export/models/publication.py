"""Where releases go, when, and what came of it."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staff import secrets


class Destination(models.Model):
    """A place that receives releases. Its secret is encrypted, and never shown again."""

    class Kind(models.TextChoices):
        HUB = "hub", "Hugging Face Hub"
        DATAGOUV = "datagouv", "data.gouv.fr"
        S3 = "s3", _("S3-compatible storage")
        FOLDER = "folder", _("folder of this machine")

    MOVED_BY = {"kind", "address", "account"}
    """What says to whom the secret is sent: it was given for these."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    address = models.CharField(
        _("address"), max_length=300, blank=True, help_text=_("Of the service; empty: its usual one.")
    )
    place = models.CharField(
        _("place"), max_length=300, blank=True, help_text=_("Repository, dataset, bucket and prefix, or folder.")
    )
    account = models.CharField(
        _("account"),
        max_length=100,
        blank=True,
        help_text=_("Identifier of the S3 key, or of the organisation at data.gouv.fr."),
    )
    region = models.CharField(_("region"), max_length=40, blank=True, help_text=_("Of the S3 storage: fr-par…"))
    encrypted_secret = models.BinaryField(null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    every_days = models.PositiveSmallIntegerField(_("every how many days"), default=0, help_text=_("0: only by hand."))

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def secret(self):
        """In clear, "" without one; raises one of secrets.UNREADABLE when its key is gone."""
        return secrets.decrypt(bytes(self.encrypted_secret)) if self.encrypted_secret else ""


class PublicationQuerySet(models.QuerySet):
    def claimable(self, now):
        """Those that a worker may take now."""
        return self.filter(Q(status="pending") | Q(status="failed", next_try_at__lte=now))

    def left(self, now):
        """Those whose worker stopped without a word."""
        return self.filter(status="under-way", lease_until__lt=now)


class Publication(models.Model):
    """A release's way to a destination: resumed where it stopped until it is whole."""

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting")
        UNDER_WAY = "under-way", _("under way")
        DONE = "done", pgettext_lazy("publication", "published")
        FAILED = "failed", _("failed")

    LEASE = timedelta(minutes=2)
    """Renewed while a worker sends; past it, another may go on."""

    release = models.ForeignKey(
        "Release", on_delete=models.PROTECT, related_name="publications", verbose_name=_("release")
    )
    revision = models.PositiveSmallIntegerField(_("revision"), default=0)
    destination = models.ForeignKey(
        Destination, on_delete=models.PROTECT, related_name="publications", verbose_name=_("destination")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    error_code = models.CharField(max_length=30, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    progress = models.JSONField(default=dict, help_text=_("What is there already, to resume."))
    url = models.URLField(_("address"), blank=True, max_length=500)
    claim_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["release", "revision", "destination"], name="published_once_there"),
            models.UniqueConstraint(
                fields=["destination"], condition=Q(status="under-way"), name="one_at_a_time_there"
            ),
            models.CheckConstraint(
                condition=~Q(status="under-way") | Q(claim_token__isnull=False, lease_until__isnull=False),
                name="under_way_has_a_lease",
            ),
        ]

    def __str__(self):
        return f"{self.tag} → {self.destination}"

    @property
    def tag(self):
        """The name under which it is published: `2026-11-24`, then `2026-11-24.1` once it was revised."""
        return f"{self.release.name}.{self.revision}" if self.revision else self.release.name

    def is_latest(self):
        """Whether no release built later is at this destination: an older one never takes its place."""
        later = Publication.objects.filter(destination=self.destination, status=self.Status.DONE)
        return not later.filter(release__created_at__gt=self.release.created_at).exists()

    def extend(self, **fields):
        """Write `fields` and renew the lease; False if another worker has it now."""
        mine = Publication.objects.filter(pk=self.pk, claim_token=self.claim_token, status=self.Status.UNDER_WAY)
        return bool(mine.update(lease_until=timezone.now() + self.LEASE, **fields))
