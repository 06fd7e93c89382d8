"""``make run``: start every part of the site in order, watch them, stop them in the opposite order."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from . import servers
from .children import Children, Stopped
from .environment import environment, local_models_url, provider_keys, wants_local_models
from .messages import compile_messages
from .processes import LocalError, listens
from .progress import say
from .weights import missing, models

SITE_SECONDS = 90
MODELS_SECONDS = 120


def main(root: Path) -> None:
    """Run the site until Ctrl-C or SIGTERM; returns then. Raises LocalError if a part fails."""
    children = Children(root / "var" / "log")

    def ask(number: int, frame: object) -> None:
        children.stop_asked = True

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, ask)
    try:
        _start(root, children)
        while True:
            children.watch()
    except Stopped:
        say("Stopping")
    finally:
        children.stop()
        servers.release(root / "var")


def worker(root: Path) -> None:
    """One more Celery worker, in the foreground, with the services and the settings of ``run``."""
    manage(root, ["-m", "celery", "-A", "comparia", "worker", "--loglevel", "info"])


def manage(root: Path, arguments: list[str]) -> None:
    """Run a Python command in the foreground with the services and the settings of ``run``."""
    child = subprocess.Popen([sys.executable, *arguments], cwd=root, env=environment(root))
    signal.signal(signal.SIGINT, lambda number, frame: None)  # the terminal sends it to both: the child decides
    signal.signal(signal.SIGTERM, lambda number, frame: child.terminate())
    sys.exit(child.wait())


def _start(root: Path, children: Children) -> None:
    port = int(os.environ.get("PORT") or 8000)
    address = f"http://127.0.0.1:{port}"
    if listens(port):
        raise LocalError(
            f"Port {port} is in use. Stop the program that uses it (is the site running already?), "
            f"or choose another: PORT={port + 1} make run"
        )
    say("Starting PostgreSQL and Redis")
    env = environment(root)
    children.followed = servers.processes(root / "var")
    (root / "var" / "static").mkdir(exist_ok=True)
    has_models = wants_local_models(root) and not _serves_models(local_models_url(root))
    has_weights = has_models and not missing(root / "var" / "models")
    if has_weights:
        _start_models(root, children, env)
    say("Preparing the database and the catalogue")
    if count := compile_messages(root):
        say(f"Compiled {count} translation file(s)")
    children.run("preparation", [sys.executable, "-m", "deploy.local.prepare"], cwd=root, env=env)
    say("Starting the site and its worker")
    daphne = [
        sys.executable,
        "-m",
        "daphne",
        "-v",
        "0",
        "-b",
        "127.0.0.1",
        "-p",
        str(port),
        "comparia.asgi:application",
    ]
    children.start("site", daphne, cwd=root, env=env)
    beat = ["--beat", "--schedule", str(root / "var" / "celerybeat-schedule"), "--concurrency", "2"]
    children.start(
        "worker", [sys.executable, "-m", "celery", "-A", "comparia", "worker", "-l", "info", *beat], cwd=root, env=env
    )
    children.wait_for("site", lambda: _answers(f"{address}/healthz"), SITE_SECONDS)
    if has_models and not has_weights:
        say(f"The site answers on {address}; its models are on their way")
        children.run("download", [sys.executable, "-m", "deploy.local", "weights"], cwd=root, env=env, log=False)
        _start_models(root, children, env)
    if has_models:
        port_of_models = urlsplit(local_models_url(root)).port or 80
        children.wait_for("models", lambda: listens(port_of_models), MODELS_SECONDS)
    _announce(root, address)


def _start_models(root: Path, children: Children, env: dict[str, str]) -> None:
    say(f"Loading {len(models())} local models")
    children.start("models", [sys.executable, "-m", "deploy.local", "models"], cwd=root, env=env)


def _announce(root: Path, address: str) -> None:
    if not wants_local_models(root):
        keys = ", ".join(provider_keys(root))
        say(f"Models: those that {keys} gives access to" if keys else "Models: none, and no provider's key")
    print(f"\ncompar:IA is running on {address}\nCtrl-C stops it. Logs: {root / 'var' / 'log'}\n", flush=True)


def _serves_models(url: str) -> bool:
    """True if something serves models there already. Raises LocalError if the port serves something else."""
    parts = urlsplit(url)
    if not listens(parts.port or 80, parts.hostname or "127.0.0.1"):
        return False
    try:
        with urllib.request.urlopen(f"{url}/models", timeout=3) as answer:
            served = {model["id"] for model in json.load(answer)["data"]}
        if not served & {model.id for model in models()}:
            raise ValueError("none of the local models")
    except (OSError, ValueError, KeyError) as error:
        raise LocalError(
            f"{url} should serve the local models, and something else answers there. Stop it, or choose another "
            "port: LOCAL_MODELS_URL=http://127.0.0.1:9200/v1 make run"
        ) from error
    say(f"Using the models that {url} serves already")
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
