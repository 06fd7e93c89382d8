"""What leaves a release after it was built, what an interruption leaves, and how files are verified."""

import os
import shutil
import signal
import subprocess
import sys
import uuid

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from arena import excluding, rights
from arena.models import Comparison
from arena.tests import factories as arena_factories
from datasets_export import tasks
from datasets_export.models import LegacyRow, Release
from datasets_export.releases import building, folders, revising, verifying
from datasets_export.tests import factories, released
from datasets_export.tests.released import build, content, files_with, rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings, monkeypatch, tmp_path):
    released.prepare(settings, monkeypatch, tmp_path / "releases")


def withdraw(turn):
    rights.withdraw(turn.comparison)


def revise(name="first"):
    return revising.revise(Release.objects.get(name=name), say=lambda line: None)


def hashes(name="first"):
    return {file["path"]: file["sha256"] for file in folders.read_json(folders.place(name) / "manifest.json")["files"]}


def erase(turn):
    rights.erase_all(turn.comparison.visitor_key)


def set_aside(turn):
    excluding.exclude(turn.comparison_id, "personal-data", "text", turn_id=turn.pk)


@pytest.mark.parametrize(("leave", "reason"), [(withdraw, "withdrawn"), (erase, "erased"), (set_aside, "set-aside")])
def test_what_left_is_in_no_file_of_the_revision(leave, reason):
    gone, kept = factories.turn(texts={"comment_a": "Clear."}), factories.turn()
    build()
    [row] = [row for row in rows() if gone.word in row["prompt"]]
    assert len(files_with(gone.word)) == 4
    leave(gone)
    assert revise() == 1
    assert files_with(gone.word) == []
    assert len(files_with(kept.word)) == 4
    [told] = folders.read_json(folders.place("first") / "tombstones.json")["rows"]
    assert (told["comparison"], told["turn"], told["reason"]) == (row["comparison"], 1, reason)
    assert verifying.differences(folders.place("first")) == []


def test_only_the_files_concerned_change_and_the_manifest_names_what_they_replace():
    gone, danish = factories.turn(), factories.turn()
    type(danish).objects.filter(pk=danish.pk).update(prompt_language="da")
    build()
    before = hashes()
    withdraw(gone)
    revise()
    after = hashes()
    same = {path for path in before if before[path] == after[path]}
    assert same == {
        "turns/fr-da/part-00000.parquet",
        "outcomes.parquet",
        "schema.json",
        "changes.json",
        "legacy/comparia-reactions.parquet",
    }
    manifest = folders.read_json(folders.place("first") / "manifest.json")
    assert manifest["revision"] == 1
    for file in manifest["files"]:
        if file["path"] in same:
            assert (file["revision"], file["replaces"]) == (0, None)
        else:
            assert (file["revision"], file["replaces"]) == (1, {"sha256": before[file["path"]], "revision": 0})
    assert {"rule": "withdrawn", "turns": 1} in manifest["left_out"]
    assert manifest["counts"]["turns"] == 1
    kept = folders.read_json(folders.place("first") / "manifests/manifest-0.json")
    assert {file["path"]: file["sha256"] for file in kept["files"]} == before
    assert Release.objects.get().manifest == manifest


def test_who_has_an_older_file_is_told_to_download_it_again(capsys):
    gone, _kept = factories.turn(), factories.turn()
    build()
    shard = folders.place("first") / "turns/fr-fr/part-00000.parquet"
    old = shard.read_bytes()
    withdraw(gone)
    revise()
    shard.write_bytes(old)
    with pytest.raises(CommandError, match="It differs"):
        call_command("verify_release", "first")
    assert (
        "turns/fr-fr/part-00000.parquet: of revision 0; revision 1 replaced it: download it again"
        in capsys.readouterr().out.splitlines()
    )


def test_a_file_revised_twice_is_told_from_both_its_older_revisions():
    first, second, _kept = factories.turn(), factories.turn(), factories.turn()
    build()
    shard = folders.place("first") / "turns/fr-fr/part-00000.parquet"
    old = [shard.read_bytes()]
    for turn in (first, second):
        withdraw(turn)
        revise()
        old.append(shard.read_bytes())
    for revision in (0, 1):
        shard.write_bytes(old[revision])
        [line] = verifying.differences(folders.place("first"))
        assert line.endswith(f"of revision {revision}; revision 2 replaced it: download it again")


def test_a_revision_without_need_changes_nothing():
    factories.turn()
    build()
    before = content(folders.place("first"))
    assert revise() == 0
    assert content(folders.place("first")) == before
    assert Release.objects.get().revision == 0


def test_what_waits_for_a_review_stays_where_it_was_released():
    turn = factories.turn()
    build("first")
    excluding.exclude(turn.comparison_id, "personal-data-review", "text", turn_id=turn.pk)
    assert revise() == 0
    build("second")
    assert rows("second") == []


def test_what_a_reviewer_redacted_later_leaves_the_releases_made_before():
    turn = factories.turn()
    build("first")
    turn.analysis.spans.create(field="prompt", start=0, end=8, kind="name", source="person", is_certain=True)
    type(turn.analysis).objects.update(review="redacted", reviewed_at=timezone.now())
    build("second")
    assert rows("second")[0]["prompt"].startswith("[name]")
    assert (revise("first"), revise("second")) == (1, 0)
    assert rows("first") == []


def test_a_comparison_of_the_existing_site_leaves_its_files_too():
    imported = {"origin": "imported", "consent": None, "visitor_key": None, "draw_probability": None}
    gone, kept = factories.turn(**imported), factories.turn(**imported)
    for number, turn in enumerate((gone, kept)):
        LegacyRow.objects.create(
            **{"file": "conversations", "key": str(number + 7), "comparison": turn.comparison},
            data={
                "conversation_pair_id": f"pair-{number}",
                "timestamp": 1_700_000_000_000_000,
                "model_a_name": "a",
                "model_b_name": "b",
                "opens_with_system": [False, False],
            },
        )
    build()
    assert {row["id"] for row in rows(pattern="legacy/comparia-conversations.parquet")} == {7, 8}
    withdraw(gone)
    LegacyRow.objects.filter(comparison=gone.comparison).update(data={})
    revise()
    assert [row["id"] for row in rows(pattern="legacy/comparia-conversations.parquet")] == [8]
    assert files_with(gone.word) == []


def test_a_board_computed_before_a_revision_is_still_verified_after_it(capsys):
    ant, bee = (arena_factories.language_model(slug) for slug in ("ant", "bee"))
    turns = [
        factories.turn(model_a=ant, model_b=bee, choice=("a_better", "b_better")[number % 2]) for number in range(4)
    ]
    build()
    call_command("compute_leaderboard", release="first")
    withdraw(turns[0])
    assert revise() == 1
    assert (folders.place("first") / "leaderboard.json").exists()
    call_command("verify_leaderboard", "first")
    assert "Verified" in capsys.readouterr().out


def test_one_turn_set_aside_takes_its_conversation_out_of_the_legacy_files_alone():
    turn = factories.turn()
    other = factories.turn(of=turn.comparison, number=2)
    build()
    set_aside(other)
    revise()
    assert [row["turn"] for row in rows()] == [1]
    assert rows(pattern="legacy/*.parquet") == []
    assert files_with(other.word) == []


def test_the_nightly_task_revises_every_release_and_tombstones_reach_the_next():
    gone, _kept = factories.turn(), factories.turn()
    build("first")
    build("second")
    withdraw(gone)
    tasks.revise_releases()
    assert [release.revision for release in Release.objects.all()] == [1, 1]
    assert files_with(gone.word, "first") == files_with(gone.word, "second") == []
    build("third")
    told = folders.read_json(folders.place("third") / "tombstones.json")["rows"]
    assert [row["release"] for row in told] == ["first", "second"]
    assert len({row["comparison"] for row in told}) == 2


def test_the_task_that_builds_leaves_a_release_of_today_alone():
    factories.turn()
    tasks.build_release()
    before = content(folders.root())
    tasks.build_release()
    assert content(folders.root()) == before
    assert [release.name for release in Release.objects.all()] == [timezone.localdate().isoformat()]


def test_a_dry_run_of_a_revision_writes_nothing(capsys):
    turn = factories.turn()
    build()
    before = content(folders.root())
    withdraw(turn)
    call_command("revise_release", all=True, dry_run=True)
    assert "first, revision 0: 1 turns must leave" in capsys.readouterr().out
    assert content(folders.root()) == before


@pytest.mark.parametrize("asked", [{}, {"name": "first", "all": True}, {"name": "unknown"}])
def test_a_revision_of_nothing_known_is_refused(asked):
    with pytest.raises(CommandError):
        call_command("revise_release", **asked)


# --- While it is built -----------------------------------------------------------------------------------


def test_what_is_withdrawn_while_the_files_are_written_is_taken_out_before_they_have_their_name():
    gone, kept = factories.turn(), factories.turn()

    def say(line):
        if line == "tombstones":
            withdraw(gone)

    release = build(say=say)
    assert files_with(gone.word) == []
    assert len(files_with(kept.word)) == 4
    assert len(rows(pattern="outcomes.parquet")) == 1
    assert (release.manifest["revision"], release.manifest["counts"]["turns"]) == (0, 1)
    assert release.manifest["left_out"] == [{"rule": "withdrawn", "turns": 1}]
    assert verifying.differences(folders.place("first")) == []
    assert Comparison.objects.get(pk=gone.comparison_id).first_release == ""


def test_a_vote_withdrawn_while_the_files_are_written_leaves_them_verified_even_where_its_text_was_left_out():
    gone = factories.turn()
    set_aside(gone)
    factories.turn()

    def say(line):
        if line == "tombstones":
            withdraw(gone)

    release = build(say=say)
    assert len(rows(pattern="outcomes.parquet")) == 1
    assert verifying.differences(folders.place("first")) == []
    assert next(file["rows"] for file in release.manifest["files"] if file["kind"] == "outcomes") == 1


def test_a_build_that_fails_says_so_on_its_row_and_the_next_one_succeeds_with_the_same_key():
    factories.turn()

    def say(line):
        raise RuntimeError("a text of a conversation")

    with pytest.raises(RuntimeError):
        build(say=say)
    failed = Release.objects.get()
    assert (failed.status, failed.error_code) == ("failed", "unknown")
    assert not list(folders.root().iterdir())
    made = build()
    assert (made.pk, made.status, made.error_code) == (failed.pk, "built", "")
    assert bytes(made.encrypted_key) == bytes(failed.encrypted_key)
    assert [path.name for path in folders.root().iterdir()] == ["first"]


def test_a_release_whose_key_cannot_be_read_says_so(monkeypatch):
    turn = factories.turn()
    build()
    withdraw(turn)
    monkeypatch.setenv("FIELD_KEYS", Fernet.generate_key().decode())
    with pytest.raises(CommandError, match="FIELD_KEYS lacks its own"):
        call_command("revise_release", "first")
    assert len(rows()) == 1


def test_a_whole_release_whose_process_died_before_saying_so_is_told_so():
    turn = factories.turn()
    build("first")
    Release.objects.update(status="building", manifest={})
    Comparison.objects.update(first_release="")
    build("second")
    found = Release.objects.get(name="first")
    assert (found.status, found.manifest["name"]) == ("built", "first")
    assert Comparison.objects.get(pk=turn.comparison_id).first_release == "first"


def test_a_revision_cut_between_two_names_is_put_back():
    gone, _kept = factories.turn(), factories.turn()
    build()
    before = content(folders.place("first"))
    withdraw(gone)
    folders.place("first").rename(folders.root() / "first.replaced")
    shutil.copytree(folders.root() / "first.replaced", folders.root() / "first.revising")
    folders.tidy(folders.root())
    assert [path.name for path in folders.root().iterdir()] == ["first"]
    assert content(folders.place("first")) == before
    assert revise() == 1


def test_two_builds_at_once_are_one():
    factories.turn()
    with psycopg.connect(**parameters()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [folders.LOCK])
        with pytest.raises(folders.ReleaseRefused, match="Another release"):
            build()
        with pytest.raises(folders.ReleaseRefused, match="Another release"):
            revising.revise(Release(name="other", status="built"))
        other.execute("SELECT pg_advisory_unlock(%s)", [folders.LOCK])
    assert not Release.objects.exists()
    assert build().status == "built"


def parameters():
    wanted = connection.get_connection_params()
    return {name: wanted[name] for name in ("host", "port", "user", "password", "dbname") if wanted.get(name)}


KILLED = """
import os, signal, django
django.setup()
from datasets_export.releases import building
def say(line):
    if line == "tombstones":
        os.kill(os.getpid(), signal.SIGKILL)
building.build("killed", say=say)
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_half_way_leaves_no_release_and_the_next_build_clears_it(settings):
    factories.turn()
    wanted = parameters()
    url = (
        f"postgres://{wanted['user']}:{wanted.get('password', '')}@{wanted['host']}:{wanted['port']}/{wanted['dbname']}"
    )
    environment = os.environ | {"DATABASE_URL": url, "RELEASES_DIR": str(settings.RELEASES_DIR)}
    environment |= {"RELEASE_DELAY_DAYS": "0", "DJANGO_SETTINGS_MODULE": "comparia.settings"}
    ended = subprocess.run([sys.executable, "-c", KILLED], env=environment, capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert [path.name for path in folders.root().iterdir()] == ["killed.building"]
    assert Release.objects.get().status == "building"
    build("after")
    assert [path.name for path in folders.root().iterdir()] == ["after"]
    killed = Release.objects.get(name="killed")
    assert (killed.status, killed.error_code) == ("failed", "interrupted")
    assert len(building.build("killed", say=print).manifest["files"]) == 11


# --- Verifying -------------------------------------------------------------------------------------------


def verified(folder):
    """As someone does who has the folder and the repository, without settings nor a database."""
    bare = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    asked = [sys.executable, "-m", "datasets_export.releases.verifying", str(folder)]
    return subprocess.run(asked, env=bare, capture_output=True, text=True)


def test_a_release_is_verified_without_the_site():
    factories.turn()
    build()
    ended = verified(folders.place("first"))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        "Release first, revision 0: 11 files",
        "Verified: every file is the one that was published.",
    ]


def test_what_differs_is_listed_and_the_status_is_1():
    factories.turn()
    build()
    folder = folders.place("first")
    (folder / "leaderboard.json").write_text("{}")
    (folder / "outcomes.parquet").unlink()
    (folder / "README.md").write_text("changed")
    (folder / "turns/more.parquet").write_text("more")
    ended = verified(folder)
    assert ended.returncode == 1
    assert sorted(ended.stdout.splitlines()[1:-1]) == [
        "README.md: not the file that was published",
        "outcomes.parquet: missing",
        "turns/more.parquet: not in the manifest",
    ]


@pytest.mark.parametrize(
    "manifest", ["no", "[]", '{"format": "other"}', '{"format": "comparia-release/1", "files": [{"path": "../x"}]}']
)
def test_a_folder_that_has_no_good_manifest_cannot_be_verified(tmp_path, manifest):
    (tmp_path / "manifest.json").write_text(manifest)
    ended = verified(tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Traceback" not in ended.stderr
    assert verified(tmp_path / str(uuid.uuid4())).returncode == 2
