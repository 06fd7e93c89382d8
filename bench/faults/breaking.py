"""The faults. Each breaks a part, leaves it so for some seconds, and puts it right."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.faults.ground import PLACE

SMALL = PLACE / "small"
CLOCK = PLACE / "clock"
LIBFAKETIME = (
    *Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"),
    *Path("/usr/local/lib").glob("faketime/libfaketimeMT.so.1"),
)
JUMP_SECONDS = 3600


class NotHere(Exception):
    """This machine cannot be broken so; the message says why."""


@dataclass(frozen=True)
class Fault:
    """`broken` does it all; `away` is how many seconds the part is left broken. `before` prepares, before the load."""

    title: str
    broken: Callable
    away: float
    before: Callable = None
    environment: dict = field(default_factory=dict)


async def _off(part, seconds):
    await asyncio.to_thread(part.kill)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(part.start)


async def web(ground, away):
    await _off(ground.site, away)


async def worker(ground, away):
    await _off(ground.worker, away)


async def redis(ground, away):
    await _off(ground.redis, away)


async def postgres(ground, away):
    await _off(ground.postgres, away)


async def network(ground, away):
    ground.wire.cut()
    await asyncio.sleep(away)
    ground.wire.mend()


# --- The disk of the worker's files: a file system of its own, too small ------------------------------


async def small_disk(ground):
    SMALL.mkdir(exist_ok=True)
    code, said = await call("mount", "-t", "tmpfs", "-o", "size=192k", "comparia-faults", str(SMALL))
    if code:
        raise NotHere(f"a small file system cannot be mounted here: {said.strip()}")
    await manage("seed_demo", "--votes", "2000")


async def disk(ground, away):
    """A release that does not fit: refused whole; with room again, it is built and verifies."""
    try:
        refused, _said = await manage("build_release", "full", "--demo")
        left = ", ".join(sorted(path.name for path in SMALL.iterdir())) or "nothing"
        ground.note(f"it did not fit and was refused; left on the disk: {left}", refused)
        await asyncio.sleep(away)
        await call("mount", "-o", "remount,size=256m", str(SMALL))
        failed, said = await manage("build_release", "full", "--demo")
        ground.note("with room again it was built" if not failed else f"not built later: {said[-500:]}", not failed)
        failed, said = await manage("verify_release", "full")
        ground.note("and it verifies" if not failed else f"and it does not verify: {said[-500:]}", not failed)
    finally:
        await call("umount", str(SMALL))


async def manage(*arguments):
    """A command of the site whose releases are on the small disk."""
    return await call(sys.executable, "manage.py", *arguments)


async def call(*command):
    """(exit code, what it said) of a command."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    environment = os.environ | {"RELEASES_DIR": str(SMALL)}
    process = await asyncio.create_subprocess_exec(*command, env=environment, **pipes)
    said, _none = await process.communicate()
    return process.returncode, said.decode()


# --- The clock of the site's process --------------------------------------------------------------------


async def false_clock(ground):
    if not LIBFAKETIME:
        raise NotHere("libfaketime is not installed (apt-get install libfaketime)")
    CLOCK.write_text("+0\n")
    await asyncio.to_thread(ground.site.stop)
    ground.site.environment = {
        "LD_PRELOAD": str(LIBFAKETIME[0]),
        "FAKETIME_TIMESTAMP_FILE": str(CLOCK),
        "FAKETIME_CACHE_DURATION": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    await asyncio.to_thread(ground.site.start)
    ground.note(f"libfaketime, the site's process only: {JUMP_SECONDS} s forward, then as much back")


async def clock(ground, away):
    CLOCK.write_text(f"+{JUMP_SECONDS}s\n")
    await asyncio.sleep(away)
    CLOCK.write_text("+0\n")


FAULTS = {
    "web": Fault("kill -9 of the site", web, 0),
    "worker": Fault("kill -9 of the worker", worker, 2),
    "redis": Fault("kill -9 of Redis", redis, 2),
    "postgres": Fault("kill -9 of PostgreSQL", postgres, 2),
    "network": Fault("network cut to the provider", network, 10),
    "disk": Fault("disk full for a release", disk, 1, small_disk),
    "clock": Fault("clock of the site jumps", clock, 8, false_clock),
}
