"""The faults. Each breaks a part, leaves it so for some seconds, and puts it right."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from bench.faults.ground import PLACE

SMALL = PLACE / "small"
CLOCK = PLACE / "clock"
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
    code, said = await call("mount", "-t", "tmpfs", "-o", "size=48k", "comparia-faults", str(SMALL))
    if code:
        raise NotHere(f"a small file system cannot be mounted here: {said.strip()}")
    await manage("seed_demo", "--votes", "2000")


async def disk(ground, away):
    """A release that does not fit: refused whole; with room again, it is built and verifies."""
    try:
        refused, _said = await manage("build_release", "full", "--demo")
        left = ", ".join(sorted(path.name for path in SMALL.iterdir())) or "nothing"
        code = await asyncio.to_thread(ground.one, "SELECT error_code FROM datasets_export_release WHERE name = 'full'")
        ground.note(
            f"it did not fit and was refused as {code}; left on the disk: {left}", refused and code == "disk_full"
        )
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
    CLOCK.write_text("0")
    await asyncio.to_thread(ground.site.stop)
    ground.site.application = "bench.clocked:application"
    ground.site.environment = {"CLOCK": str(CLOCK)}
    await asyncio.to_thread(ground.site.start)
    ground.note(f"time-machine, in the site's process only: {JUMP_SECONDS} s forward, then as much back")


async def clock(ground, away):
    CLOCK.write_text(str(JUMP_SECONDS))
    await asyncio.sleep(away)
    CLOCK.write_text("0")


FAULTS = {
    "web": Fault("kill -9 of the site", web, 0),
    "worker": Fault("kill -9 of the worker", worker, 2),
    "redis": Fault("kill -9 of Redis", redis, 2),
    "postgres": Fault("kill -9 of PostgreSQL", postgres, 2),
    "network": Fault("network cut to the provider", network, 10),
    "disk": Fault("disk full for a release", disk, 1, small_disk),
    "clock": Fault("clock of the site jumps", clock, 8, false_clock),
}
