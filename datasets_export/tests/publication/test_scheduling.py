"""What is published by itself, what a person asks for, and what the command says."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import override

from arena.tests.factories import portal
from datasets_export import tasks
from datasets_export.models import Destination, Publication, Release
from datasets_export.publication import publishing, scheduling

from . import folders
from .conftest import ALL, built, row, to

pytestmark = pytest.mark.django_db(transaction=True)
FOLDER = pytest.mark.parametrize("place", ["folder"], indirect=True)


def due():
    return [(row.tag, row.destination.name) for row in scheduling.due()]


def publish(release, destination):
    publishing.publish(scheduling.asked(release, destination).pk)
    return row(release, destination)


def run(*args, **options):
    said = StringIO()
    try:
        call_command("publish_release", *args, stdout=said, **options)
    except CommandError as error:
        said.write(f"ERROR {error}")
    return said.getvalue()


@FOLDER
def test_newest_release_is_due_by_the_schedule(place, machine):
    to(place, name="by hand")
    weekly = to(place, name="weekly", place="weekly", every_days=7)
    to(place, name="off", place="off", every_days=7, is_active=False)
    built(machine, "2026-11-01")
    built(machine, "2026-11-02", is_demo=True)
    built(machine, "2026-11-03", status="building")
    built(machine, "2026-11-04-x", portal=portal())
    assert due() == [("2026-11-01", "weekly")]
    publishing.publish(scheduling.due()[0].pk)
    later, _whole = built(machine, "2026-11-08")
    assert due() == []
    Publication.objects.filter(destination=weekly).update(finished_at=timezone.now() - timedelta(days=7, minutes=1))
    assert due() == [("2026-11-08", "weekly")]
    assert publish(later, weekly).status == "done"
    assert due() == []


@FOLDER
def test_revision_of_what_is_there_does_not_wait(place, machine):
    weekly = to(place, every_days=7)
    by_hand = to(place, name="by hand", place="other")
    release, old = built(machine, "2026-11-01")
    for destination in (weekly, by_hand):
        publish(release, destination)
    Release.objects.update(revision=1)
    folders.folder(machine / "releases", release.name, revision=1, replaced=old)
    assert due() == [("2026-11-01.1", "folder")]


@pytest.mark.parametrize("place", ["hub"], indirect=True)
def test_failed_one_is_due_when_its_pause_is_over_and_doubles_it(place, machine):
    release, whole = built(machine, "2026-11-01")
    destination = to(place)
    place.fail(status=503)
    first = publish(release, destination)
    assert due() == []
    assert publishing.publish(first.pk) is None
    Publication.objects.update(next_try_at=timezone.now())
    assert due() == [("2026-11-01", "hub")]
    publishing.publish(first.pk)
    second = row(release, destination)
    assert second.tries == 2
    assert (second.next_try_at - second.finished_at).total_seconds() == pytest.approx(600, abs=5)
    Publication.objects.update(tries=publishing.MOST_TRIES - 1, next_try_at=timezone.now())
    publishing.publish(first.pk)
    assert row(release, destination).next_try_at is None and due() == []
    place.faults.clear()
    assert publish(release, destination).status == "done"  # a person asks
    assert place.seen() == whole


@FOLDER
def test_worker_that_left_is_due(place, machine):
    release, _whole = built(machine, "2026-11-01")
    publishing.claim(row(release, to(place)).pk)
    assert due() == []
    Publication.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert due() == [("2026-11-01", "folder")]


@FOLDER
def test_revision_takes_the_turn_of_what_it_replaces(place, machine):
    release, old = built(machine, "2026-11-01")
    destination = to(place)
    first = scheduling.asked(release, destination)
    Release.objects.update(revision=1)
    new = folders.folder(machine / "releases", release.name, revision=1, replaced=old)
    publishing.publish(first.pk)
    first.refresh_from_db()
    assert (first.error_code, first.next_try_at) == ("changed", None)
    assert due() == [("2026-11-01.1", "folder")]
    publishing.publish(scheduling.due()[0].pk)
    assert place.seen() == new


@FOLDER
def test_place_keeps_to_one_portal_and_language(place, machine):
    destination = to(place)
    whole, _contents = built(machine, "2026-11-01")
    publish(whole, destination)
    part, _contents = built(machine, "2026-11-08-fr-da", language="da")
    assert publish(part, destination).error_code == "other_scope"
    own = to(place, name="danish", place="danish", every_days=1)
    assert publish(part, own).status == "done"
    newer, _contents = built(machine, "2026-11-15-fr-da", language="da")
    Publication.objects.update(finished_at=timezone.now() - timedelta(days=2))
    assert due() == [(newer.name, "danish")]


@ALL
def test_tasks_publish_what_is_due_and_tolerate_a_missing_row(place, machine, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    release, whole = built(machine, "2026-11-01")
    destination = to(place, every_days=1)
    for queued in scheduling.due():
        tasks.publish(queued.pk)
    assert row(release, destination).status == "done"
    assert place.seen() == whole
    tasks.publish(999_999)


@FOLDER
def test_command_publishes_then_says_that_it_is_there(place, machine):
    built(machine, "2026-11-01", boards=False)
    to(place)
    said = run()
    assert "6/7" in said and "No leaderboard.json" in said
    assert said.endswith("1 published, 0 already there, 0 failed, 0 under way elsewhere, 7 files in place.\n")
    assert run("2026-11-01", to="folder").endswith(
        "0 published, 1 already there, 0 failed, 0 under way elsewhere, 0 files in place.\n"
    )


@FOLDER
def test_dry_run_verifies_and_writes_nothing(place, machine):
    built(machine, "2026-11-01")
    to(place, every_days=1)
    assert "2026-11-01 → folder: 8 files" in run(dry_run=True)
    assert "Dry run: 1 publications, nothing was sent." in run(due=True, dry_run=True)
    (machine / "releases/2026-11-01/schema.json").write_bytes(b"!!")
    assert "damaged" in run(dry_run=True)
    assert (Publication.objects.count(), place.seen()) == (0, None)


@FOLDER
def test_command_says_what_it_lacks(place, machine):
    assert "ERROR No release was built yet." in run()
    assert "ERROR There is no release named 2020-01-01." in run("2020-01-01")
    built(machine, "2026-11-01")
    assert "ERROR No destination is in use" in run()
    assert "ERROR There is no destination named x." in run(to="x")
    assert "ERROR --due follows the schedules" in run("2026-11-01", due=True)


@FOLDER
def test_command_fails_when_a_demonstration_is_asked_for(place, machine):
    built(machine, "2026-11-01", demo="DEMO", is_demo=True)
    to(place)
    with override("en"):
        said = run("2026-11-01")
    assert "demo. A demonstration release is never published." in said and "ERROR Not everything" in said
    assert Destination.objects.count() == 1 and place.seen() is None
