"""A pytest plugin: compiled translations, and real PostgreSQL and Redis, started unless the environment names them."""

import fcntl
import os
from itertools import count
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ROOT / "var/test"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config):
    """Before Django reads its settings. The controller starts the services; its workers inherit their addresses."""
    os.environ.setdefault("SECRET_KEY", "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz")
    os.environ["LOCAL"] = "1"
    os.environ["LOCAL_MODELS_URL"] = ""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        from deploy.local import messages, servers

        messages.compile_messages(ROOT)
        os.environ.update(servers.ensure(free_place()))
    else:  # each worker has a Redis database of its own, as it has a PostgreSQL database of its own
        server, _slash, _number = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{server}/{int(worker.removeprefix('gw')) + 1}"
    return (yield)


def free_place():
    """A directory for servers that no other run of the tests uses now: it is ours until this process ends."""
    for number in count():
        place = SERVICES / str(number)
        place.mkdir(parents=True, exist_ok=True)
        lock = os.open(place / "run.lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            return place
