"""The catalogue for programs: sheets and register as JSON, readable from any site. docs/api.md has the fields."""

from functools import wraps

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page, require_safe

from . import journal, published, schemas
from .describing import PAGE, TEXT, answers
from .impact import METHOD
from .sheets import TEXTS

EVENTS_PER_PAGE = 200
AS_THEY_ARE = (
    *("slug", "name", "status", "architecture", "is_architecture_estimated", "total_params", "active_params"),
    *("are_params_estimated", "quantization", "reasoning", "context_window", "release_date", "knowledge_cutoff"),
    *("languages", "inputs", "url", "has_open_weights", "has_open_code", "has_open_data", "size_class"),
    *("energy_class", "rank_summary"),
)


def public(view):
    """A GET that any site may read, with an ETag; an error is JSON too."""

    @wraps(view)
    @conditional_page
    def answering(request, *args, **kwargs):
        try:
            response = JsonResponse(view(request, *args, **kwargs))
        except Http404 as error:
            response = JsonResponse({"error": str(error)}, status=404)
        patch_cache_control(response, public=True, max_age=300)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return require_safe(answering)


@public
@answers("Each published model of the portal, by name.", schemas.SHEETS)
def models(request):
    return {"models": [sheet(request, model) for model in published.sheets(request)]}


@public
@answers("The sheet of a model.", schemas.SHEET)
def model(request, slug):
    return sheet(request, published.find(published.sheets(request), slug))


@public
@answers("The register, the last event first.", schemas.EVENTS, {"model": ("Of this model alone.", TEXT)} | PAGE)
def events(request):
    public_models = published.public(request)
    if slug := request.GET.get("model"):
        public_models = public_models.filter(pk=published.find(public_models, slug).pk)
    page = Paginator(journal.of_models(public_models), EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    fields = ("kind", "before", "after", "reason", "at")
    return {
        "count": page.paginator.count,
        "page": page.number,
        "pages": page.paginator.num_pages,
        "events": [{"model": event.slug} | {name: getattr(event, name) for name in fields} for event in page],
    }


def sheet(request, model):
    """A model as a program reads it. null: not known."""
    impact = model.impact_of_1000_tokens()
    return {name: getattr(model, name) for name in AS_THEY_ARE} | {
        "page": request.build_absolute_uri(model.get_absolute_url()),
        "organisation": {
            "name": model.organisation.name,
            "country": model.organisation.country or None,
            "website": model.organisation.website or None,
        },
        "licence": {
            name: getattr(model.licence, name) for name in ("name", "distribution", "reuse", "commercial_use", "url")
        },
        "memory_gb": model.memory_gb and ends(model.memory_gb),
        "impact_of_1000_tokens": impact
        and {
            "energy_wh": ends(impact.energy_wh),
            "gco2": ends(impact.gco2),
            "water_l": ends(impact.water_l),
            "method": METHOD,
        },
        "endpoints": [
            {
                name: getattr(endpoint, name)
                for name in ("provider", "electricity_zone", "quantization", "system_prompt")
                + ("input_price", "output_price")
            }
            for endpoint in model.endpoints.all()
            if endpoint.is_enabled
        ],
        "texts": {
            language: texts
            for language, _name in settings.LANGUAGES
            if (texts := {name: text for name in TEXTS if (text := getattr(model, f"{name}_{language}"))})
        },
        "sources": [{"field": source.field, "url": source.url, "date": source.date} for source in model.sources.all()],
    }


def ends(found):
    return {"min": found.min, "max": found.max}
