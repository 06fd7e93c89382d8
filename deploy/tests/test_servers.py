"""Private PostgreSQL and Redis: started once, shared, stopped by the last user, found again after a kill."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from deploy.local import servers
from deploy.local.processes import wait_until

ROOT = Path(__file__).resolve().parents[2]
USER = """
import os, pathlib, signal, sys
from deploy.local import servers
os.environ.pop("DATABASE_URL", None); os.environ.pop("REDIS_URL", None)
found = servers.ensure(pathlib.Path(sys.argv[1]))
print(found["DATABASE_URL"], found["REDIS_URL"], flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def unset(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def directory(tmp_path, unset):
    yield tmp_path
    servers.release(tmp_path)


class User:
    """Another process that uses the services of a directory until told to leave."""

    def __init__(self, directory):
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(directory)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.urls = self.process.stdout.readline().split()

    def leave(self):
        self.process.communicate("\n", timeout=30)

    def be_killed(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def test_they_work_and_a_second_call_finds_them(directory):
    found = servers.ensure(directory)
    with psycopg.connect(found["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT upper('é'), current_setting('fsync')").fetchone() == ("É", "off")
        assert int(connection.execute("SHOW max_connections").fetchone()[0]) >= 200
    assert redis.Redis.from_url(found["REDIS_URL"]).ping()
    assert servers.ensure(directory) == found


def test_they_listen_on_the_loopback_only_and_want_a_password(directory):
    found = servers.ensure(directory)
    with psycopg.connect(found["DATABASE_URL"]) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        port = connection.info.port
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgres://comparia:wrong@127.0.0.1:{port}/comparia")
    server = found["REDIS_URL"].rpartition("@")[2]
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(f"redis://{server}").ping()
    assert (directory / "postgres.password").stat().st_mode & 0o077 == 0
    assert (directory / "redis.password").stat().st_mode & 0o077 == 0


def test_the_environment_replaces_each(directory, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/x")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    assert servers.ensure(directory) == {
        "DATABASE_URL": "postgres://elsewhere/x",
        "REDIS_URL": "redis://elsewhere/0",
    }
    assert servers.processes(directory) == {}


def test_the_last_user_stops_them(directory):
    first, second = User(directory), User(directory)
    assert first.urls == second.urls
    first.leave()
    assert set(servers.processes(directory)) == {"postgres", "redis"}
    second.leave()
    assert servers.processes(directory) == {}


def test_they_are_found_again_after_their_user_was_killed(directory):
    killed = User(directory)
    killed.be_killed()
    running = servers.processes(directory)
    assert set(running) == {"postgres", "redis"}
    next_one = User(directory)
    assert next_one.urls == killed.urls
    next_one.leave()
    assert servers.processes(directory) == {}
    assert wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid, _log in running.values()), 5)


def test_data_survive_a_stop(directory):
    with servers.postgres(directory, durable=True) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (x int)")
    assert servers.processes(directory) == {}
    with servers.postgres(directory, durable=True) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root needs another account")
def test_root_can_use_a_directory_that_is_closed_to_others(directory):
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    with servers.postgres(closed / "var") as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert closed.stat().st_mode & 0o777 == 0o700
