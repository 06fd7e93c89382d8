"""News of a portal, in as many languages as editors wrote it."""

from dataclasses import dataclass

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .caching import kept
from .editorial import preferred

ON_THE_HOME_PAGE = 3


class NewsQuerySet(models.QuerySet):
    def published(self, portal, at=None):
        """What visitors of this portal may read at this moment, pinned first, then the newest."""
        found = self.filter(portals=portal, published_at__lte=at or timezone.now())
        return found.order_by("-is_pinned", "-published_at", "-pk")

    def latest(self, portal):
        """Those of the home page, as of some seconds ago."""
        return kept(f"news:{portal.pk}", lambda: list(self.published(portal)[:ON_THE_HOME_PAGE]))


@dataclass(frozen=True)
class Words:
    """The texts of an item, all in one language."""

    language: str
    title: str
    summary: str
    body: str
    picture_alt: str


class NewsItem(models.Model):
    class Kind(models.TextChoices):
        RELEASE = "release", _("Release")
        ARTICLE = "article", _("Article")
        STUDY = "study", _("Study")
        EVENT = "event", _("Event")
        PRESS = "press", _("In the press")

    portals = models.ManyToManyField(
        "portals.Portal", related_name="news", verbose_name=_("portals"), help_text=_("Where it appears.")
    )
    slug = models.SlugField(_("address"), unique=True, max_length=100, help_text=_("Its address: /news/…/"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    is_pinned = models.BooleanField(_("pinned"), default=False, help_text=_("Before the others, whatever its date."))
    published_at = models.DateTimeField(
        _("published on"),
        null=True,
        blank=True,
        help_text=_("Empty: a draft, not shown. In the future: shown from then on."),
    )
    updated_at = models.DateTimeField(auto_now=True)
    title = models.CharField(_("title"), max_length=150, blank=True)
    summary = models.CharField(
        _("summary"), max_length=300, blank=True, help_text=_("One or two sentences, shown in lists.")
    )
    body = models.TextField(_("text"), blank=True, help_text=_("Markdown."))
    picture = models.FileField(
        _("picture"), upload_to="news/", blank=True, help_text=_("PNG, WebP or JPEG, wide: shown as 16:9.")
    )
    picture_alt = models.CharField(
        _("description of the picture"),
        max_length=200,
        blank=True,
        help_text=_("What the picture says; empty if it only decorates."),
    )
    link = models.URLField(
        _("link"),
        blank=True,
        validators=[URLValidator(["https", "http"])],
        help_text=_("Where to read more, elsewhere."),
    )

    objects = NewsQuerySet.as_manager()

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news")
        indexes = [models.Index(fields=["-is_pinned", "-published_at"], name="news_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["release", "article", "study", "event", "press"]), name="news_kind_is_one"
            )
        ]

    def __str__(self):
        return self.words.title or self.slug

    def get_absolute_url(self):
        return reverse("news-item", args=[self.slug])

    @property
    def is_published(self):
        return self.published_at is not None and self.published_at <= timezone.now()

    @property
    def words(self):
        """In the visitor's language, else in the first that an editor wrote."""
        return self.in_language(get_language() or settings.LANGUAGE_CODE)

    def in_language(self, language):
        written = [code for code in preferred(language) if getattr(self, f"title_{code}")]
        code = next(iter(written), language)
        names = ("title", "summary", "body", "picture_alt")
        return Words(code, *(getattr(self, f"{name}_{code}") or "" for name in names))
