"""What others made of the open data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reuse(models.Model):
    """Told on the page of the data, the last one first."""

    title = models.CharField(_("title"), max_length=150)
    url = models.URLField(_("address"), unique=True)
    author = models.CharField(_("author"), max_length=150, blank=True)
    description = models.TextField(_("description"), max_length=500, blank=True)
    is_shown = models.BooleanField(_("shown"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("reuse")
        verbose_name_plural = _("reuses")
        ordering = ["-created_at"]

    def __str__(self):
        return self.title
