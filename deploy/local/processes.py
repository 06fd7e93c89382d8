"""Start, watch and stop processes by id, with a log for each."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


class LocalError(Exception):
    """Something the person at the keyboard can act on: the message is one plain sentence."""


def alive(pid: int) -> bool:
    """True if a process of this id runs (one that ended and waits for its parent does not)."""
    try:
        ended, _ = os.waitpid(pid, os.WNOHANG)
        if ended:
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def stop(pid: int, first: signal.Signals = signal.SIGTERM, seconds: float = 10) -> bool:
    """Ask a process to end and wait; past ``seconds``, kill it. True if it ended by itself."""
    for sent, limit in ((first, seconds), (signal.SIGKILL, 5.0)):
        try:
            if sent is signal.SIGKILL and os.getpgid(pid) == pid:
                os.killpg(pid, sent)  # its own children too
            else:
                os.kill(pid, sent)
        except ProcessLookupError:
            return True
        if wait_until(lambda: not alive(pid), limit):
            return sent is first
    return False


def wait_until(condition: Callable[[], object], seconds: float, every: float = 0.05) -> bool:
    """Call ``condition`` until it is true or ``seconds`` have passed; tells whether it became true."""
    deadline = time.monotonic() + seconds
    while True:
        if condition():
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(every)


def spawn(command: Sequence[str | Path], log: Path, **options: Any) -> subprocess.Popen:
    """Start a process in its own session (a Ctrl-C in the terminal does not reach it), writing to ``log``.

    ``options`` go to ``subprocess.Popen``.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,
        )


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, indented, or a word that there are none."""
    try:
        return indent(log.read_text(errors="replace"), lines) or "    (its log is empty)"
    except OSError:
        return "    (it left no log)"


def indent(text: str, lines: int = 15) -> str:
    """The last lines of a text, set off from the sentence that introduces them."""
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines()[-lines:])


def errors(said: str) -> str:
    """Of what pip said, the lines that matter: its errors, else its last ones."""
    return indent("\n".join(line for line in said.splitlines() if line.startswith("ERROR")) or said, 4)


def free_port() -> int:
    """A TCP port of the loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port: int, host: str = "127.0.0.1") -> bool:
    """True if something accepts connections on this port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0
