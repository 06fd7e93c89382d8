"""What the launcher says in the terminal: sentences, and progress that rewrites its own line."""

import sys
import time
from collections.abc import Callable

from .processes import LocalError


def say(sentence: str) -> None:
    """One line, at once."""
    print(f"· {sentence}", flush=True)


class Counter:
    """Progress on one line of a terminal; in a file, a line every few seconds."""

    def __init__(self, label: str) -> None:
        self.label, self.width = label, 0
        self.is_terminal = sys.stdout.isatty()
        self.shown_at = 0.0 if self.is_terminal else time.monotonic()

    def show(self, state: str) -> None:
        """Say where things are; calls that come too fast are left out."""
        now = time.monotonic()
        if now - self.shown_at < (0.1 if self.is_terminal else 5):
            return
        self.shown_at = now
        self._write(state, "" if self.is_terminal else "\n")

    def close(self, state: str) -> None:
        """The last word."""
        self._write(state, "\n")

    def _write(self, state: str, end: str) -> None:
        line = f"· {self.label}: {state}"
        print("\r" + line.ljust(self.width) if self.is_terminal else line, end=end, flush=True)
        self.width = len(line)


def amount(done: int, total: int) -> str:
    """How much of a download is here: ``512 of 1117 MB (46 %)``."""
    return f"{done // 1_000_000} of {total // 1_000_000} MB ({100 * done // max(total, 1)} %)"


def speak_plainly(work: Callable[[], object]) -> None:
    """Run a command; what its user can act on ends as a sentence and exit code 1, never as a traceback."""
    try:
        work()
    except LocalError as error:
        sys.exit(f"\n{error}")
    except OSError as error:
        if error.errno == 28:
            sys.exit("\nThe disk is full: free some space, then try again.")
        raise
    except KeyboardInterrupt:
        sys.exit(130)
