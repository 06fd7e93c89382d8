"""Send whatever a robot may send, for some minutes.

    python -m bench.fuzz [--minutes 5] [--first 1]
    python -m bench.fuzz --api [--minutes 3]

A round that fails says its number: `--first N` runs it again. 1 at the first thing that broke.
With `--api`, schemathesis holds the read interface against its own description instead.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from bench import provider, stage
from comparia import serving

EXAMPLES = 400
BEGAN = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - BEGAN:4.0f} s] {text}", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--api", action="store_true")
    options = parser.parse_args()
    stage.PLACE = Path("var/bench/fuzz")
    os.environ["PROCESS_CACHE_SECONDS"] = "0"  # the rows of one round are not those of the next
    with stage.standing(say), provider.running() as scripted, serving.running() as site:
        rounds, end = interrogate(site, options) if options.api else attack(site, scripted, options)
    each = (
        "of the read interface"
        if options.api
        else f"of {EXAMPLES} forms, {EXAMPLES // 2} addresses, {EXAMPLES // 4} sockets"
    )
    print(f"{rounds} rounds {each}: {end}")
    return 0 if end == "nothing broke" else 1


def interrogate(site, options):
    """The same of the read interface."""
    from bench.fuzz import interface

    end, number, asked = time.monotonic() + 60 * options.minutes, options.first, 0
    furnish()
    while time.monotonic() < end:
        say(f"round {number}")
        try:
            asked = interface.interrogate(site.url, EXAMPLES // 8, number)
        except Exception as failure:
            print(site.log()[-6000:], file=sys.stderr)
            return number - options.first, f"round {number}: {failure} {getattr(failure, '__notes__', '')}"
        number += 1
    say(f"{asked} operations, {EXAMPLES // 8} questions each a round")
    return number - options.first, "nothing broke"


def furnish():
    """Rows made anew; the addresses of the pages that show them."""
    from django.core.management import call_command

    from comparia.tests import places

    call_command("flush", "--no-input", verbosity=0)
    return places.furnish()


def attack(site, scripted, options):
    """How many rounds were whole, and what broke."""
    from bench.fuzz import attacks, running
    from comparia.tests import places

    end, number = time.monotonic() + 60 * options.minutes, options.first
    while time.monotonic() < end:
        say(f"round {number}")
        pages = furnish()
        attacks.point_models_at(scripted.url)
        ground = attacks.survey(site, pages, f"visitor={places.KEY}")
        try:
            running.assault(ground, EXAMPLES, number)
        except Exception as failure:  # of any kind: the round and its log are what helps
            print(site.log()[-6000:], file=sys.stderr)
            return number - options.first, f"round {number}: {failure!r} {getattr(failure, '__notes__', '')}"
        if "Traceback" in site.log():
            return number - options.first, f"round {number}: an error in the log:\n{site.log()[-6000:]}"
        number += 1
    return number - options.first, "nothing broke"


if __name__ == "__main__":
    sys.exit(main())
