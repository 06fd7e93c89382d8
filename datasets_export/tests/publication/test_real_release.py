"""From the tables to the places: a release that was really built, then really revised after a withdrawal."""

from hashlib import sha256

import pytest
from django.utils import timezone

from arena.models import Comparison
from datasets_export.publication import parcels, publishing, scheduling
from datasets_export.releases import building, revising
from datasets_export.tests import factories

from .conftest import ALL, contents, row, to

pytestmark = pytest.mark.django_db(transaction=True)


def publish(release, destination):
    publishing.publish(scheduling.asked(release, destination).pk)
    return row(release, destination)


@ALL
def test_what_was_built_is_published_and_what_is_withdrawn_leaves(place, machine, settings):
    settings.RELEASE_DELAY_DAYS = 0
    for _number in range(3):
        factories.turn()
    withdrawn = factories.turn(texts={"prompt": "Que dit le perroquet violet ?"}).comparison
    release = building.build("2026-11-24", say=lambda line: None)
    home = machine / "releases/2026-11-24"
    destination = to(place)
    assert publish(release, destination).status == "done"
    assert place.seen() == contents(home)
    destination.refresh_from_db()
    old = {file.path: file.sha256 for file in parcels.opened(home).files}

    Comparison.objects.filter(pk=withdrawn.pk).update(withdrawn_at=timezone.now())
    revising.revise(release, lambda line: None)
    release.refresh_from_db()
    done = publish(release, destination)
    assert (done.status, done.revision) == ("done", 1)
    new = parcels.opened(home)
    assert place.seen() == {file.path: file.source.read_bytes() for file in new.files}
    replaced = {sha for path, sha in old.items() if sha not in {file.sha256 for file in new.files}}
    assert any(path.startswith("turns/") for path, sha in old.items() if sha in replaced)
    assert replaced & held_by(place) == set()


@ALL
def test_nothing_withdrawn_stays_where_a_revision_was_never_published(place, machine, settings):
    settings.RELEASE_DELAY_DAYS = 0
    withdrawn = [factories.turn().comparison for _number in range(3)][:2]
    release = building.build("2026-11-24", say=lambda line: None)
    home = machine / "releases/2026-11-24"
    destination = to(place)
    assert publish(release, destination).status == "done"
    destination.refresh_from_db()
    old = {file.sha256 for file in parcels.opened(home).files}
    for comparison in withdrawn:  # two revisions, of which the place sees the second alone
        Comparison.objects.filter(pk=comparison.pk).update(withdrawn_at=timezone.now())
        revising.revise(release, lambda line: None)
        release.refresh_from_db()
    done = publish(release, destination)
    assert (done.status, done.revision) == ("done", 2)
    assert (old - {file.sha256 for file in parcels.opened(home).files}) & held_by(place) == set()


def held_by(place):
    """The SHA-256 of all that anyone may still find there."""
    if place.kind == "hub":
        return set(place.stored)
    if place.kind == "datagouv":
        kept = [one["id"] for dataset in place.datasets.values() for one in dataset["resources"]]
        return {sha256(place.contents[one]).hexdigest() for one in kept}
    found = place.objects if place.kind == "s3" else contents(place.home)
    return {sha256(body).hexdigest() for body in found.values()}
