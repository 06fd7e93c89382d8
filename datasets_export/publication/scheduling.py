"""What is to be published now, and where."""

from datetime import timedelta

from django.utils import timezone

from ..models import Destination, Publication, Release
from . import doors


def newest(like=None):
    """The release built last that may be published: of the same portal and language as `like`, else of all."""
    built = Release.objects.filter(status=Release.Status.BUILT, is_demo=False)
    scope = {"portal": like.portal, "language": like.language} if like else {"portal": None, "language": ""}
    return built.filter(**scope).order_by("-created_at").first()


def wanted(release, destination, write=True):
    """The row of this release, as it now stands, and of this destination; without `write`, perhaps one to be."""
    fields = {"release": release, "revision": release.revision, "destination": destination}
    if write:
        return Publication.objects.get_or_create(**fields)[0]
    return Publication.objects.filter(**fields).first() or Publication(**fields)


def asked(release, destination):
    """Its row, to be done now: a person asks, whatever came of it before."""
    row = wanted(release, destination)
    failed = Publication.objects.filter(pk=row.pk, status=Publication.Status.FAILED)
    failed.update(status=Publication.Status.PENDING, tries=0, next_try_at=None)
    row.refresh_from_db()
    return row


def done(destination):
    found = Publication.objects.filter(destination=destination, status=Publication.Status.DONE)
    return found.select_related("release").order_by("-release__created_at", "-revision")


def due(now=None, write=True):
    """The publications to do now, made if need be: new releases by the schedule of each destination, the revisions of
    what is there at once, and what failed and may go on."""
    now = now or timezone.now()
    rows = []
    for destination in Destination.objects.filter(is_active=True):
        rows += scheduled(destination, now, write)
    going_on = Publication.objects.claimable(now) | Publication.objects.left(now)
    rows += going_on.filter(destination__is_active=True).select_related("release", "destination")
    return list({(row.release_id, row.revision, row.destination_id): row for row in rows}.values())


def scheduled(destination, now, write):
    """A withdrawal does not wait for the schedule: a place that releases reach by themselves has their revisions."""
    if not destination.every_days:
        return
    last = None
    revisions = {}
    for row in done(destination):
        last = last or row
        revisions.setdefault(row.release, row.revision)
    there = revisions if doors.keeps_older(destination.kind) else list(revisions)[:1]
    for release in there:
        if release.revision > revisions[release]:
            yield from fresh(release, destination, write)
    latest = newest(last.release if last else None)
    since = max((row.finished_at for row in done(destination)), default=None)
    if latest and latest not in revisions and (not since or since <= now - timedelta(days=destination.every_days)):
        yield from fresh(latest, destination, write)


def fresh(release, destination, write):
    """Its row, unless it failed already: then its next try is on the row, or a person decides."""
    row = wanted(release, destination, write)
    if row.status == Publication.Status.PENDING:
        yield row
