"""What can be compared: organisations, licences, models, the endpoints that serve them, the source of each fact."""

import os
from typing import NamedTuple

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portals.caching import kept
from staff import secrets

from . import availability, impact, register, spending
from .spending import Spending  # noqa: F401 (a table of this application)


class Organisation(models.Model):
    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=100, unique=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("ISO 3166 code; empty: unknown."))
    website = models.URLField(_("website"), blank=True)
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Licence(models.Model):
    class Distribution(models.TextChoices):
        API_ONLY = "api-only", _("proprietary")
        OPEN_WEIGHTS = "open-weights", _("open weights")
        FULLY_OPEN_SOURCE = "fully-open-source", _("open source")

    name = models.CharField(_("name"), max_length=100, unique=True)
    distribution = models.CharField(_("distribution"), max_length=20, choices=Distribution)
    reuse = models.BooleanField(_("may be built upon"), null=True, help_text=_("May a model be made from this one?"))
    commercial_use = models.BooleanField(_("commercial use"), null=True)
    url = models.URLField(_("address of the text"), blank=True)

    class Meta:
        verbose_name = _("licence")
        verbose_name_plural = _("licences")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Contender(NamedTuple):
    """A model that can be drawn now; `size` in billions of parameters, None if unknown."""

    slug: str
    name: str
    size: float | None


class LanguageModelQuerySet(models.QuerySet):
    def shown_on(self, portal):
        """Models of this portal's list, and those on no list: they are everywhere. None: no portal is meant."""
        if portal is None:
            return self
        listed = LanguageModel.portals.through.objects.filter(languagemodel=OuterRef("pk"))
        return self.filter(Exists(listed.filter(portal=portal)) | ~Exists(listed))

    def drawable(self, portal=None):
        """Enabled models that this portal shows and that one of their endpoints can answer for now, for a page.

        A list, since whether a key is there is known by the environment and not by the database. Two queries.
        """
        rows = self.filter(status=LanguageModel.Status.ENABLED).shown_on(portal).order_by("pk")
        rows = rows.select_related("organisation").prefetch_related("endpoints")
        return [model for model in rows if any(map(Endpoint.can_be_drawn, model.endpoints.all()))]

    def contenders(self, portal=None):
        """{id: Contender} of the same models, for a draw or a list of choices, by name: one narrow query."""
        rows = self.filter(status=LanguageModel.Status.ENABLED).shown_on(portal)
        endpoints = Endpoint.objects.filter(model__in=rows, is_enabled=True).order_by("model__name")
        endpoints = endpoints.only("model_id", *Endpoint.DRAWN_WITH)
        endpoints = endpoints.annotate(slug=F("model__slug"), name=F("model__name"), size=F("model__total_params"))
        return {
            endpoint.model_id: Contender(endpoint.slug, endpoint.name, endpoint.size)
            for endpoint in endpoints
            if endpoint.can_be_drawn()
        }


class LanguageModel(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        REVIEW = "review", _("in review")
        ENABLED = "enabled", _("enabled")
        PAUSED = "paused", _("paused")
        ARCHIVED = "archived", _("archived")

    class Architecture(models.TextChoices):
        DENSE = "dense", _("dense")
        MOE = "moe", _("mixture of experts")
        MATFORMER = "matformer", _("nested (MatFormer)")
        UNKNOWN = "", _("unknown")

    class Reasoning(models.TextChoices):
        NO = "no", _("no")
        YES = "yes", _("yes")
        HYBRID = "hybrid", _("on demand")

    class SizeClass(models.TextChoices):
        XS = "XS", _("very small")
        S = "S", _("small")
        M = "M", _("medium")
        L = "L", _("large")
        XL = "XL", _("very large")

    class Quantization(models.TextChoices):
        NONE = "", _("none")
        Q8 = "q8", _("8 bits")
        Q4 = "q4", _("4 bits")

    slug = models.CharField(_("identifier"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=100)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="models", verbose_name=_("organisation")
    )
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="models", verbose_name=_("licence"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    portals = models.ManyToManyField(
        "portals.Portal",
        blank=True,
        related_name="models",
        help_text=_("None: all of them."),
        verbose_name=_("portals"),
    )

    architecture = models.CharField(_("architecture"), max_length=20, choices=Architecture, blank=True)
    is_architecture_estimated = models.BooleanField(_("architecture is an estimate"), default=False)
    total_params = models.FloatField(_("size"), null=True, blank=True, help_text=_("Billions of parameters."))
    active_params = models.FloatField(
        _("active parameters"), null=True, blank=True, help_text=_("Billions in use for each token, if fewer.")
    )
    are_params_estimated = models.BooleanField(_("size is an estimate"), default=False)
    quantization = models.CharField(_("quantisation"), max_length=2, choices=Quantization, blank=True)
    reasoning = models.CharField(_("reasoning"), max_length=10, choices=Reasoning, default=Reasoning.NO)
    context_window = models.PositiveIntegerField(_("context window"), null=True, blank=True, help_text=_("Tokens."))
    release_date = models.DateField(
        _("release date"), null=True, blank=True, help_text=_("The first day of the month, if only the month is known.")
    )
    knowledge_cutoff = models.DateField(_("knowledge cut-off"), null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name=_("languages"))
    inputs = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("inputs"))
    url = models.URLField(_("page of the model"), blank=True, max_length=500)

    has_open_weights = models.BooleanField(_("open weights"), null=True, blank=True)
    has_open_code = models.BooleanField(_("open code"), null=True, blank=True)
    has_open_data = models.BooleanField(_("open data"), null=True, blank=True)
    published_wh_per_million_tokens = models.FloatField(
        _("published energy"),
        null=True,
        blank=True,
        help_text=_("As published with EcoLogits 0.8.2, to compare and not to show."),
    )

    description = models.TextField(_("description"), blank=True)
    size_description = models.TextField(_("what its size asks for"), blank=True)
    did_you_know = models.TextField(_("did you know?"), blank=True)
    known_limits = models.TextField(
        _("known biases and limits"), blank=True, help_text=_("Where it errs, what it leans to, what it cannot do.")
    )

    rank_summary = models.JSONField(
        _("place in the ranking"), null=True, blank=True, help_text=_("Written by the ranking: tier, score, interval.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    objects = LanguageModelQuerySet.as_manager()

    COUNTED_WITH = ("total_params", "active_params", "are_params_estimated", "quantization")
    """What the impact of an answer depends on."""

    class Meta:
        verbose_name = _("model")
        verbose_name_plural = _("models")
        permissions = [("publish_languagemodel", "Can publish, pause and archive models")]
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(active_params__isnull=True)
                | Q(total_params__isnull=True)
                | Q(active_params__lte=F("total_params")),
                name="active_params_within_total",
            ),
            models.CheckConstraint(
                condition=~Q(slug__in=["comparer", "journal"]),
                name="slug_is_no_page",
                violation_error_message=_("This is the address of a page: choose another."),
            ),
        ]
        triggers = register.MODEL_TRIGGERS

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"/modeles/{self.slug}/"

    @property
    def size_class(self):
        """XS < 15 billion parameters <= S < 60 <= M < 100 <= L < 400 <= XL; None if unknown."""
        if self.total_params is None:
            return None
        for ceiling, size in ((15, "XS"), (60, "S"), (100, "M"), (400, "L")):
            if self.total_params < ceiling:
                return self.SizeClass(size)
        return self.SizeClass.XL

    @property
    def memory_gb(self):
        """Gigabytes that running it takes, as an impact.Range; None if its size is unknown."""
        return impact.memory_gb(self.total_params, self.quantization, self.are_params_estimated)

    @property
    def energy_class(self):
        """ "A" to "G", for 1,000 tokens wherever it is served; None if its size is unknown."""
        return impact.energy_class(**{name: getattr(self, name) for name in self.COUNTED_WITH})

    def impact_of_1000_tokens(self, zone="", endpoint=None):
        """What 1,000 tokens cost, as an impact.Impact; None if its size is unknown.

        Served by this endpoint, else in an unknown data centre; with the electricity of `zone` if one is given, else
        the endpoint's own.
        """
        counted = {name: getattr(self, name) for name in self.COUNTED_WITH}
        if endpoint is not None:
            counted["quantization"] = endpoint.quantization or self.quantization
            counted |= {"provider": endpoint.provider, "zone": zone or endpoint.electricity_zone}
        return impact.of_answer(**{"zone": zone, "output_tokens": 1000} | counted)

    @property
    def is_open(self):
        return self.licence.distribution != Licence.Distribution.API_ONLY

    @classmethod
    def served(cls, model_id):
        """What calling this model and counting its cost takes, as it was some seconds ago at most."""
        return kept(
            f"served:{model_id}",
            lambda: cls.objects.only("slug", *cls.COUNTED_WITH).prefetch_related("endpoints").get(pk=model_id),
        )

    def usable_endpoints(self):
        """Those that have everything a call needs, in order of preference, whether they answer or not."""
        return [endpoint for endpoint in self.endpoints.all() if endpoint.is_usable()]

    def usable_endpoint(self):
        """The first of them; None if there is none."""
        return next(iter(self.usable_endpoints()), None)


class Endpoint(models.Model):
    """Where a model can be called. Keys stay in the environment, or here encrypted; never in clear."""

    class Protocol(models.TextChoices):
        OPENAI = "openai", _("OpenAI-compatible")
        LITELLM = "litellm", "LiteLLM"

    model = models.ForeignKey(
        LanguageModel, on_delete=models.CASCADE, related_name="endpoints", verbose_name=_("model")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("The lowest is tried first."))
    is_enabled = models.BooleanField(_("in use"), default=True)
    protocol = models.CharField(_("protocol"), max_length=10, choices=Protocol, default=Protocol.OPENAI)
    provider = models.CharField(
        _("provider"), max_length=50, help_text=_("Who serves it: openrouter, albert, vertex_ai, local…")
    )
    api_model_id = models.CharField(
        _("provider's name for the model"),
        max_length=200,
        help_text=_("The provider's name for the model, or the LiteLLM route."),
    )
    base_url = models.CharField(
        _("address"),
        max_length=300,
        blank=True,
        help_text=_("The address that ends in /v1, or $NAME for a variable of the environment."),
    )
    api_key_variable = models.CharField(
        _("variable of the key"),
        max_length=100,
        blank=True,
        help_text=_("The variable of the environment that holds the key; empty if there is none."),
    )
    encrypted_api_key = models.BinaryField(null=True, blank=True, editable=False)
    extra = models.JSONField(
        _("more fields of the request"), default=dict, blank=True, help_text=_("More fields of the request.")
    )
    electricity_zone = models.CharField(
        _("electricity zone"), max_length=3, blank=True, help_text=_("ISO 3166 code; empty: unknown.")
    )
    quantization = models.CharField(_("quantisation"), max_length=2, choices=LanguageModel.Quantization, blank=True)
    system_prompt = models.TextField(_("system prompt"), blank=True)
    temperature = models.FloatField(_("temperature"), default=0.7)
    max_tokens = models.PositiveIntegerField(_("longest answer"), default=16384)
    input_price = models.DecimalField(
        _("price of input"),
        max_digits=12,
        decimal_places=6,
        null=True,
        blank=True,
        help_text=_("US$ per million tokens."),
    )
    output_price = models.DecimalField(
        _("price of output"),
        max_digits=12,
        decimal_places=6,
        null=True,
        blank=True,
        help_text=_("US$ per million tokens."),
    )
    daily_ceiling = models.DecimalField(
        _("daily ceiling"), max_digits=10, decimal_places=2, null=True, blank=True, help_text=_("US$ per day.")
    )
    DRAWN_WITH = ("is_enabled", "base_url", "api_key_variable", "encrypted_api_key", "daily_ceiling")
    """What being drawn depends on."""

    MOVED_BY = {"base_url", "protocol", "provider"}
    """Columns with which a stored key would go elsewhere: it is forgotten when one of them changes."""

    answered_at = models.DateTimeField(
        _("last answer"), null=True, blank=True, help_text=_("When it last answered a check.")
    )

    class Meta:
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["model", "provider", "api_model_id"], name="endpoint_once_per_model"),
        ]
        triggers = register.ENDPOINT_TRIGGERS

    def __str__(self):
        return f"{self.provider}: {self.api_model_id}"

    def resolved_base_url(self):
        """The address to call; empty if it names a variable that the environment does not have."""
        if self.base_url.startswith("$"):
            return os.environ.get(self.base_url[1:], "")
        return self.base_url

    def api_key(self):
        """The key in clear, for a call only; empty if there is none."""
        if self.encrypted_api_key:
            return secrets.decrypt(bytes(self.encrypted_api_key))
        return os.environ.get(self.api_key_variable, "") if self.api_key_variable else ""

    def missing(self):
        """What a call needs and cannot be had here: "address", "key", or ""."""
        if self.base_url and not self.resolved_base_url():
            return "address"
        if not (self.api_key_variable or self.encrypted_api_key):
            return ""
        try:
            return "" if self.api_key() else "key"
        except secrets.UNREADABLE:
            return "key"

    def is_usable(self):
        """Enabled, and everything a call needs is there."""
        return self.is_enabled and not self.missing()

    def can_be_drawn(self):
        """Usable, it did not fail again and again of late, and its daily ceiling is not near."""
        return self.is_usable() and not availability.is_open(self.pk) and spending.is_in_draw(self)


class FactSource(models.Model):
    """Where a fact of a sheet comes from, and when it was read."""

    model = models.ForeignKey(LanguageModel, on_delete=models.CASCADE, related_name="sources", verbose_name=_("model"))
    field = models.CharField(_("fact"), max_length=50)
    url = models.URLField(_("address"), max_length=500)
    date = models.DateField(_("read on"))

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["field"]
        constraints = [models.UniqueConstraint(fields=["model", "field", "url"], name="source_once_per_fact")]

    def __str__(self):
        return f"{self.model}: {self.field}"


class Event(models.Model):
    """A line of the register, written by the triggers of `register` alone. It outlives the model it speaks of."""

    class Kind(models.TextChoices):
        ADDED = "added", _("added")
        ENABLED = "enabled", _("enabled")
        PAUSED = "paused", _("paused")
        ARCHIVED = "archived", _("archived")
        WITHDRAWN = "withdrawn", _("withdrawn for correction")
        ENDPOINT_ADDED = "endpoint_added", _("endpoint added")
        ENDPOINT_REMOVED = "endpoint_removed", _("endpoint removed")
        ENDPOINT_ENABLED = "endpoint_enabled", _("endpoint enabled")
        ENDPOINT_PAUSED = "endpoint_paused", _("endpoint paused")
        ENDPOINT_CHANGED = "endpoint_changed", _("endpoint changed")
        PROVIDER = "provider", _("provider changed")
        QUANTIZATION = "quantization", _("quantisation changed")
        SYSTEM_PROMPT = "system_prompt", _("system prompt changed")

    model = models.ForeignKey(LanguageModel, models.DO_NOTHING, db_constraint=False, related_name="events")
    slug = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=Kind)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="events_by_date")]
        triggers = [pgtrigger.Protect(name="never_rewritten", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.at:%Y-%m-%d} {self.slug}: {self.kind}"
