"""The pages of a portal that search engines are told of, beside those of its menu."""

from django.urls import reverse

from .editorial_views import TABS
from .models import NewsItem


def addresses(portal):
    """Paths. One query."""
    tabs = [reverse("product", args=[tab]) for tab in list(TABS)[1:]]
    items = NewsItem.objects.published(portal).values_list("slug", flat=True)
    return [*tabs, reverse("duel"), *(reverse("news-item", args=[slug]) for slug in items)]
