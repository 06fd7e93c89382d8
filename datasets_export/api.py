"""The releases for programs, readable from any site. docs/api.md has the fields."""

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse

from models_catalog.api import public
from models_catalog.describing import PAGE, answers

from . import audits, reading, schemas

PER_PAGE = 50
OF_MANIFEST = ("name", "revision", "created_at", "until", "demo", "scope", "licence", "previous", "counts", "left_out")


@public
@answers("The releases of the open data, the last first.", schemas.RELEASES, PAGE)
def datasets(request):
    page = Paginator(reading.releases(request.portal), PER_PAGE).get_page(request.GET.get("page"))
    judged = audits.results(page.object_list)
    return {
        "count": page.paginator.count,
        "page": page.number,
        "pages": page.paginator.num_pages,
        "datasets": [told(request, release, judged.get(release.pk)) for release in page],
    }


@public
@answers("A release, with its whole manifest.", schemas.WHOLE)
def dataset(request, name):
    """With its whole manifest."""
    release = reading.releases(request.portal).filter(name=name).first()
    if release is None:
        raise Http404("No release has this name.")
    return told(request, release, audits.results([release]).get(release.pk)) | {"manifest": release.manifest}


def told(request, release, audit):
    """null: not known. The audit is the last one, which may be newer than the manifest."""
    return {name: release.manifest[name] for name in OF_MANIFEST} | {
        "bytes": sum(file["bytes"] for file in release.manifest["files"]),
        "manifest_sha256": reading.fingerprint(release) or None,
        "audit": audit or release.manifest["personal_data"].get("audit"),
        "url": request.build_absolute_uri(reverse("api-dataset", args=[release.name])),
        "page": request.build_absolute_uri(reverse("dataset", args=[release.name])),
        "published": [
            {"place": publication.destination.name, "url": publication.url, "revision": publication.revision}
            for publication in reading.places(release)
        ],
    }
