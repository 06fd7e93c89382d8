"""A country's site: its hosts, languages, objective, theme and legal texts."""

import logging

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .audience import PageCount
from .caching import CACHE_AWAY, kept
from .news import NewsItem

__all__ = ["Feedback", "LegalVersion", "NewsItem", "PageCount", "Portal"]

log = logging.getLogger(__name__)


def host_of(name):
    """The bare host of a Host header: lower case, without the port."""
    return name.rsplit(":", 1)[0].strip("[]").lower() if not name.endswith("]") else name.strip("[]").lower()


class PortalQuerySet(models.QuerySet):
    def for_host(self, host):
        """The portal that answers on this host, else the default one; raises Portal.DoesNotExist if there is none.

        In production the default one answers on its own hosts alone, as any other, unless it has none yet.
        """
        portals = [portal for portal in self.kept() if portal.is_open or settings.LOCAL]
        name = host_of(host)
        for portal in portals:
            if name in portal.hosts:
                return portal
        for portal in portals:
            if portal.is_default and (settings.LOCAL or not portal.hosts):
                return portal
        raise self.model.DoesNotExist(f"No portal answers on {name}.")

    def kept(self):
        """All of them, the default one first, as of some seconds ago."""
        return kept("portals", lambda: list(self.order_by("-is_default", "code")))

    def open(self):
        return self.filter(is_open=True)

    def default(self):
        """The one whose language the admin speaks; None before there is any."""
        return self.filter(is_default=True).first()


class Portal(models.Model):
    class Theme(models.TextChoices):
        DSFR = "dsfr", "DSFR"
        NEUTRAL = "neutral", _("Neutral")

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    hosts = ArrayField(models.CharField(max_length=253), verbose_name=_("hosts"), default=list, blank=True)
    languages = ArrayField(
        models.CharField(max_length=10, choices=settings.LANGUAGES), verbose_name=_("languages"), default=list
    )
    default_language = models.CharField(_("default language"), max_length=10, choices=settings.LANGUAGES, default="fr")
    theme = models.CharField(_("theme"), max_length=30, choices=Theme, default=Theme.DSFR)
    brand_colour = models.CharField(
        _("colour"), max_length=7, blank=True, help_text=_("#rrggbb, of links and buttons; empty: the theme's own.")
    )
    logo = models.FileField(_("logo"), upload_to="portals/", blank=True, help_text=_("PNG, WebP or JPEG."))
    contact_email = models.EmailField(
        _("e-mail address"), blank=True, help_text=_("Receives what visitors write to us; shown to them.")
    )
    mailing_list_url = models.URLField(_("mailing list"), blank=True, help_text=_("Where to subscribe to the news."))
    statistics_url = models.URLField(
        _("statistics"), blank=True, help_text=_("Where figures on how the site is used are published.")
    )
    objective = models.PositiveIntegerField(_("objective"), help_text=_("Votes that the portal aims for."))
    vote_count = models.PositiveIntegerField(
        _("number of votes"), default=0, help_text=_("Counted exactly each night.")
    )
    electricity_zone = models.CharField(
        _("electricity zone"), max_length=3, default="FRA", help_text=_("ISO 3166 code, or WOR for the world.")
    )
    is_default = models.BooleanField(_("default portal"), default=False)
    is_open = models.BooleanField(
        _("open to visitors"),
        default=True,
        help_text=_("Until then it answers on a local machine alone, and no model waits for its texts."),
    )

    objects = PortalQuerySet.as_manager()

    class Meta:
        verbose_name = _("portal")
        verbose_name_plural = _("portals")
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_portal"),
            models.CheckConstraint(
                condition=Q(brand_colour="") | Q(brand_colour__regex=r"^#[0-9a-f]{6}$"), name="brand_colour_is_one"
            ),
        ]

    def __str__(self):
        """Portals may bear the same name."""
        return f"{self.name} ({self.code})"

    @property
    def colours_url(self):
        """Of its style sheet; it changes with the colour, so that browsers may keep each for good."""
        return reverse("portal-colours", args=[self.brand_colour.lstrip("#")])

    @property
    def votes_key(self):
        return f"votes:{self.pk}"

    def count_vote(self):
        """Add a vote to the counter that stands between two nightly counts. Without a cache, the night counts it."""
        try:
            cache.add(self.votes_key, 0, timeout=None)
            cache.incr(self.votes_key)
        except CACHE_AWAY as error:
            log.warning("vote not added to the counter: %s", type(error).__name__)

    def votes(self):
        """Votes so far: the nightly count plus those since, as of a few seconds ago. No query."""
        return kept(f"shown:{self.votes_key}", self._count_votes)

    def _count_votes(self):
        try:
            return self.vote_count + (cache.get(self.votes_key) or 0)
        except CACHE_AWAY:
            return self.vote_count


class LegalVersionQuerySet(models.QuerySet):
    def published(self, portal, kind):
        """All published texts of a kind, the newest first."""
        return self.filter(portal=portal, kind=kind, published_at__isnull=False).order_by("-published_at", "-pk")

    def current(self, portal, kind, language):
        """The published text in force, in this language or else in the portal's; None if there is none."""
        versions = self.published(portal, kind)
        return versions.filter(language=language).first() or versions.filter(language=portal.default_language).first()


class LegalVersion(models.Model):
    """One version of a legal text. A published version is never changed: a consent refers to it."""

    class Kind(models.TextChoices):
        TERMS = "terms", _("Terms of use")
        LEGAL_NOTICE = "legal-notice", _("Legal notice")
        PERSONAL_DATA = "personal-data", _("Personal data")

    portal = models.ForeignKey(
        Portal, on_delete=models.PROTECT, related_name="legal_versions", verbose_name=_("portal")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    text = models.TextField(_("text"), help_text=_("Markdown."))
    published_at = models.DateTimeField(_("published on"), null=True, blank=True)

    objects = LegalVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal text")
        verbose_name_plural = _("legal texts")
        indexes = [models.Index(fields=["portal", "kind", "language", "-published_at"], name="legal_in_force")]

    def __str__(self):
        return (
            f"{self.get_kind_display()} ({self.language}, {self.published_at:%Y-%m-%d})"
            if self.published_at
            else (f"{self.get_kind_display()} ({self.language}, draft)")
        )


class Feedback(models.Model):
    """What a visitor wrote to us. The address is theirs to give; nothing else says who they are."""

    portal = models.ForeignKey(Portal, on_delete=models.CASCADE, related_name="+", verbose_name=_("portal"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    created_at = models.DateTimeField(_("received on"), auto_now_add=True)
    message = models.TextField(_("message"))
    email = models.EmailField(_("e-mail address"), blank=True)
    handled_at = models.DateTimeField(_("handled on"), null=True, blank=True)

    class Meta:
        verbose_name = _("message of a visitor")
        verbose_name_plural = _("messages of visitors")
        ordering = ["-created_at"]

    def __str__(self):
        return f"{self.created_at:%Y-%m-%d %H:%M}"
