"""What the files of the existing site hold that has no home in our tables: kept as it is, to give it back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LegacyRow(models.Model):
    """One row of one of the three published files; without a comparison, the reason why it was refused."""

    class File(models.TextChoices):
        CONVERSATIONS = "conversations", "comparia-conversations"
        VOTES = "votes", "comparia-votes"
        REACTIONS = "reactions", "comparia-reactions"

    file = models.CharField(max_length=15, choices=File)
    key = models.CharField(max_length=80, help_text=_("Its id in the file."))
    comparison = models.ForeignKey(
        "arena.Comparison", on_delete=models.CASCADE, null=True, blank=True, related_name="legacy_rows"
    )
    data = models.JSONField(default=dict)
    refused = models.CharField(max_length=40, blank=True, help_text=_("The rule that refused it."))

    class Meta:
        verbose_name = _("row of the existing site")
        verbose_name_plural = _("rows of the existing site")
        constraints = [
            models.UniqueConstraint(fields=["file", "key"], name="legacy_row_once"),
            models.CheckConstraint(
                condition=Q(comparison__isnull=False, refused="") | Q(comparison=None) & ~Q(refused=""),
                name="imported_or_says_why",
            ),
        ]
