"""What the ranking published, as it stood: no row is ever changed."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

NEVER_REWRITTEN = pgtrigger.Protect(name="never_rewritten", operation=pgtrigger.Update | pgtrigger.Delete)


class SnapshotQuerySet(models.QuerySet):
    def live(self, board="all", demo=False):
        """The nightly ones of a board, the newest first."""
        return self.filter(kind=Snapshot.Kind.LIVE, board=board, is_demo=demo).order_by("-created_at", "-pk")

    def of_release(self, release, demo=False):
        """Its boards. They can be recomputed from the files of the release."""
        return self.filter(kind=Snapshot.Kind.RELEASE, release=release, is_demo=demo).order_by("pk")


class Snapshot(models.Model):
    """One board, computed once: from the votes of a night, or from the outcome file of a release."""

    class Kind(models.TextChoices):
        LIVE = "live", _("live")
        RELEASE = "release", _("of a release")

    board = models.CharField(max_length=120, help_text=_("all, custom, weighted, portal:fr, language:fr, topic:…"))
    kind = models.CharField(max_length=10, choices=Kind)
    release = models.CharField(max_length=40, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    inputs = models.JSONField(help_text=_("The outcome file: its name, its SHA-256, its number of rows."))
    parameters = models.JSONField()
    versions = models.JSONField()
    digest = models.CharField(max_length=64)
    counts = models.JSONField()
    critical_value = models.FloatField(null=True)
    freedom = models.FloatField(null=True)
    design_effect = models.FloatField(null=True)
    style = models.JSONField(null=True)
    pairs = models.JSONField(null=True)
    ledger = models.JSONField(null=True, help_text=_("What each rule left out; on the board of all votes."))
    trust = models.JSONField(
        null=True, help_text=_("How far the board can be relied on (docs/trust.md); on the board of all votes.")
    )

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]
        indexes = [models.Index(fields=["board", "kind", "is_demo", "-created_at"], name="newest_boards")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="live", release="") | Q(kind="release") & ~Q(release=""), name="release_has_a_name"
            ),
            models.UniqueConstraint(
                fields=["release", "board", "is_demo"], condition=Q(kind="release"), name="board_once_per_release"
            ),
        ]
        triggers = [NEVER_REWRITTEN]

    def __str__(self):
        return f"{self.board}, {self.release or self.created_at.date()}"

    @property
    def can_be_verified(self):
        """Whether its outcome file was published with it."""
        return self.kind == self.Kind.RELEASE


class Rating(models.Model):
    """A model on a board; without a score, why it is not ranked."""

    class NotRanked(models.TextChoices):
        FEW_VOTES = "few_votes", _("too few votes against ranked models")
        FEW_VISITORS = "few_visitors", _("votes of too few visitors")
        APART = "apart", _("no path of wins and losses to the other models and back")
        ONE_VISITOR = "one_visitor", _("tied to the other models by a single visitor")
        UNCERTAIN = "uncertain", _("votes whose uncertainty cannot be measured")

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="ratings")
    model = models.ForeignKey("models_catalog.LanguageModel", on_delete=models.PROTECT, related_name="ratings")
    rank = models.PositiveSmallIntegerField(null=True)
    tier = models.PositiveSmallIntegerField(null=True)
    score = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    rank_low = models.PositiveSmallIntegerField(null=True)
    rank_high = models.PositiveSmallIntegerField(null=True)
    p_best = models.FloatField(null=True, help_text=_("The probability of being the first."))
    style_score = models.FloatField(null=True, help_text=_("At equal length and format."))
    not_ranked = models.CharField(max_length=12, choices=NotRanked, blank=True)
    votes = models.PositiveIntegerField()
    visitors = models.PositiveIntegerField()
    wins = models.PositiveIntegerField()
    ties = models.PositiveIntegerField()
    losses = models.PositiveIntegerField()
    both_bad = models.PositiveIntegerField()
    win_rate = models.FloatField(null=True, help_text=_("Ties count as halves."))
    decided_win_rate = models.FloatField(null=True, help_text=_("Wins among votes that are no tie."))
    both_bad_rate = models.FloatField(null=True)
    words = models.JSONField(null=True, help_text=_("Votes that ticked a word for it, and how many ticked each."))

    class Meta:
        ordering = ["snapshot", models.F("rank").asc(nulls_last=True), "model"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "model"], name="model_once_per_board"),
            models.CheckConstraint(
                condition=Q(
                    not_ranked="", rank__isnull=False, tier__isnull=False, score__isnull=False, low__isnull=False,
                    high__isnull=False,
                )
                | ~Q(not_ranked="") & Q(rank=None, tier=None, score=None, low=None, high=None),
                name="ranked_or_says_why",
            ),
        ]  # fmt: skip
        triggers = [NEVER_REWRITTEN]

    def __str__(self):
        return f"{self.model_id}: {self.score if self.rank else self.not_ranked}"
