"""The public pages of the open data."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from portals.models import Portal

from . import audits, presenting, reading, telling
from .documents.snippets import snippets
from .models import Reuse

RELEASES_PER_PAGE = 12
TYPES = {".json": "application/json", ".jsonl": "application/x-ndjson", ".md": "text/markdown; charset=utf-8"}


@require_safe
def datasets(request):
    """The last release in full, then the list of all."""
    page = Paginator(reading.releases(request.portal), RELEASES_PER_PAGE).get_page(request.GET.get("page"))
    if not page.paginator.count:
        return render(request, "datasets_export/none.html", {"reuses": Reuse.objects.filter(is_shown=True)})
    last = page[0] if page.number == 1 else reading.releases(request.portal)[0]
    context = about(last) | {
        "page": page,
        "rows": [(one, presenting.Sheet(one, None, {}), reading.fingerprint(one), reading.places(one)) for one in page],
        "reuses": Reuse.objects.filter(is_shown=True),
    }
    return render(request, "datasets_export/datasets.html", context)


@require_safe
def release(request, name):
    found = get_object_or_404(reading.releases(request.portal), name=name)
    context = about(found) | {
        "fingerprint": reading.fingerprint(found),
        "places": reading.places(found),
        "files": [(name, telling.FILES.get(name, "")) for name in reading.small_files(found)],
        "data_files": [file for file in found.manifest["files"] if file["kind"] not in reading.SMALL],
        "changes": presenting.changes(reading.changes(found)),
    }
    return render(request, "datasets_export/release.html", context)


def about(found):
    """What both pages say of a release."""
    audit = audits.results([found]).get(found.pk) or found.manifest["personal_data"].get("audit")
    hub = reading.hub(found)
    portals = dict(Portal.objects.values_list("code", "name"))
    return {
        "sheet": presenting.Sheet(found, audit, portals),
        "snippets": snippets(hub or found.name, of_hub=bool(hub)),
        "tools": [(snippet.tool, snippet.label) for snippet in snippets("")],
        "is_on_hub": bool(hub),
        "columns": presenting.columns(),
    }


@require_safe
@conditional_page
def file(request, name, path):
    """One of the small files of a release. The large ones are where it is published."""
    found = get_object_or_404(reading.releases(request.portal), name=name)
    try:
        content = reading.content(found, path)
    except KeyError:
        raise Http404(_("This file is not given here.")) from None
    kind = path[path.rindex(".") :]
    response = HttpResponse(content, content_type=TYPES.get(kind, "application/octet-stream"))
    stem = path.removesuffix(kind)
    response.headers["Content-Disposition"] = f'attachment; filename="comparia-{found.name}-{stem}{kind}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
