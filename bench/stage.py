"""What is measured and what it needs, each a process: services with a database of its own, provider, site."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench import provider
from comparia import serving
from deploy.local import servers

PLACE = Path("var/bench")
MODELS = ("steady-a", "steady-b", "steady-c", "steady-d")
REDIS_DATABASE = 15  # a server that is shared keeps its own data
UNLIMITED = {
    **{f"ARENA_{whose}_PROMPTS_PER_HOUR": "1000000" for whose in ("VISITOR", "ADDRESS")},
    **{f"ARENA_ADDRESS_DOLLARS_PER_{window}": "1000000" for window in ("HOUR", "DAY")},
    **{f"ARENA_PROOF_{whose}_PROMPTS": "1000000" for whose in ("ADDRESS", "SITE")},
}


@dataclass(frozen=True)
class Stage:
    """The address of the running site, and process ids by name: site, provider and the services started here."""

    url: str
    pids: dict[str, int]


@contextmanager
def standing(say, limits=UNLIMITED) -> Iterator[Stage]:
    """Everything started, then everything stopped; `say` is told of each step, `limits` are variables of the site.

    Raises RuntimeError beside another.
    """
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(f"another measure is using {PLACE}") from None
        say("services")
        os.environ.update({"LOCAL": "1", "LOCAL_MODELS_URL": "", "LOG_LEVEL": "WARNING"} | limits)
        os.environ.setdefault("SECRET_KEY", "only-for-measures-0123456789-abcdefghijklmnopqrstuvwxyz")
        os.environ.setdefault("FIELD_KEYS", "bWVhc3VyZXMtbWVhc3VyZXMtbWVhc3VyZXMtMDEyMzQ=")
        os.environ.update(servers.ensure(PLACE, durable=True))
        own = {name: pid for name, (pid, _log) in servers.processes(PLACE).items()}
        say("database")
        os.environ["DATABASE_URL"] = new_database(os.environ["DATABASE_URL"])
        os.environ["REDIS_URL"] = with_path(os.environ["REDIS_URL"], str(REDIS_DATABASE))
        with provider.running() as scripted:
            fill(scripted.url)
            say("site")
            with serving.running() as site:
                yield Stage(site.url, own | {"site": site.process.pid, "provider": scripted.process.pid})
        servers.release(PLACE)


def with_path(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def new_database(url: str) -> str:
    """An empty database beside the one of this address, whose own tables are never touched; its address."""
    import psycopg
    from psycopg import sql

    name = f"{urlsplit(url).path.strip('/')}_bench"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return with_path(url, name)


def fill(provider_url: str) -> None:
    """The tables, a portal with its terms and tags, and four models that the scripted provider plays."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comparia.settings")
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    from arena.tests import factories

    factories.terms()
    factories.tags()
    for behaviour in MODELS:
        factories.language_model(slug=f"bench-{behaviour}", base_url=provider_url, behaviour=behaviour)
    connection.close()
    connection.close_pool()
