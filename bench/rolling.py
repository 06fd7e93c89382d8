"""Two processes of the site behind one address, restarted one after the other while visitors are under way.

    python -m bench.rolling [--visitors 20] [--told]

As an orchestrator does: SIGTERM, wait until it ends, start it again, wait until it answers, then the next. With --told
the proxy stops sending new connections to a process before it is asked to end; without, it finds out by being refused.
1 if a journey failed, or if something acknowledged was lost.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter

from bench import wire, witness
from bench.faults import ground, reckoning
from comparia import serving
from deploy.local.processes import free_port

BEFORE_SECONDS, BETWEEN_SECONDS = 8, 5
ENDS_WITHIN_SECONDS = 60
BEGAN = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - BEGAN:3.0f} s] {text}", file=sys.stderr, flush=True)


async def restart(site, front, is_told):
    """Seconds until it had ended; whether it ended by itself."""
    if is_told:
        front.targets.remove(site.port)
    began = time.monotonic()
    site.process.send_signal(signal.SIGTERM)
    try:
        await asyncio.to_thread(site.process.wait, ENDS_WITHIN_SECONDS)
        by_itself = True
    except subprocess.TimeoutExpired:
        site.kill()
        by_itself = False
    took = time.monotonic() - began
    await asyncio.to_thread(site.start)
    if is_told:
        front.targets.append(site.port)
    return took, by_itself


async def roll(visitors, is_told):
    """Whether no journey failed."""
    second = serving.Site(free_port(), {})
    async with ground.standing(say) as place:
        try:
            await asyncio.to_thread(second.start)
            async with wire.between(place.site.port, second.port) as front:
                return await under_load(front, [place.site, second], visitors, is_told)
        finally:
            second.stop()
            second.output.close()


async def under_load(front, sites, visitors, is_told):
    is_over = asyncio.Event()

    async def one_after_the_other():
        await asyncio.sleep(BEFORE_SECONDS)
        for site in sites:
            say("SIGTERM")
            took, by_itself = await restart(site, front, is_told)
            print(f"process {site.port}: ended {'by itself' if by_itself else 'KILLED'} after {took:.1f} s, back")
            await asyncio.sleep(BETWEEN_SECONDS)
        is_over.set()

    def until():
        return 0 if is_over.is_set() else time.monotonic() + 1

    crowd = witness.crowd(f"http://127.0.0.1:{front.port}", visitors, until)
    depositions, _none = await asyncio.gather(crowd, one_after_the_other())
    found = await asyncio.to_thread(reckoning.reckon, depositions, os.environ["DATABASE_URL"])
    failed = sum(not told.is_done for told in depositions)
    again = sum(told.asked_again for told in depositions)
    troubles = sum((told.troubles for told in depositions), Counter())
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d %H:%M')}")
    print(f"journeys: {len(depositions)}, of {visitors} visitors at once; failed: {failed}")
    print(f"answers that broke off and were asked again: {again}")
    print(f"requests that failed and were sent again: {troubles.total()} {dict(troubles)}")
    print(
        f"acknowledged: {found.prompts} prompts, {found.answers} answers, {found.votes} votes; lost: {len(found.lost)}"
    )
    for line in found.lost[:20]:
        print(f"  LOST {line}")
    return not failed and not found.lost


def main():
    parser = argparse.ArgumentParser(prog="python -m bench.rolling", description=__doc__)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--told", action="store_true")
    options = parser.parse_args()
    return 0 if asyncio.run(roll(options.visitors, options.told)) else 1


if __name__ == "__main__":
    sys.exit(main())
