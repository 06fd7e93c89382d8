"""Where the site's time goes: py-spy's samples of the thread that holds the interpreter, by function."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.stage import PLACE

SAMPLES = PLACE / "profile.raw"
RATE = 200
SHOWN = 25


@contextmanager
def sampling(pid: int) -> Iterator[None]:
    """Sample a process for the length of the block, into SAMPLES: one line a stack, `a;b;c count`."""
    command = [str(Path(sys.executable).with_name("py-spy")), "record", "--pid", str(pid), "--format", "raw"]
    options = ["--output", str(SAMPLES), "--rate", str(RATE), "--function", "--gil", "--duration", "unlimited"]
    SAMPLES.unlink(missing_ok=True)
    with (PLACE / "profile.log").open("w") as log:
        process = subprocess.Popen([*command, *options], stdout=log, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def summary() -> str:
    """The functions with the most samples of their own, and with those they called."""
    if not SAMPLES.exists():
        return f"no profile was written: see {PLACE / 'profile.log'}"
    own: Counter[str] = Counter()
    cumulative: Counter[str] = Counter()
    total = 0
    for line in SAMPLES.read_text().splitlines():
        stack, _space, count = line.rpartition(" ")
        frames = stack.split(";")
        total += int(count)
        own[frames[-1]] += int(count)
        cumulative.update(dict.fromkeys(set(frames), int(count)))
    parts = (("own time", own), ("with what they call", cumulative))
    return "\n".join(_ranking(title, found, total) for title, found in parts)


def _ranking(title: str, found: Counter[str], total: int) -> str:
    rows = [f"  {100 * count / total:5.1f} %  {name}" for name, count in found.most_common(SHOWN)]
    return "\n".join([f"\nFunctions by {title}, {total} samples", *rows])
