"""Break each part under load and see that nothing acknowledged is lost.

    python -m bench.faults [--only web] [--visitors 50]

Everything runs on the loopback, with services of its own under var/bench/faults. 1 if something was lost, if a journey
never ended, or if new conversations did not work again within a minute.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import Counter

from bench import witness
from bench.faults import breaking, ground, reckoning

BEFORE_SECONDS, AFTER_SECONDS = 8, 12
WORKS_AGAIN_WITHIN_SECONDS = 60
BEGAN = time.monotonic()
HEADINGS = (
    *("fault", "left so", "visitors, journeys", "requests that failed", "answers asked again"),
    *("acknowledged: prompts, answers, votes, reveals", "lost", "never ended", "new conversations again after"),
)


def say(text):
    print(f"[{time.monotonic() - BEGAN:3.0f} s] {text}", file=sys.stderr, flush=True)


async def suffer(place, fault, visitors):
    """The row of one fault, and whether all is well."""
    if fault.before:
        await fault.before(place)
    await witness.Witness(place.url).journey()  # a process that has just started is slow once
    end = time.monotonic() + BEFORE_SECONDS + AFTER_SECONDS + 30  # moved once the fault is over
    moment = {}

    async def strike():
        nonlocal end
        await asyncio.sleep(BEFORE_SECONDS)
        moment["struck"] = time.monotonic()
        say(f"{fault.title}: now")
        await fault.broken(place, fault.away)
        moment["over"] = time.monotonic()
        end = moment["over"] + AFTER_SECONDS
        say(f"{fault.title}: put right after {moment['over'] - moment['struck']:.1f} s")

    async def tried():
        await asyncio.sleep(BEFORE_SECONDS)
        return await witness.trials(place.url, lambda: end)

    crowd = witness.crowd(place.url, visitors, lambda: end)
    depositions, _none, trials = await asyncio.gather(crowd, strike(), tried())
    found = await asyncio.to_thread(reckoning.reckon, depositions, os.environ["DATABASE_URL"])
    again = witness.works_again([trial for trial in trials if trial.began >= moment["struck"]], moment["struck"])
    never = sum(not told.is_done for told in depositions)
    troubles = sum((told.troubles for told in depositions), Counter())
    for trouble, times in troubles.most_common():
        say(f"  {times} x {trouble}")
    for line in found.lost[:20]:
        say(f"  LOST {line}")
    row = (
        *(fault.title, f"{moment['over'] - moment['struck']:.1f} s", f"{visitors}, {len(depositions)}"),
        *(troubles.total(), sum(told.asked_again for told in depositions)),
        f"{found.prompts}, {found.answers}, {found.votes}, {found.reveals}",
        *(len(found.lost), never, "never" if again is None else f"{again:.1f} s"),
    )
    is_well = not found.lost and not never and again is not None and again <= WORKS_AGAIN_WITHIN_SECONDS
    return row, place.notes, is_well and all(went_well for _note, went_well in place.notes)


async def run(names, visitors):
    is_well, rows = True, []
    async with ground.standing(say) as place:
        for name in names:
            fault = breaking.FAULTS[name]
            say(fault.title)
            place.notes = []
            try:
                row, notes, went_well = await suffer(place, fault, visitors)
            except breaking.NotHere as reason:
                row, notes, went_well = (fault.title, *["not run"] * (len(HEADINGS) - 1)), [(str(reason), True)], True
            rows.append((row, notes))
            is_well &= went_well
            await asyncio.to_thread(place.forget)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d %H:%M')}\n")
    print("| " + " | ".join(HEADINGS) + " |\n" + "|---" * len(HEADINGS) + "|")
    for row, _notes in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    for row, notes in rows:
        for note, went_well in notes:
            print(f"\n{row[0]}: {'' if went_well else 'NOT AS IT MUST BE: '}{note}")
    return is_well


def main():
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--only", action="append", choices=breaking.FAULTS)
    parser.add_argument("--visitors", type=int, default=50)
    options = parser.parse_args()
    return 0 if asyncio.run(run(options.only or breaking.FAULTS, options.visitors)) else 1


if __name__ == "__main__":
    sys.exit(main())
