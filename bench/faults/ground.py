"""The parts that a fault breaks, each a process that this one restarts as a supervisor would."""

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis
from cryptography.fernet import Fernet

from bench import provider, stage, wire
from comparia import serving
from deploy.local import servers
from deploy.local.processes import alive, free_port, listens, spawn, wait_until
from deploy.local.unprivileged import become

PLACE = Path("var/bench/faults").absolute()
SITE = {
    # As in production: a local machine waits longer for its own models, and leaves sooner.
    "ARENA_FIRST_TOKEN_SECONDS": "10",
    "SHUTDOWN_SECONDS": "25",
    "SHUTDOWN_NOTICE_SECONDS": "5",
    "RELEASE_SCHEDULE": "",
    "RELEASES_DIR": str(PLACE / "releases"),
    "LOG_LEVEL": "WARNING",
}
START_SECONDS = 60


class Server:
    """PostgreSQL or Redis, run again by its own command line: on the same port, with the same files."""

    def __init__(self, name):
        self.name = name
        self.pid, self.log = servers.processes(PLACE)[name]
        self.command = Path(f"/proc/{self.pid}/cmdline").read_text().rstrip("\0").split("\0")
        _pid, self.port = servers.ENGINES[VARIABLES[name]].find(PLACE / name)
        if name == "redis":
            program, _space, _address = self.command[0].partition(" ")  # it rewrites its own title
            self.command = [program, str(PLACE / "redis" / "redis.conf")]

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        if not wait_until(lambda: not alive(self.pid), 10):
            raise RuntimeError(f"{self.name} survived")

    def start(self):
        """Until it accepts connections; PostgreSQL is run again while what it left behind is still ending."""
        command, identity = become(self.command, PLACE / "postgres") if self.name == "postgres" else (self.command, {})
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            process = spawn(command, self.log, **identity)
            wait_until(lambda process=process: process.poll() is not None or listens(self.port), START_SECONDS)
            if process.poll() is None:
                self.pid = process.pid
                if self.name == "redis":
                    (PLACE / "redis" / "running").write_text(f"{self.pid} {self.port}")
                return
        raise RuntimeError(f"{self.name} did not start: see {self.log}")


VARIABLES = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}


class Worker:
    """A Celery worker with its beat."""

    def __init__(self):
        self.process = None

    def start(self):
        options = ["--beat", "--schedule", str(PLACE / "beat"), "--concurrency", "1", "--loglevel", "WARNING"]
        command = [sys.executable, "-m", "celery", "-A", "comparia", "worker", *options]
        self.process = spawn(command, PLACE / "log" / "worker.log")

    def kill(self):
        """With its children, as a machine that loses power."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


@dataclass
class Ground:
    """Everything that runs. `wire` is what stands between the site and its provider."""

    url: str
    site: serving.Site
    worker: Worker
    postgres: Server
    redis: Server
    wire: wire.Wire
    notes: list[tuple[str, bool]] = field(default_factory=list)

    def forget(self):
        """What Redis knows of the models' health is of the fault before."""
        with redis.from_url(os.environ["REDIS_URL"]) as server:
            server.flushall()

    def one(self, query):
        """The one value that a query gives."""
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            return connection.execute(query).fetchone()[0]

    def note(self, text, is_well=True):
        """Something to say under the table; it fails the run unless it is well."""
        self.notes.append((text, bool(is_well)))


@asynccontextmanager
async def standing(say, application="comparia.asgi:application"):
    """All parts started, on a database made anew; then all stopped. Raises RuntimeError beside another."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(f"another run is using {PLACE}") from None
        say("services and database")
        os.environ.update({"LOCAL": "1", "LOCAL_MODELS_URL": ""} | stage.UNLIMITED | SITE)
        os.environ.setdefault("SECRET_KEY", "only-for-measures-0123456789-abcdefghijklmnopqrstuvwxyz")
        os.environ.setdefault("FIELD_KEYS", Fernet.generate_key().decode())
        with servers.postgres(PLACE, durable=True) as database, servers.redis(PLACE, durable=True) as cache:
            os.environ.update(DATABASE_URL=await asyncio.to_thread(stage.new_database, database), REDIS_URL=cache)
            with provider.running() as scripted:
                async with wire.between(int(scripted.url.split(":")[2].split("/")[0])) as link:
                    await asyncio.to_thread(stage.fill, f"http://127.0.0.1:{link.port}/v1")
                    site, worker = serving.Site(free_port(), {}, application), Worker()
                    say("site and worker")
                    try:
                        await asyncio.to_thread(site.start)
                        worker.start()
                        yield Ground(site.url, site, worker, Server("postgres"), Server("redis"), link)
                    finally:
                        worker.stop()
                        site.stop()
                        site.output.close()
