"""The tables of the comparison. Only this application writes them."""

import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portals.caching import kept

from .checks.models import HelpLine, PromptCheckCount, PromptRules  # noqa: F401 (tables of this application)
from .querysets import ComparisonQuerySet, TurnQuerySet


def new_receipt():
    """A code that a person can copy from a screen: 20 letters and digits, 100 bits, none that look alike."""
    alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
    return "".join(secrets.choice(alphabet) for _ in range(20))


class Side(models.TextChoices):
    A = "a", "A"
    B = "b", "B"


class DrawPool(models.Model):
    """The models that could have been drawn, kept once for all comparisons that had the same."""

    digest = models.CharField(max_length=64, unique=True)
    model_ids = ArrayField(models.BigIntegerField(), help_text=_("In ascending order."))

    def __str__(self):
        return f"{len(self.model_ids)} models"


class PairWeight(models.Model):
    """How much the ranking still needs a pair. It writes the weights; the draw reads them."""

    model_1 = models.ForeignKey("models_catalog.LanguageModel", on_delete=models.CASCADE, related_name="+")
    model_2 = models.ForeignKey("models_catalog.LanguageModel", on_delete=models.CASCADE, related_name="+")
    weight = models.FloatField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model_1", "model_2"], name="one_weight_per_pair"),
            models.CheckConstraint(condition=Q(model_1__lt=F("model_2")), name="pair_in_order"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="weight_not_negative"),
        ]


class Suggestion(models.Model):
    """A question for who has none in mind. The part in [square brackets] is selected, to be replaced."""

    class Category(models.TextChoices):
        UNDERSTAND = "understand", _("Understand")
        WRITE = "write", _("Write")
        IMAGINE = "imagine", _("Imagine")
        DAILY_LIFE = "daily-life", _("Everyday life")
        SOCIETY = "society", _("Society and culture")
        LANGUAGES = "languages", _("Languages")

    code = models.SlugField(unique=True, help_text=_("Kept with each question that starts from it: it never changes."))
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    category = models.CharField(max_length=20, choices=Category)
    text = models.TextField(max_length=500, help_text=_("The part in [square brackets] is selected, to be replaced."))
    is_archived = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering = ["language", "category", "code"]

    def __str__(self):
        return self.text

    @property
    def prompt(self):
        """The question itself, without brackets."""
        return self.text.replace("[", "").replace("]", "")

    @classmethod
    def offered(cls, language):
        """Those of a language, by category, as of a few seconds ago."""
        return kept(f"suggestions:{language}", lambda: list(cls.objects.filter(language=language, is_archived=False)))


class Comparison(models.Model):
    """A visitor's conversation with two models at once."""

    class Origin(models.TextChoices):
        LIVE = "live", _("live")
        IMPORTED = "imported", _("imported")
        DEMO = "demo", _("demonstration")

    class Mode(models.TextChoices):
        RANDOM = "random", _("At random")
        CUSTOM = "custom", _("Of my choice")
        SMALL_MODELS = "small-models", _("Small models")
        BIG_VS_SMALL = "big-vs-small", _("A large one against a small one")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(_("asked on"), auto_now_add=True)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.LIVE)
    portal = models.ForeignKey(
        "portals.Portal", on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("portal")
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, help_text=_("Of the interface.")
    )
    visitor_key = models.CharField(max_length=64, null=True, blank=True)
    consent = models.ForeignKey(
        "portals.LegalVersion", on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4)
    mode = models.CharField(_("mode"), max_length=20, choices=Mode, default=Mode.RANDOM)
    chosen_models = ArrayField(models.BigIntegerField(), default=list, blank=True)
    model_a = models.ForeignKey(
        "models_catalog.LanguageModel", on_delete=models.PROTECT, related_name="+", verbose_name=_("model A")
    )
    model_b = models.ForeignKey(
        "models_catalog.LanguageModel", on_delete=models.PROTECT, related_name="+", verbose_name=_("model B")
    )
    drawn_a = models.BooleanField(default=True)
    drawn_b = models.BooleanField(default=True)
    draw_policy = models.CharField(max_length=40, blank=True)
    draw_probability = models.FloatField(
        null=True, blank=True, help_text=_("Of the unordered pair, given the chosen model if there was one.")
    )
    pool = models.ForeignKey(
        DrawPool, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    is_replaced = models.BooleanField(_("one that failed was replaced"), default=False)
    cohorts = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    room = models.ForeignKey(
        "Room", on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="comparisons"
    )
    receipt = models.CharField(max_length=32, default=new_receipt)
    share_token = models.CharField(max_length=32, null=True, blank=True, help_text=_("Made when shared."))
    revealed_at = models.DateTimeField(_("revealed on"), null=True, blank=True)
    first_release = models.CharField(max_length=40, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        indexes = [
            models.Index(fields=["visitor_key", "-created_at"], name="visitor_comparisons"),
            models.Index(fields=["portal", "created_at"], name="portal_comparisons"),
            models.Index(fields=["room"], condition=Q(room__isnull=False), name="room_comparisons"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["receipt"], name="receipt_once"),
            models.UniqueConstraint(
                fields=["share_token"], condition=Q(share_token__isnull=False), name="share_token_once"
            ),
            models.CheckConstraint(condition=~Q(model_a=F("model_b")), name="two_different_models"),
            models.CheckConstraint(
                condition=~Q(origin="live")
                | Q(consent__isnull=False, visitor_key__isnull=False)
                | Q(erased_at__isnull=False),
                name="live_has_consent",
            ),
            models.CheckConstraint(
                condition=~Q(origin="live")
                | Q(drawn_a=False, drawn_b=False, draw_probability__isnull=True)
                | (
                    ~Q(drawn_a=False, drawn_b=False)
                    & Q(draw_probability__gt=0, draw_probability__lte=1, pool__isnull=False)
                ),
                name="drawn_pair_has_probability",
            ),
        ]

    def __str__(self):
        return str(self.id)

    def get_absolute_url(self):
        return f"/arene/{self.id}/"

    @property
    def receipt_in_groups(self):
        """The receipt as it is shown: by five, which a person copies without losing their place."""
        return "-".join(self.receipt[place : place + 5] for place in range(0, len(self.receipt), 5))

    @property
    def receipt_url(self):
        return f"/recu/{self.receipt}/"

    def model(self, side):
        return self.model_a if side == Side.A else self.model_b

    def is_drawn(self, side):
        """Whether the site drew this side's model; false where the visitor chose it."""
        return self.drawn_a if side == Side.A else self.drawn_b


class Turn(models.Model):
    """One question, its two answers and at most one vote."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, db_index=False, related_name="turns")
    number = models.PositiveSmallIntegerField()
    prompt = models.TextField()
    prompt_language = models.CharField(max_length=10, blank=True, help_text=_("Detected; empty: too short to tell."))
    suggestion = models.CharField(max_length=100, blank=True)
    is_prompt_edited = models.BooleanField(default=False)
    topics = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        ordering = ["comparison", "number"]
        constraints = [
            models.UniqueConstraint(fields=["comparison", "number"], name="turn_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="turns_from_one"),
        ]

    def __str__(self):
        return f"{self.comparison_id}/{self.number}"


class ServedBy(models.Model):
    """What served an answer, copied when it was asked: the catalogue may change afterwards."""

    model = models.ForeignKey(
        "models_catalog.LanguageModel", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    endpoint = models.ForeignKey(
        "models_catalog.Endpoint", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    provider = models.CharField(max_length=50, blank=True)
    api_model_id = models.CharField(max_length=200, blank=True)
    temperature = models.FloatField(null=True, blank=True)
    max_tokens = models.PositiveIntegerField(null=True, blank=True)
    system_prompt = models.TextField(blank=True)
    quantization = models.CharField(max_length=2, blank=True)
    electricity_zone = models.CharField(max_length=3, blank=True)

    class Meta:
        abstract = True


class Written(models.Model):
    """What came of it: the text, its measures, and what it cost."""

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting")
        STREAMING = "streaming", _("being written")
        COMPLETE = "complete", _("finished")
        STOPPED = "stopped", _("stopped")
        INTERRUPTED = "interrupted", _("interrupted")
        FAILED = "failed", _("failed")

    class TokenSource(models.TextChoices):
        PROVIDER = "provider", _("counted by the provider")
        ESTIMATE = "estimate", _("estimated from the length")

    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    error_code = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)
    reasoning = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=40, blank=True)
    generation_id = models.CharField(max_length=200, blank=True)
    input_tokens = models.PositiveIntegerField(null=True, blank=True)
    output_tokens = models.PositiveIntegerField(null=True, blank=True)
    token_source = models.CharField(max_length=10, choices=TokenSource, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    first_token_ms = models.PositiveIntegerField(null=True, blank=True)
    reasoning_ms = models.PositiveIntegerField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    energy_wh_min = models.FloatField(null=True, blank=True)
    energy_wh_max = models.FloatField(null=True, blank=True)
    gco2_min = models.FloatField(null=True, blank=True)
    gco2_max = models.FloatField(null=True, blank=True)
    water_l_min = models.FloatField(null=True, blank=True)
    water_l_max = models.FloatField(null=True, blank=True)
    impact_method = models.CharField(max_length=60, blank=True)
    impact_inputs = models.JSONField(default=dict, blank=True)
    cost_usd = models.DecimalField(max_digits=12, decimal_places=8, null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def duration_ms(self):
        """From the request to the end; None if one of them is unknown."""
        if self.started_at and self.finished_at:
            return (self.finished_at - self.started_at) // timedelta(milliseconds=1)


class Answer(ServedBy, Written):
    """One side's answer to a turn. While it streams, only the holder of its claim token writes it."""

    FINISHED = ("complete", "stopped")
    BROKEN = ("failed", "interrupted")
    CAN_BE_ASKED_AGAIN = ("stopped", *BROKEN)

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, db_index=False, related_name="answers")
    side = models.CharField(max_length=1, choices=Side)
    claim_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    stop_requested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["turn_id", "side"]  # by "turn" would join the turns, whose own order then applies
        constraints = [
            models.UniqueConstraint(fields=["turn", "side"], name="one_answer_per_side"),
            models.CheckConstraint(
                condition=~Q(status="streaming") | Q(claim_token__isnull=False, lease_until__isnull=False),
                name="streaming_is_claimed",
            ),
            models.CheckConstraint(condition=~Q(status="failed") | ~Q(error_code=""), name="failure_has_code"),
        ]
        indexes = [
            models.Index(fields=["lease_until"], condition=Q(status="streaming"), name="streaming_leases"),
            models.Index(fields=["model", "finished_at"], name="answers_of_model"),
        ]

    def __str__(self):
        return f"{self.turn_id}/{self.side}"

    @property
    def is_finished(self):
        """Complete, or stopped by the visitor: it can be voted."""
        return self.status in self.FINISHED

    @property
    def is_broken(self):
        return self.status in self.BROKEN

    @property
    def is_over(self):
        return self.is_finished or self.is_broken


class Attempt(ServedBy, Written):
    """A try that was replaced or retried, as it stood: nothing is overwritten."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, db_index=False, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["answer", "number"]
        indexes = [models.Index(fields=["model"], name="attempts_of_model")]
        constraints = [models.UniqueConstraint(fields=["answer", "number"], name="attempt_number_once")]


class VoteTag(models.Model):
    """A word to say why: positive or negative, in each language."""

    class Polarity(models.TextChoices):
        POSITIVE = "positive", _("positive")
        NEGATIVE = "negative", _("negative")

    code = models.SlugField(unique=True)
    polarity = models.CharField(max_length=8, choices=Polarity)
    order = models.PositiveSmallIntegerField(default=0)
    is_archived = models.BooleanField(default=False)
    label = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("word of a vote")
        verbose_name_plural = _("words of a vote")
        ordering = ["order", "code"]

    def __str__(self):
        return self.label or self.code

    @classmethod
    def offered(cls):
        """The words that may be ticked, in order, as of a few seconds ago."""
        return kept("vote-tags", lambda: list(cls.objects.filter(is_archived=False)))


class Vote(models.Model):
    """The preference given on a turn: at most one, open to change until the reveal."""

    class Choice(models.TextChoices):
        A_BETTER = "a_better", _("A is better")
        B_BETTER = "b_better", _("B is better")
        BOTH_GOOD = "both_good", _("Both are good")
        BOTH_BAD = "both_bad", _("Neither is good")
        CANNOT_SAY = "cannot_say", _("I can't say")

    turn = models.OneToOneField(Turn, on_delete=models.CASCADE, related_name="vote")
    choice = models.CharField(max_length=10, choices=Choice)
    tags_a = ArrayField(models.SlugField(), default=list, blank=True)
    tags_b = ArrayField(models.SlugField(), default=list, blank=True)
    comment_a = models.TextField(blank=True)
    comment_b = models.TextField(blank=True)
    seconds_to_vote = models.FloatField(
        null=True, blank=True, help_text=_("From the end of the last answer to the first vote.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(choice__in=["a_better", "b_better", "both_good", "both_bad", "cannot_say"]),
                name="known_choice",
            )
        ]


class Exclusion(models.Model):
    """A reason to leave a comparison, or one of its turns, out of what is published; several may stand."""

    class Scope(models.TextChoices):
        TEXT = "text", _("its text")
        EVERYTHING = "everything", _("everything")

    comparison = models.ForeignKey(
        Comparison, on_delete=models.CASCADE, related_name="exclusions", verbose_name=_("comparison")
    )
    turn = models.ForeignKey(
        Turn, on_delete=models.CASCADE, null=True, blank=True, related_name="exclusions", verbose_name=_("question")
    )
    rule = models.SlugField(_("rule"))
    scope = models.CharField(_("scope"), max_length=10, choices=Scope)
    reason = models.TextField(_("reason"), blank=True)
    shadow = models.BooleanField(_("not told to the visitor before a release"), default=False)
    created_at = models.DateTimeField(_("set aside on"), auto_now_add=True)
    lifted_at = models.DateTimeField(_("lifted on"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    evidence = models.JSONField(default=dict, blank=True, help_text=_("In numbers, without a text of anybody."))
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    why_lifted = models.TextField(_("why it was lifted"), blank=True)

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        constraints = [
            models.UniqueConstraint(
                fields=["comparison", "turn", "rule"],
                condition=Q(lifted_at=None),
                nulls_distinct=False,
                name="rule_in_force_once",
            )
        ]


# Of this application too; after Vote, whose choices a class room has.
from .rooms.models import Room, RoomMember, RoomVote, new_link  # noqa: E402, F401
