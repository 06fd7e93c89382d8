"""The public pages of the catalogue."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portals import indexing
from portals.templatetags.navigation import PAGES, exists

from . import browsing, journal, published, sheets
from .models import LanguageModel

EVENTS_ON_A_SHEET = 8
EVENTS_PER_PAGE = 50


@require_safe
def models(request):
    """The list; its results alone for htmx. An address that is not canonical leads to the one that is."""
    listing = browsing.browse(published.public(request), request.GET)
    is_fragment = request.htmx and not request.htmx.history_restore_request
    address = reverse("models") + (f"?{listing.query}" if listing.query else "")
    if not is_fragment and request.GET.urlencode() != listing.query:
        return redirect(address)
    template = "models_catalog/_browsed.html" if is_fragment else "models_catalog/models.html"
    response = render(request, template, {"listing": listing, "sorts": browsing.SORTS, "is_fragment": is_fragment})
    if is_fragment:
        response.headers["HX-Push-Url"] = address
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def sheet(request, slug):
    return sheet_page(request, published.find(published.sheets(request), slug))


def sheet_page(request, model, preview=False):
    """The sheet as visitors see it; `preview` says above it that they do not see it yet."""
    asked = request.GET.get("zone", "").upper()
    zones = sheets.zones()
    zone = asked if asked in dict(zones) else ""
    others = LanguageModel.objects.filter(status=LanguageModel.Status.ENABLED).shown_on(request.portal)
    others = others.select_related("organisation", "licence").only(*browsing.CARD)
    events = journal.of_models(LanguageModel.objects.filter(pk=model.pk))[:EVENTS_ON_A_SHEET]
    context = {
        "model": model,
        "preview": preview,
        "texts": sheets.texts(model),
        "facts": sheets.facts(model),
        "costs": sheets.costs(model, zone),
        "method": sheets.impact.METHOD,
        "zone": zone,
        "zones": zones,
        "endpoints": sheets.serving(model),
        "days": journal.by_day(events),
        "similar": sheets.similar(model, others),
        "structured": "" if preview else sheets.structured(model, address_of(request, model)),
        "canonical": "" if preview else address_of(request, model),
    }
    return render(request, "models_catalog/sheet.html", context)


@require_safe
def compare(request):
    """Two models side by side; with one or none chosen, the lists to choose from."""
    slugs = [request.GET.get(name, "") for name in "ab"]
    choices = list(published.public(request).select_related("organisation").only("slug", "name", "organisation__name"))
    choices.sort(key=lambda model: (model.organisation.name.casefold(), model.name.casefold()))
    context, status = {"choices": choices, "slugs": slugs}, 200
    known = {model.slug for model in choices}
    if any(slug and slug not in known for slug in slugs):
        context["problem"], status = _("One of these models is not in the catalogue: choose it again."), 404
    elif all(slugs) and slugs[0] == slugs[1]:
        context["problem"], status = _("This is the same model twice: choose two that differ."), 422
    elif all(slugs):
        pair = [published.find(published.sheets(request), slug) for slug in slugs]
        context |= {"pair": pair, "groups": sheets.compared(*pair)}
    return render(request, "models_catalog/compare.html", context, status=status)


@require_safe
def register(request):
    """The register of events; of one model if it is named, of all for a name that is not known."""
    choices = published.public(request)
    names = dict(choices.order_by("name").values_list("slug", "name"))
    slug = request.GET.get("model", "")
    chosen = slug if slug in names else ""
    events = journal.of_models(choices.filter(slug=chosen) if chosen else choices)
    page = Paginator(events, EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"names": names, "chosen": chosen, "page": page, "days": journal.by_day(page)}
    return render(request, "models_catalog/register.html", context)


@require_safe
def sitemap(request):
    paths = [*(path for path, _label in PAGES if exists(path)), reverse("compare-models"), reverse("register")]
    pages = [request.build_absolute_uri(path) for path in [*paths, *indexing.addresses(request.portal)]]
    found = published.public(request).only("slug", "updated_at")
    context = {"pages": pages, "models": [(address_of(request, model), model.updated_at) for model in found]}
    return render(request, "models_catalog/sitemap.xml", context, content_type="application/xml")


@require_safe
def robots(request):
    """Comparisons are nobody's to index; the staff's door, whose path may be a secret, says so itself."""
    lines = ["User-agent: *", "Disallow: /arene/*/", "Disallow: /modeles/?*"]
    lines += [f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


def address_of(request, model):
    return request.build_absolute_uri(model.get_absolute_url())
