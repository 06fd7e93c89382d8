"""The database and the broker that this machine lacks, for the launcher, the tests and the benchmarks.

>>> servers.ensure(pathlib.Path("var/test"))
{"DATABASE_URL": "postgres://…", "REDIS_URL": "redis://…"}
"""

import atexit
import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from . import postgres as _postgres
from . import redis as _redis
from .processes import alive

ENGINES = {"DATABASE_URL": _postgres, "REDIS_URL": _redis}
_PLACES = {"DATABASE_URL": "postgres", "REDIS_URL": "redis"}


def ensure(directory: Path, *, durable: bool = False) -> dict[str, str]:
    """DATABASE_URL and REDIS_URL: those of the environment, else of private servers kept under ``directory``.

    Idempotent, and safe from several processes at once: they share the servers, which stop when the last of these
    processes ends. Not durable means fast: for tests. The caller exports the addresses if its children need them.
    Raises LocalError.
    """
    return {name: os.environ.get(name) or _share(name, directory, durable) for name in ENGINES}


def processes(directory: Path) -> dict[str, tuple[int, Path]]:
    """The private servers that run for a directory: process id and log, by name."""
    directory = directory.resolve()
    found = {name: ENGINES[name].find(directory / _PLACES[name]) for name in ENGINES}
    return {_PLACES[name]: (server[0], _log(name, directory)) for name, server in found.items() if server}


def release(directory: Path) -> None:
    """Give up the servers of a directory before this process ends; the last one out stops them."""
    for name in reversed(ENGINES):
        _give_up(name, directory.resolve(), os.getpid())


@contextlib.contextmanager
def postgres(directory: Path, *, durable: bool = False) -> Iterator[str]:
    """The DATABASE_URL of a private server that runs for the time of the block."""
    yield from _during("DATABASE_URL", directory, durable)


@contextlib.contextmanager
def redis(directory: Path, *, durable: bool = False) -> Iterator[str]:
    """The REDIS_URL of a private server that runs for the time of the block."""
    yield from _during("REDIS_URL", directory, durable)


def _during(name: str, directory: Path, durable: bool) -> Iterator[str]:
    try:
        yield _share(name, directory, durable)
    finally:
        _give_up(name, directory.resolve(), os.getpid())


def _share(name: str, directory: Path, durable: bool) -> str:
    directory = directory.resolve()
    with _alone(directory):
        url, _pid = ENGINES[name].start(directory, _log(name, directory), durable=durable)
        users = _users(name, directory)
        users.mkdir(exist_ok=True)
        (users / str(os.getpid())).touch()
    atexit.register(_give_up, name, directory, os.getpid())
    return url


def _give_up(name: str, directory: Path, user: int) -> None:
    if user != os.getpid() or not (_users(name, directory) / str(user)).exists():
        return  # a forked child, or already done
    with _alone(directory):
        (_users(name, directory) / str(user)).unlink()
        if any(_living(_users(name, directory))):
            return
        running = ENGINES[name].find(directory / _PLACES[name])
        if running:
            ENGINES[name].halt(running[0])


def _living(users: Path) -> Iterator[int]:
    for file in users.iterdir():
        if alive(int(file.name)):
            yield int(file.name)
        else:
            file.unlink()  # it was killed


def _users(name: str, directory: Path) -> Path:
    return directory / f"{_PLACES[name]}.users"


def _log(name: str, directory: Path) -> Path:
    return directory / "log" / f"{_PLACES[name]}.log"


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One process at a time starts or stops the servers of a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "services.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
