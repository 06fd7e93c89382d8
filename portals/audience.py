"""How often each page is read, a day at a time: counts alone, of nobody in particular. docs/audience.md."""

from django.conf import settings
from django.db import models
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

KEPT_DAYS = 760
"""25 months, the longest that the French authority for personal data allows for figures of audience."""


class PageCountQuerySet(models.QuerySet):
    def by_day(self):
        """[(day, views)], the oldest first."""
        return list(self.values_list("day").order_by("day").annotate(Sum("views")))

    def add(self, counts):
        """Add {(day, portal id, page, language, referrer): views} to what is there."""
        for (day, portal, page, language, referrer), views in counts.items():
            same = {"day": day, "portal_id": portal, "page": page, "language": language, "referrer": referrer}
            if not self.filter(**same).update(views=F("views") + views):
                self.create(**same, views=views)


class PageCount(models.Model):
    """Pages of one kind read in a day, on a portal, in a language, from a well-known site or not."""

    day = models.DateField()
    portal = models.ForeignKey("portals.Portal", on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=40, help_text=_("The name of its address, never the address itself."))
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    referrer = models.CharField(max_length=40, blank=True)
    views = models.PositiveIntegerField()

    objects = PageCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("pages read")
        verbose_name_plural = _("pages read")
        constraints = [
            models.UniqueConstraint(fields=["day", "portal", "page", "language", "referrer"], name="one_page_count")
        ]

    def __str__(self):
        return f"{self.day} {self.page}: {self.views}"
