"""A backup is worth what its restoration is: both scripts run, and everything is compared."""

import os
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from arena.tests import factories
from deploy.local.postgres import _binaries

DEPLOY = Path(__file__).resolve().parents[1]
NAME = "restored"


def url(name):
    server = connection.settings_dict
    user, password, host = (quote(str(server[key]), safe="") for key in ("USER", "PASSWORD", "HOST"))
    return f"postgres://{user}:{password}@{host}:{server['PORT'] or 5432}/{name}"


def run(script, database, folder, place):
    for name in ("media", "releases"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    env = {
        "PATH": f"{_binaries()}:{os.environ['PATH']}",
        "DATABASE_URL": url(database),
        "MEDIA_ROOT": str(folder / "media"),
        "RELEASES_DIR": str(folder / "releases"),
    }
    return subprocess.run([DEPLOY / script, place], env=env, capture_output=True, text=True)


def rows(cursor):
    """{table: (how many rows, their sum)}, whatever their order."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = {}
    for (table,) in cursor.fetchall():
        cursor.execute(f"SELECT count(*), coalesce(sum(hashtextextended(it::text, 0)), 0) FROM {table} it")
        found[table] = cursor.fetchone()
    return found


@pytest.fixture
def empty():
    """The name of a database without a table, beside that of the tests."""
    name = f"{connection.settings_dict['NAME']}_{NAME}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def saved(transactional_db, tmp_path):
    """A backup of a site with votes, a picture and a release: (its folder, what the tables held)."""
    for choice in ("a_better", "both_bad"):
        factories.turn(factories.comparison(), choice=choice, text="Une réponse — “à garder”, 1/2 😀")
    for file in ("site/media/logos/a.webp", "site/releases/2026-11-01/votes.parquet"):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_bytes(file.encode())
    (tmp_path / "backups").mkdir()
    done = run("backup.sh", connection.settings_dict["NAME"], tmp_path / "site", tmp_path / "backups")
    assert done.returncode == 0, done.stderr
    with connection.cursor() as cursor:
        return Path(done.stdout.strip()), rows(cursor)


def test_what_is_restored_is_what_was_saved(saved, empty, tmp_path):
    place, before = saved
    assert before["arena_vote"][0] == 2
    done = run("restore.sh", empty, tmp_path / "new", place)
    assert done.returncode == 0, done.stderr
    wrapper = connection.copy()
    wrapper.settings_dict = wrapper.settings_dict | {"NAME": empty, "OPTIONS": {}}
    with wrapper.cursor() as cursor:
        after = rows(cursor)
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")
        assert cursor.fetchone()[0] > 0
    wrapper.close()
    assert after == before
    assert (tmp_path / "new/media/logos/a.webp").read_bytes() == b"site/media/logos/a.webp"
    assert (tmp_path / "new/releases/2026-11-01/votes.parquet").exists()


def test_a_database_that_holds_something_is_never_written_over(saved, tmp_path):
    place, before = saved
    done = run("restore.sh", connection.settings_dict["NAME"], tmp_path / "new", place)
    assert (done.returncode, "already" in done.stderr) == (1, True)
    with connection.cursor() as cursor:
        assert rows(cursor) == before


def test_a_damaged_backup_is_refused_before_anything_is_written(saved, empty, tmp_path):
    place, _before = saved
    with (place / "media.tar").open("ab") as file:
        file.write(b"x")
    assert run("restore.sh", empty, tmp_path / "new", place).returncode != 0
    assert list((tmp_path / "new/media").iterdir()) == []


def test_a_backup_that_fails_leaves_nothing_that_looks_like_one(transactional_db, tmp_path):
    (tmp_path / "backups").mkdir()
    done = run("backup.sh", "no_such_database", tmp_path / "site", tmp_path / "backups")
    assert done.returncode != 0
    assert [it.suffix for it in (tmp_path / "backups").iterdir()] == [".partial"]
