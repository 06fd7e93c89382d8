"""The public pages of the open data, for people and for programs."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from arena.tests import factories as arena
from datasets_export import audits, columns, telling
from datasets_export.models import Audit, AuditedRow, Destination, Publication, Release, Reuse, Span
from portals.models import Portal

from . import folders

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 2, 10, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def place(tmp_path):
    arena.portal()
    with override_settings(RELEASES_DIR=tmp_path):
        yield tmp_path


@pytest.fixture
def page(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    def read(address="/datasets/", status=200):
        caches["process"].clear()
        response = client.get(address)
        assert response.status_code == status
        return response.content.decode()

    return read


def release(name="2026-02-10", folder=None, **fields):
    """A built release; its folder too where one is given to hold it."""
    told = {key: fields.pop(key) for key in ("demo", "personal_data", "left_out", "redacted") if key in fields}
    if folder:
        (folder / name).mkdir()
        manifest = folders.write(folder / name, **told)
    else:
        manifest = folders.manifest(name, **told)
    made = Release.objects.create(
        name=name, **{"status": "built", "until": FIRST, "encrypted_key": b"-", "manifest": manifest} | fields
    )
    Release.objects.filter(pk=made.pk).update(created_at=FIRST + timedelta(days=made.pk))
    return made


def published(release, destination="Hugging Face", kind="hub", **fields):
    at, _new = Destination.objects.get_or_create(name=destination, defaults={"kind": kind, "place": "comparia/turns"})
    fields = {"status": "done", "url": f"https://hub.test/{release.name}"} | fields
    return Publication.objects.create(release=release, destination=at, **fields)


def test_before_the_first_release_the_page_says_so_and_how_to_withdraw(page):
    text = page()
    assert "Nothing is released yet" in text
    assert reverse("find-receipt") in text


@pytest.mark.parametrize("status", ["building", "failed"])
def test_a_release_that_is_not_whole_is_not_there(page, status):
    release(status=status)
    assert "Nothing is released yet" in page()
    page("/datasets/2026-02-10/", 404)


def test_the_page_tells_the_last_release_with_its_figures_its_languages_and_what_was_left_out(page):
    release("2026-01-10")
    release("2026-02-10")
    text = page()
    for told in ("151,234", "61,200", "40,321", "French", "Danish", "compar:IA (fr)"):
        assert told in text
    assert "12,723 questions asked before that date are not in these files" in text
    assert "Withdrawn by whoever asked the question" in text
    assert "The rule “odd-rule” sets it aside" in text
    assert text.index("2026-02-10") < text.index("2026-01-10")


def test_each_snippet_is_there_for_the_hub_where_it_is_published_else_for_the_folder(page):
    made = release()
    assert "load_dataset(&quot;2026-02-10&quot;, split=" in page()
    published(made, status="failed", url="")
    assert "hf://" not in page()
    Publication.objects.update(status="done", url="https://hub.test/x")
    text = page()
    assert "load_dataset(&quot;comparia/turns&quot;" in text
    assert "hf://datasets/comparia/turns/turns" in text


def test_a_release_says_where_it_is_published_and_in_which_revision(page):
    made = release(revision=1)
    published(made, revision=0, url="https://hub.test/old")
    published(made, destination="data.gouv.fr", kind="datagouv", revision=1, url="https://dg.test/new")
    text = page("/datasets/2026-02-10/")
    assert '<a href="https://hub.test/old">Hugging Face</a> <span class="muted">(revision 0)</span>' in text
    assert '<a href="https://dg.test/new">data.gouv.fr</a>' in text
    published(made, revision=1, url="https://hub.test/new")
    text = page("/datasets/2026-02-10/")
    assert "https://hub.test/old" not in text and "https://hub.test/new" in text


def test_a_demonstration_is_told_so_and_never_beside_real_releases(page):
    release("2026-02-09-demo", is_demo=True, demo="DEMO")
    assert "DEMO: these conversations and votes are simulated" in page()
    release("2026-01-10")
    text = page()
    assert "DEMO" not in text and "2026-02-09-demo" not in text
    page("/datasets/2026-02-09-demo/", 404)


def test_a_release_of_another_portal_alone_is_not_shown_here(page):
    other = Portal.objects.create(code="zz", name="Zz", hosts=["zz.test"], languages=["en"], objective=1)
    release("2026-02-10-zz", portal=other)
    assert "Nothing is released yet" in page()
    page("/datasets/2026-02-10-zz/", 404)


def test_the_audit_is_told_as_soon_as_it_is_whole(page):
    made = release()
    assert "No person has read a random sample" in page()
    audit = Audit.objects.create(release=made, seed=1)
    turn = arena.turn(arena.comparison())
    row = AuditedRow.objects.create(audit=audit, turn=turn, place=1)
    assert "No person has read a random sample" in page()
    audits.judge(row, AuditedRow.Verdict.CLEAN, None)
    assert "A person read 1 rows drawn at random, and found personal data in 0 of them" in page()


def test_an_audit_of_the_release_before_says_of_which_it_was(page):
    found = {"rows": 200, "found": 1, "upper_bound": 0.0221, "release": "2026-01-10"}
    release(personal_data={"measured": folders.MEASURED, "audit": found})
    text = page()
    assert "at most 2.2% of the rows" in text and "That was in the release 2026-01-10." in text
    assert "97.3 %" in text  # the recall in French


def test_every_column_is_told_on_the_page(page):
    release()
    text = page()
    assert [name for name in columns.NAMES if f"<code>{name}</code>" not in text] == []
    assert "in its conversation, from 1; with <code>comparison</code>, names the row." in text
    assert "`" not in text


def test_the_boards_of_a_release_are_given_once_they_are_computed(page, client, place):
    release(folder=place)
    address = reverse("dataset-file", args=["2026-02-10", "leaderboard.json"])
    assert address not in page("/datasets/2026-02-10/")
    assert client.get(address).status_code == 404
    (place / "2026-02-10" / "leaderboard.json").write_text('{"boards": []}')
    assert address in page("/datasets/2026-02-10/")
    assert (client.get(address).content, client.get(address)["Content-Type"]) == (b'{"boards": []}', "application/json")


def test_small_files_are_given_and_nothing_else_of_the_folder(page, client, place):
    release(folder=place)
    (place / "secret.txt").write_text("secret")
    (place / "2026-02-10" / "other.txt").write_text("other")
    text = page("/datasets/2026-02-10/")
    for name in ("manifest.json", "README.md", "schema.json", "croissant.json", "sample.jsonl"):
        address = reverse("dataset-file", args=["2026-02-10", name])
        assert address in text
        response = client.get(address)
        assert response.content == (place / "2026-02-10" / name).read_bytes()
        assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert client.get("/datasets/2026-02-10/sample.jsonl")["Content-Disposition"] == (
        'attachment; filename="comparia-2026-02-10-sample.jsonl"'
    )
    for name in ("other.txt", "..%2Fsecret.txt", "..", "turns%2Ffr-fr%2Fpart-00000.parquet", "changes.json"):
        assert client.get(f"/datasets/2026-02-10/{name}").status_code == 404


def test_the_fingerprint_is_that_of_the_manifest_on_the_disk(page, place):
    release(folder=place)
    digest = hashlib.sha256((place / "2026-02-10" / "manifest.json").read_bytes()).hexdigest()
    assert digest in page() and digest in page("/datasets/2026-02-10/")


def test_a_folder_that_is_elsewhere_only_hides_its_files(page):
    release()
    assert "SHA-256 of the manifest" not in page("/datasets/2026-02-10/")
    page("/datasets/2026-02-10/manifest.json", 404)


def test_changes_since_the_release_before_are_told(page, place):
    before = release("2026-01-10")
    release(folder=place, previous=before)
    (place / "2026-02-10" / "changes.json").write_text(json.dumps({"counts": {"turns": [120_000, 151_234]}}))
    text = page("/datasets/2026-02-10/")
    assert "Since the release 2026-01-10" in text and "120,000" in text


def test_reuses_are_told_in_the_language_of_the_page_unless_hidden(client, page):
    release()
    told = {"description_fr": "Une étude.", "description_en": "A study."}
    Reuse.objects.create(title="Study", url="https://study.test/", **told)
    Reuse.objects.create(title="Hidden", url="https://hidden.test/", is_shown=False)
    text = page()
    assert "A study." in text and "Hidden" not in text
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    assert "Une étude." in page()


def test_the_pages_ask_as_much_for_three_releases_as_for_one(page, place):
    counts = []
    for number in range(3):
        published(release(f"2026-0{number + 1}-01", folder=place))
        with CaptureQueriesContext(connection) as queries:
            page()
        with CaptureQueriesContext(connection) as of_api:
            page("/api/v1/datasets/")
        counts.append((len(queries), len(of_api)))
    assert counts[0] == counts[2]


def test_programs_read_the_releases_and_their_manifests(client, page, place):
    made = release(folder=place)
    published(made)
    found = json.loads(page("/api/v1/datasets/"))
    assert (found["count"], found["page"], found["pages"]) == (1, 1, 1)
    one = found["datasets"][0]
    assert one["name"] == "2026-02-10" and one["counts"]["voted"] == 61_200 and one["audit"] is None
    assert one["published"] == [{"place": "Hugging Face", "url": "https://hub.test/2026-02-10", "revision": 0}]
    assert one["manifest_sha256"] == hashlib.sha256((place / "2026-02-10/manifest.json").read_bytes()).hexdigest()
    whole = json.loads(page("/api/v1/datasets/2026-02-10/"))
    assert whole["manifest"] == made.manifest
    response = client.get("/api/v1/datasets/nothing/")
    assert (response.status_code, response.json()) == (404, {"error": "No release has this name."})
    assert response["Access-Control-Allow-Origin"] == "*"


def test_every_kind_of_personal_data_has_words():
    assert set(telling.KINDS) == set(Span.Kind.values)


def test_the_pages_load_without_arrow():
    """Its 100 MB are for jobs."""
    code = (
        "import sys, django; django.setup()\n"
        "from datasets_export import views, api, audits\n"
        "from django.urls import resolve; resolve('/datasets/')\n"
        "print('pyarrow' in sys.modules)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "comparia.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.returncode) == ("False", 0)
