"""The processes that the launcher starts: each has a name and a log, and none outlives it."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .processes import LocalError, alive, spawn, stop, tail

STOP_SECONDS = 10


class Stopped(Exception):
    """Someone asked the launcher to stop."""


@dataclass(frozen=True)
class Child:
    """A running process and where it writes (none: the terminal)."""

    name: str
    process: subprocess.Popen
    log: Path | None


class Children:
    """Starts processes, notices when one ends, stops them all in the opposite order."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: list[Child] = []
        self.followed: dict[str, tuple[int, Path]] = {}
        self.stop_asked = False

    def start(self, name: str, command: Sequence[str], *, log: bool = True, **options: Any) -> Child:
        """Start a process that must live as long as the site. ``options`` go to ``subprocess.Popen``."""
        options["preexec_fn"] = _end_with_parent if sys.platform == "linux" else None
        if log:
            file = self.logs / f"{name}.log"
            if file.exists():
                file.replace(file.with_suffix(".log.before"))
            child = Child(name, spawn(command, file, **options), file)
        else:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **options)
            child = Child(name, process, None)
        self.running.append(child)
        return child

    def run(self, name: str, command: Sequence[str], **options: Any) -> None:
        """Start a process and wait until it has done its work, watching the others. Raises LocalError."""
        child = self.start(name, command, **options)
        while child.process.poll() is None:
            self.watch(but=child)
        self.running.remove(child)
        if child.process.returncode:
            raise LocalError(_obituary(child))

    def wait_for(self, name: str, ready: Callable[[], object], seconds: float) -> None:
        """Wait until a process is ready, watching all. Raises LocalError."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.watch()
            if time.monotonic() > deadline:
                child = next(child for child in self.running if child.name == name)
                raise LocalError(f"The {name} is not ready after {seconds:.0f} seconds. {_last_lines(child)}")

    def watch(self, but: Child | None = None) -> None:
        """Wait a moment; raise Stopped if that was asked, LocalError if a process has ended meanwhile."""
        time.sleep(0.1)
        if self.stop_asked:
            raise Stopped
        for child in self.running:
            if child is not but and child.process.poll() is not None:
                raise LocalError(_obituary(child))
        for name, (pid, log) in self.followed.items():
            if not alive(pid):
                raise LocalError(f"{name} has ended: the rest is being stopped. The end of {log}:\n{tail(log)}")

    def stop(self) -> None:
        """Stop the processes, last started first, each within a limit of time."""
        while self.running:
            child = self.running.pop()
            if child.process.poll() is None and not stop(child.process.pid, signal.SIGTERM, STOP_SECONDS):
                print(f"· The {child.name} did not stop by itself and was killed", flush=True)


def _obituary(child: Child) -> str:
    code = child.process.returncode
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    if child.log is None:  # it said why in the terminal
        return f"The {child.name} {how}: the rest is being stopped."
    return f"The {child.name} {how}: the rest is being stopped. {_last_lines(child)}"


def _last_lines(child: Child) -> str:
    return f"The end of {child.log}:\n{tail(child.log)}" if child.log else ""


def _end_with_parent() -> None:
    """Ask the system to stop this process if the launcher is killed (Linux)."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
