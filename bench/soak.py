"""The site at half of what it can do, for a long while: does anything grow?

    python -m bench.soak [--minutes 15] [--visitors 25] [--picture docs/images/soak.svg]

A table each 15 seconds, then what each figure became. 1 if one of them is not flat.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psycopg
import redis

from bench import witness
from bench.faults import ground
from bench.processes import INSIDE, memory

EVERY_SECONDS, REST_SECONDS = 15, 8
GROWTH, UNITS = 0.03, 3
"""Flat: the median of the last third is above that of the middle third by no more than this share, or so many."""
FIGURES = {
    "rss": "memory of the site, MiB",
    "tasks": "asyncio tasks",
    "threads": "threads",
    "sockets": "sockets",
    "files": "other open files",
    "database": "connections to the database",
    "redis": "connections to Redis",
    "worker": "memory of the worker, MiB",
}
BEGAN = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - BEGAN:4.0f} s] {text}", file=sys.stderr, flush=True)


def ask_inside(place, what=""):
    with urllib.request.urlopen(f"{place.url}{INSIDE}?{what}", timeout=30) as answer:
        return json.load(answer)


def objects(place):
    """Python's objects that are still in use, once what is not was collected: the site collects itself more rarely."""
    return ask_inside(place, "collect")["objects"]


def sample(place):
    """One value of each figure, now."""
    pid = place.site.process.pid
    inside = ask_inside(place)
    links = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            links.append(os.readlink(entry))
    sockets = sum(link.startswith("socket:") for link in links)
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10) as connection:
        (connections,) = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    with redis.from_url(os.environ["REDIS_URL"]) as server:
        clients = server.info("clients")["connected_clients"] - 1
    return {
        "rss": memory(pid)[0] / 2**20,
        **inside,
        "threads": len(list(Path(f"/proc/{pid}/task").iterdir())),
        "sockets": sockets,
        "files": len(links) - sockets,
        "database": connections,
        "redis": clients,
        "worker": memory(place.worker.process.pid)[0] / 2**20,
    }


async def watch(place, seconds):
    """Samples with their moments, printed as they come."""
    samples, began = [], time.monotonic()
    print("| minute | " + " | ".join(FIGURES) + " |\n" + "|---" * (len(FIGURES) + 1) + "|")
    while time.monotonic() - began < seconds:
        await asyncio.sleep(EVERY_SECONDS)
        found = await asyncio.to_thread(sample, place)
        samples.append({"minute": (time.monotonic() - began) / 60} | found)
        print("| " + " | ".join(f"{value:.1f}" for value in samples[-1].values()) + " |", flush=True)
    return samples


def verdict(samples, name):
    """(median of the middle third, of the last third, slope an hour over both, whether it is flat)."""
    third = len(samples) // 3
    later = samples[third:]
    middle, last = (statistics.median(row[name] for row in part) for part in (later[:third], later[-third:]))
    slope = statistics.linear_regression([row["minute"] for row in later], [row[name] for row in later]).slope * 60
    return middle, last, slope, last - middle <= max(GROWTH * middle, UNITS)


async def soak(options):
    """(whether all is flat, the samples)."""
    async with ground.standing(say, application="bench.watched:application") as place:
        await witness.crowd(place.url, options.visitors, lambda: 0)
        await asyncio.sleep(REST_SECONDS)
        before = await asyncio.to_thread(objects, place)
        end = time.monotonic() + 60 * options.minutes
        crowd = asyncio.create_task(witness.crowd(place.url, options.visitors, lambda: end))
        samples = await watch(place, 60 * options.minutes)
        depositions = await crowd
        await asyncio.sleep(REST_SECONDS)
        rest = await asyncio.to_thread(sample, place)
        after = await asyncio.to_thread(objects, place)
    done = sum(told.is_done for told in depositions)
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d %H:%M')}")
    print(f"{options.visitors} visitors, {options.minutes:g} minutes: {done} of {len(depositions)} journeys done\n")
    print("| figure | middle third | last third | slope an hour | at rest | verdict |")
    print("|---|---|---|---|---|---|")
    are_flat = after <= before * (1 + GROWTH)
    for name, title in FIGURES.items():
        middle, last, slope, is_flat = verdict(samples, name)
        word = "flat" if is_flat else "GROWS"
        print(f"| {title} | {middle:.1f} | {last:.1f} | {slope:+.1f} | {rest[name]:.1f} | {word} |")
        are_flat &= is_flat
    each = (after - before) / (len(depositions) or 1)
    print(f"\nPython's objects in use, at rest: {before} before, {after} after: {each:+.1f} a journey")
    return are_flat, samples


# --- The picture: a small curve for each figure ---------------------------------------------------------

WIDTH, HEIGHT, ACROSS = 320, 150, 2


def picture(samples):
    rows = -(-len(FIGURES) // ACROSS)
    curves = ""
    for place, (name, title) in enumerate(FIGURES.items()):
        across, down = WIDTH * (place % ACROSS), HEIGHT * (place // ACROSS)
        curves += f'<g transform="translate({across} {down})">{curve(samples, name, title)}</g>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * ACROSS} {HEIGHT * rows}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>A soak of the site</title>'
        f'<rect width="100%" height="100%" fill="#fff"/>{curves}</svg>\n'
    )


def curve(samples, name, title):
    values = [row[name] for row in samples]
    most, last = max(*values, 1) * 1.1, samples[-1]["minute"]
    points = " ".join(f"{40 + 260 * row['minute'] / last:.1f},{120 - 85 * row[name] / most:.1f}" for row in samples)
    return (
        f'<text x="40" y="20" fill="#161616">{title}</text><path d="M40 35V120H300" fill="none" stroke="#929292"/>'
        f'<text x="36" y="40" text-anchor="end" fill="#666">{most:.0f}</text>'
        f'<text x="36" y="124" text-anchor="end" fill="#666">0</text>'
        f'<text x="300" y="136" text-anchor="end" fill="#666">{last:.0f} min</text>'
        f'<polyline points="{points}" fill="none" stroke="#000091" stroke-width="1.5"/>'
    )


def main():
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--visitors", type=int, default=25)
    parser.add_argument("--picture", default="")
    options = parser.parse_args()
    ground.PLACE = Path("var/bench/soak").absolute()
    are_flat, samples = asyncio.run(soak(options))
    if options.picture:
        Path(options.picture).write_text(picture(samples), encoding="utf-8")
    return 0 if are_flat else 1


if __name__ == "__main__":
    sys.exit(main())
