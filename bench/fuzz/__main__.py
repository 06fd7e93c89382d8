"""Send whatever a robot may send, for some minutes.

    python -m bench.fuzz [--minutes 5] [--first 1]

A round that fails says its number: `--first N` runs it again. 1 at the first thing that broke.
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
    options = parser.parse_args()
    stage.PLACE = Path("var/bench/fuzz")
    os.environ["PROCESS_CACHE_SECONDS"] = "0"  # the rows of one round are not those of the next
    with stage.standing(say), provider.running() as scripted, serving.running() as site:
        rounds = attack(site, scripted, options)
    print(f"{rounds[0]} rounds of {EXAMPLES} forms, {EXAMPLES // 2} addresses, {EXAMPLES // 4} sockets: {rounds[1]}")
    return 0 if rounds[1] == "nothing broke" else 1


def attack(site, scripted, options):
    """How many rounds were whole, and what broke."""
    from django.core.management import call_command

    from bench.fuzz import attacks, running
    from comparia.tests import places

    end, number = time.monotonic() + 60 * options.minutes, options.first
    while time.monotonic() < end:
        say(f"round {number}")
        call_command("flush", "--no-input", verbosity=0)
        pages = places.furnish()
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
