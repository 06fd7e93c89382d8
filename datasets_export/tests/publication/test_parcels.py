"""What is sent, and what is refused before anything is sent."""

import json
from pathlib import Path

import pytest

from datasets_export.models import Destination, Publication
from datasets_export.publication import parcels, publishing, scheduling
from datasets_export.publication.doors import is_address
from datasets_export.publication.refusals import Refused, of_status, seconds
from datasets_export.publication.sentences import SENTENCES

from . import folders
from .conftest import ALL, built, row, to


def code_of(folder):
    with pytest.raises(Refused) as refused:
        parcels.opened(folder)
    return refused.value.code


def test_parcel_has_what_the_manifest_names_and_the_boards_the_manifest_last(tmp_path):
    contents = folders.folder(tmp_path, "2026-11-01")
    folders.write(tmp_path / "2026-11-01/raw.parquet", b"raw")
    folders.write(tmp_path / "2026-11-01/manifests/manifest-0.json", b'{"files": []}')
    parcel = parcels.opened(tmp_path / "2026-11-01")
    assert {file.path for file in parcel.files} == set(contents)
    assert parcel.files[-1].path == "manifest.json"
    assert parcel.size == sum(map(len, contents.values()))


def changed(home, **fields):
    manifest = json.loads((home / "manifest.json").read_bytes())
    (home / "manifest.json").write_text(json.dumps(manifest | fields))


def renamed(home, path):
    """The first file of the manifest, under another path."""
    files = json.loads((home / "manifest.json").read_bytes())["files"]
    changed(home, files=[files[0] | {"path": path}, *files[1:]])


def linked(home):
    """A file that is a link to one elsewhere, with the same content."""
    file = home / folders.DATA[0]
    other = home.parent / "elsewhere"
    file.rename(other)
    file.symlink_to(other)


DAMAGES = {
    "a byte more": lambda home: (home / folders.DATA[0]).write_bytes((home / folders.DATA[0]).read_bytes() + b"x"),
    "another byte": lambda home: (home / folders.DATA[0]).write_bytes(
        (home / folders.DATA[0]).read_bytes()[:-1] + b"!"
    ),
    "a file that is not there": lambda home: (home / "schema.json").unlink(),
    "another name": lambda home: changed(home, name="2026-12-01"),
    "another format": lambda home: changed(home, format="comparia-release/9"),
    "a manifest that is not one": lambda home: (home / "manifest.json").write_text("[]"),
    "a manifest that is not JSON": lambda home: (home / "manifest.json").write_text("{"),
    "a path that climbs": lambda home: renamed(home, "../2026-11-01/" + folders.DATA[0]),
    "an absolute path": lambda home: renamed(home, str(home / folders.DATA[0])),
    "a link": linked,
    "boards of other outcomes": lambda home: (home / "leaderboard.json").write_text('{"inputs": {"sha256": "0"}}'),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_folder_that_is_not_what_its_manifest_says_is_refused(tmp_path, damage):
    folders.folder(tmp_path, "2026-11-01")
    damage(tmp_path / "2026-11-01")
    assert code_of(tmp_path / "2026-11-01") == "damaged"


def test_demonstration_and_missing_folder_are_refused(tmp_path):
    folders.folder(tmp_path, "2026-11-01", demo="DEMO")
    assert code_of(tmp_path / "2026-11-01") == "demo"
    assert code_of(tmp_path / "2026-11-02") == "missing"


REFUSED = [
    ({"is_demo": True}, "demo"),
    ({"demo": "DEMO"}, "demo"),
    ({"status": "building"}, "not_built"),
    ({"status": "failed"}, "not_built"),
    ({"revision": 1}, "changed"),
]


@ALL
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("how", "code"), REFUSED)
def test_nothing_of_a_refused_release_is_sent(place, machine, how, code):
    release, _whole = built(machine, "2026-11-01", **how)
    publishing.publish(scheduling.asked(release, to(place)).pk)
    (stopped,) = Publication.objects.all()
    assert (stopped.status, stopped.error_code) == ("failed", code)
    assert [call for call in place.calls if call.method not in ("GET", "HEAD")] == []
    assert place.seen() is None


@ALL
@pytest.mark.django_db(transaction=True)
def test_release_that_changes_while_it_is_sent_is_not_shown(place, machine, monkeypatch):
    release, _whole = built(machine, "2026-11-01")
    destination = to(place)
    sent = publishing.Kept.sent

    def touched(self, file):
        path = machine / "releases/2026-11-01" / folders.DATA[0]
        path.write_bytes(path.read_bytes()[:-1] + b"!")
        return sent(self, file)

    monkeypatch.setattr(publishing.Kept, "sent", touched)
    publishing.publish(row(release, destination).pk)
    stopped = row(release, destination)
    assert (stopped.error_code, bool(stopped.next_try_at)) == ("changed", True)
    assert place.seen() is None


@pytest.mark.parametrize(
    ("address", "anywhere", "locally"),
    [
        ("https://huggingface.co", True, True),
        ("http://127.0.0.1:9000", False, True),
        ("http://localhost:9000", False, True),
        ("http://example.org", False, False),
        ("https://127.0.0.1:9000", False, True),
        ("https://169.254.169.254/latest", False, True),
        ("https://redis", False, True),
        ("http://127.0.0.1.example.org", False, False),
        ("https://user:secret@example.org", False, False),
        ("https://user@example.org", False, False),
        ("https://example.org/?key=secret", False, False),
        ("https://example.org/#key", False, False),
        ("https://example.org:port", False, False),
        ("ftp://example.org", False, False),
        ("//example.org", False, False),
        ("https://", False, False),
    ],
)
def test_keys_are_sent_over_https_or_to_this_machine_when_it_is_local(address, anywhere, locally):
    assert (is_address(address, local=False), is_address(address, local=True)) == (anywhere, locally)


@pytest.mark.django_db(transaction=True)
def test_door_refuses_an_address_that_no_form_accepted(machine):
    destination = Destination.objects.create(name="hub", kind="hub", address="http://example.org", place="acme/arena")
    assert publishing.check(destination) == "misconfigured"


@pytest.mark.parametrize(
    ("header", "wait"), [("120", 120), ("9999999", 86400), ("soon", None), ("", None), (None, None), ("-5", None)]
)
def test_retry_after_is_read_in_seconds_and_bounded(header, wait):
    assert seconds(header) == wait
    assert of_status(429, header).wait == wait


def test_retry_after_may_be_a_date():
    assert seconds("Wed, 01 Jan 2020 00:00:00 GMT") == 0
    assert seconds("Fri, 01 Jan 2999 00:00:00 GMT") == 86400


def test_every_code_has_its_sentence_and_its_line_in_the_docs():
    page = Path(__file__).resolve().parents[3].joinpath("docs/publication.md").read_text()
    assert [code for code in SENTENCES if f"| `{code}` |" not in page] == []
