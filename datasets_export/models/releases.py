"""What was released, and what a person found in a sample of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Release(models.Model):
    """A dated folder of files under RELEASES_DIR, `docs/releases.md` says of what; its manifest is copied here."""

    class Status(models.TextChoices):
        BUILDING = "building", _("being built")
        BUILT = "built", _("built")
        FAILED = "failed", _("failed")

    name = models.CharField(max_length=40, unique=True)
    portal = models.ForeignKey("portals.Portal", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=10, blank=True, help_text=_("Of the questions; empty: all."))
    is_demo = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.BUILDING)
    error_code = models.CharField(max_length=30, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(help_text=_("Turns asked later are not in it."))
    encrypted_key = models.BinaryField(help_text=_("Makes its codes of turns and visitors; encrypted."))
    revision = models.PositiveSmallIntegerField(default=0)
    manifest = models.JSONField(default=dict)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="next")

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-created_at"]

    def __str__(self):
        return self.name


class Audit(models.Model):
    """A random sample of a release's rows, for a person to judge: how much personal data may remain."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="audits")
    created_at = models.DateTimeField(auto_now_add=True)
    seed = models.BigIntegerField()

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        ordering = ["-created_at"]

    def __str__(self):
        return f"{self.release} ({self.created_at:%Y-%m-%d})"


class AuditedRow(models.Model):
    """One row of the sample."""

    class Verdict(models.TextChoices):
        TO_JUDGE = "", _("to judge")
        CLEAN = "clean", _("no personal data")
        PERSONAL = "personal", _("personal data remains")

    audit = models.ForeignKey(Audit, on_delete=models.CASCADE, related_name="rows")
    turn = models.ForeignKey("arena.Turn", on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField(default=0, help_text=_("In the order of the draw."))
    path = models.CharField(max_length=200, default="", help_text=_("Of the release's file that holds it."))
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.TO_JUDGE, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("row to judge")
        verbose_name_plural = _("rows to judge")
        ordering = ["audit", "place"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "turn"], name="row_audited_once"),
            models.CheckConstraint(condition=Q(verdict="") | Q(judged_at__isnull=False), name="verdict_has_a_date"),
        ]
