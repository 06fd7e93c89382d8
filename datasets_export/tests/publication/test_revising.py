"""A text that was withdrawn leaves every place, and no older release takes the place of a newer one."""

import json

import pytest

from datasets_export.models import Release
from datasets_export.publication import publishing, scheduling

from . import folders
from .conftest import ALL, built, row, to

pytestmark = pytest.mark.django_db(transaction=True)
WITHDRAWN = "this was withdrawn"


def publish(release, destination):
    publishing.publish(scheduling.asked(release, destination).pk)
    return row(release, destination)


def revise(machine, release, old):
    """As revise_release leaves it: the folder rewritten, the revision counted."""
    Release.objects.filter(pk=release.pk).update(revision=1)
    release.refresh_from_db()
    return folders.folder(machine / "releases", release.name, revision=1, replaced=old)


@ALL
def test_revision_replaces_the_release_and_the_withdrawn_text_is_nowhere(place, machine):
    release, old = built(machine, "2026-11-01", words=WITHDRAWN)
    destination = to(place)
    publish(release, destination)
    destination.refresh_from_db()
    assert WITHDRAWN.encode() in place.everything()
    new = revise(machine, release, old)
    done = publish(release, destination)
    assert (done.status, done.revision) == ("done", 1)
    assert place.seen() == new
    assert WITHDRAWN.encode() not in place.everything()
    if place.kind != "datagouv":
        assert place.seen("2026-11-01.1") == new
        assert place.seen("2026-11-01") is None


@pytest.mark.parametrize("place", ["hub", "s3", "folder"], indirect=True)
def test_revision_of_an_older_release_leaves_the_latest_in_front(place, machine):
    release, old = built(machine, "2026-11-01", words=WITHDRAWN)
    destination = to(place)
    publish(release, destination)
    newer, latest = built(machine, "2026-11-08")
    publish(newer, destination)
    new = revise(machine, release, old)
    assert publish(release, destination).status == "done"
    assert place.seen() == latest
    assert place.seen("2026-11-08") == latest
    assert place.seen("2026-11-01.1") == new
    assert place.seen("2026-11-01") is None
    assert WITHDRAWN.encode() not in place.everything()
    assert not [branch for branch in getattr(place, "branches", {}) if branch != "main"]


@pytest.mark.parametrize("place", ["datagouv"], indirect=True)
def test_place_of_one_release_refuses_an_older_one(place, machine):
    older, _old = built(machine, "2026-11-01")
    newer, latest = built(machine, "2026-11-08")
    destination = to(place)
    publish(newer, destination)
    destination.refresh_from_db()
    stopped = publish(older, destination)
    assert (stopped.error_code, stopped.next_try_at) == ("superseded", None)
    assert place.seen() == latest


@pytest.mark.parametrize("place", ["s3", "folder"], indirect=True)
def test_another_release_of_the_same_name_is_not_replaced(place, machine):
    release, whole = built(machine, "2026-11-01")
    destination = to(place)
    publish(release, destination)
    release.publications.all().delete()
    folders.folder(machine / "releases", "2026-11-01", words="rebuilt")
    assert publish(release, destination).error_code == "conflict"
    assert place.seen() == whole


@pytest.mark.parametrize("place", ["datagouv"], indirect=True)
def test_what_others_put_in_the_dataset_stays(place, machine):
    first, _old = built(machine, "2026-11-01")
    destination = to(place)
    publish(first, destination)
    destination.refresh_from_db()
    assert destination.place in place.datasets  # the dataset that was made is its place from now on
    (dataset,) = place.datasets.values()
    dataset["resources"].append({"id": "theirs", "title": "A note", "url": "https://example.org/n.pdf", "extras": {}})
    place.contents["theirs"] = b"note"
    second, new = built(machine, "2026-11-08")
    publish(second, destination)
    assert place.seen() == new
    assert [one["title"] for one in dataset["resources"]][-1] == "A note"
    assert len(dataset["resources"]) == len(new) + 1
    assert [one["title"].partition(" · ")[2] for one in dataset["resources"]][: len(folders.DATA)] == folders.DATA


@pytest.mark.parametrize("place", ["datagouv"], indirect=True)
def test_dataset_is_hidden_until_it_is_whole_and_made_once(place, machine):
    release, whole = built(machine, "2026-11-01")
    destination = to(place)
    place.fail("upload/", status=503, after=2)
    assert publish(release, destination).error_code == "unavailable"
    assert place.seen() is None and len(place.datasets) == 1
    place.faults.clear()
    publish(release, destination)
    assert place.seen() == whole and len(place.datasets) == 1


@pytest.mark.parametrize("place", ["s3"], indirect=True)
def test_large_file_goes_in_parts_and_is_whole(place, machine):
    release, whole = built(machine, "2026-11-01", sizes=40_000_000)
    destination = to(place)
    place.fail("partNumber=2", cut=True, times=3)
    assert publish(release, destination).error_code == "cut"
    assert place.seen() is None
    assert publish(release, destination).status == "done"
    assert place.seen() == whole


@pytest.mark.parametrize("place", ["folder"], indirect=True)
def test_folder_is_only_under_the_one_that_is_open(place, machine, settings):
    release, _whole = built(machine, "2026-11-01")
    (machine / "elsewhere").mkdir()
    (machine / "open/way").symlink_to(machine / "elsewhere")
    for number, wrong in enumerate(("../elsewhere", "way", str(machine / "elsewhere"))):
        destination = to(place, name=f"{number}", place=wrong)
        assert publish(release, destination).error_code == "no_folder"
    settings.PUBLICATION_FOLDER = ""
    assert publish(release, to(place)).error_code == "no_folder"
    assert list((machine / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("place", ["folder"], indirect=True)
def test_copy_that_stopped_goes_on_and_does_not_copy_again(place, machine, monkeypatch):
    first, old = built(machine, "2026-11-01")
    destination = to(place)
    publish(first, destination)
    second, new = built(machine, "2026-11-08")
    sent = publishing.Kept.sent

    def stopped(self, file):
        sent(self, file)
        if file.path == folders.DATA[1]:
            raise KeyboardInterrupt

    monkeypatch.setattr(publishing.Kept, "sent", stopped)
    with pytest.raises(KeyboardInterrupt):
        publish(second, destination)
    left = row(second, destination)
    assert (left.status, left.error_code, bool(left.next_try_at)) == ("failed", "interrupted", True)
    assert place.seen() == old
    monkeypatch.setattr(publishing.Kept, "sent", sent)
    copied = machine / "open/public/2026-11-08.partial" / folders.DATA[0]
    before = copied.stat().st_mtime_ns
    publishing.publish(left.pk) or publish(second, destination)
    assert place.seen() == new
    assert (machine / "open/public/2026-11-08" / folders.DATA[0]).stat().st_mtime_ns == before
    assert json.loads((machine / "open/public/latest/manifest.json").read_bytes())["name"] == "2026-11-08"
