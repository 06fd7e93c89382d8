"""The news of a portal: the list with its filter by kind, an item, and the Atom feed."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .models import NewsItem
from .prose import as_html

PER_PAGE = 12
IN_THE_FEED = 30


@require_safe
def news(request):
    """All of it, or one kind; the list alone for htmx. A kind that is none shows everything."""
    published = NewsItem.objects.published(request.portal)
    asked = request.GET.get("kind", "")
    kind = asked if asked in NewsItem.Kind.values else ""
    shown = published.filter(kind=kind) if kind else published
    there = set(published.order_by().values_list("kind", flat=True).distinct())
    is_fragment = request.htmx and not request.htmx.history_restore_request
    context = {
        "is_fragment": is_fragment,
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "kind": kind,
        "kinds": [(value, label) for value, label in NewsItem.Kind.choices if value in there],
    }
    response = render(request, "portals/_news_list.html" if is_fragment else "portals/news.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def news_item(request, slug):
    item = NewsItem.objects.published(request.portal).filter(slug=slug).first()
    if item is None:
        raise Http404
    return render(request, "portals/news_item.html", page_of(item))


def page_of(item):
    """What the page shows of an item, in the language in use."""
    return {"item": item, "body": as_html(item.words.body)}


@require_safe
def feed(request):
    """The newest items by date, in the visitor's language."""
    address = request.build_absolute_uri
    atom = Atom1Feed(
        title=_("News of %(name)s") % {"name": request.portal.name},
        link=address(reverse("news")),
        description="",
        language=request.LANGUAGE_CODE,
        feed_url=address(),
    )
    for item in NewsItem.objects.published(request.portal).order_by("-published_at", "-pk")[:IN_THE_FEED]:
        words = item.words
        atom.add_item(
            title=words.title,
            link=address(item.get_absolute_url()),
            unique_id=address(item.get_absolute_url()),
            description=words.summary,
            pubdate=item.published_at,
            updateddate=max(item.updated_at, item.published_at),
            categories=[str(item.get_kind_display())],
            author_name=request.portal.name,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
