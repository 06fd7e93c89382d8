"""What was found in the texts of a turn before it may leave the site."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Analysis(models.Model):
    """One a turn. A release takes a turn only when its analysis is done and is that of its texts as they now stand."""

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting")
        CLAIMED = "claimed", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    class Review(models.TextChoices):
        NOT_NEEDED = "", _("not needed")
        WAITING = "waiting", _("to review")
        ACCEPTED = "accepted", _("accepted as it is")
        REDACTED = "redacted", _("redacted")
        EXCLUDED = "excluded", _("excluded")

    turn = models.OneToOneField("arena.Turn", on_delete=models.CASCADE, related_name="analysis")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    claim_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=30, blank=True)
    method = models.CharField(max_length=80, blank=True, help_text=_("Rules, their version, the model if any."))
    texts_digest = models.CharField(max_length=64, blank=True, help_text=_("Of the texts that were analysed."))
    topics_source = models.CharField(max_length=30, blank=True, help_text=_("Empty: the topic is unknown."))
    keywords = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    summary = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    review = models.CharField(max_length=10, choices=Review, default=Review.NOT_NEEDED, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("turn to review")  # the others are in no page of the staff
        verbose_name_plural = _("turns to review")
        indexes = [
            models.Index(fields=["status", "lease_until"], name="analyses_to_do"),
            models.Index(fields=["finished_at"], condition=Q(review="waiting"), name="analyses_to_review"),
        ]

    def __str__(self):
        return f"{self.turn_id}: {self.get_status_display()}"


class Span(models.Model):
    """Personal data in one of a turn's texts: characters `start` to `end`, as Python counts them."""

    class Field(models.TextChoices):
        PROMPT = "prompt", _("the question")
        TEXT_A = "text_a", _("answer A")
        TEXT_B = "text_b", _("answer B")
        REASONING_A = "reasoning_a", _("reasoning of A")
        REASONING_B = "reasoning_b", _("reasoning of B")
        COMMENT_A = "comment_a", _("comment on A")
        COMMENT_B = "comment_b", _("comment on B")

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail address")
        PHONE = "phone", _("telephone number")
        BANK_ACCOUNT = "bank_account", _("bank account")
        BANK_CARD = "bank_card", _("bank card")
        NATIONAL_ID = "national_id", _("national identity number")
        ADDRESS = "address", _("postal address")
        NAME = "name", _("name of a person")
        IP_ADDRESS = "ip_address", _("IP address")
        SECRET = "secret", _("password or key")
        OTHER = "other", _("other personal data")

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="spans")
    field = models.CharField(max_length=12, choices=Field)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kind = models.CharField(max_length=14, choices=Kind)
    source = models.CharField(max_length=30, help_text=_("The rule, the library or the model that found it."))
    is_certain = models.BooleanField(help_text=_("Redacted without asking a person."))
    is_kept = models.BooleanField(default=False, help_text=_("A person said that it is not personal data."))

    class Meta:
        ordering = ["analysis", "field", "start"]
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="span_in_order"),
        ]
