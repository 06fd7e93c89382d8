"""Measures one process of the site against the scripted provider. `python -m bench --help`, docs/bench.md."""

import argparse
import os
import platform
import sys
import time
from contextlib import nullcontext
from datetime import UTC, datetime

from bench import profiling, report
from bench.measures import IDEAL_SECONDS, Measure, measure
from bench.stage import PLACE, Stage, standing

CONVERSATIONS = 100
ALIVE = 20
LADDER = (1, 20, 50, 100, 150, 200)
BEGAN = time.monotonic()


def say(text: str) -> None:
    """Progress goes to the error stream: the table alone can be kept."""
    print(f"[{time.monotonic() - BEGAN:3.0f} s] {text}", file=sys.stderr, flush=True)


def required(stage: Stage, measures: list[Measure]) -> list[report.Line]:
    """The figures that the site is held to."""
    say(f"{CONVERSATIONS} conversations, every page open, all sockets in the same instant")
    gathered = measure(stage, visitors=CONVERSATIONS, gathered="socket", by_step=True)
    say(f"{CONVERSATIONS} questions sent in the same instant")
    rush = measure(stage, visitors=CONVERSATIONS, gathered="post")
    say(f"{ALIVE} conversations alive, arrivals spread over the length of an answer")
    spread = measure(stage, visitors=4 * ALIVE, every=IDEAL_SECONDS / ALIVE)
    say(f"{ALIVE} questions sent in the same instant")
    instant = measure(stage, visitors=ALIVE, gathered="post")
    measures += [gathered, rush, spread, instant]
    return [
        report.heading(gathered, f"{CONVERSATIONS} conversations at once: pages open, all sockets in the same instant"),
        report.completion(gathered, "socket", "completion from the socket's opening"),
        *report.bytes_down(gathered),
        *report.cpu(gathered),
        report.memory(gathered),
        report.heading(rush, f"{CONVERSATIONS} questions sent in the same instant"),
        report.completion(rush, "socket", "completion from the socket's opening"),
        report.completion(rush, "post", "completion from the question"),
        report.first_token(rush, "first token"),
        *report.cpu(rush),
        report.heading(spread, f"{ALIVE} conversations alive, one more each {IDEAL_SECONDS / ALIVE:.3f} s"),
        report.first_token(spread, "first token", skip=ALIVE),
        report.completion(spread, "post", "completion from the question"),
        *report.cpu(spread),
        report.heading(instant, f"{ALIVE} questions sent in the same instant"),
        report.first_token(instant, "first token"),
        report.completion(instant, "post", "completion from the question"),
    ]


def ladder(stage: Stage, measures: list[Measure]) -> list[report.Line]:
    """How many sockets opened in the same instant still hold; one rung more is climbed to see it fail."""
    lines = [report.Line("# Sockets opened in the same instant", "until it no longer holds")]
    for visitors in LADDER:
        say(f"ladder: {visitors}")
        rung = measure(stage, visitors=visitors, gathered="socket")
        measures.append(rung)
        line = report.completion(rung, "socket", f"{visitors} at once, {rung.cpu['site']:.3f} CPU-s each")
        lines.append(line)
        if not rung.holds:
            break
    return lines


def main() -> int:
    """The command line: 0 even where a target is missed, 1 if something broke."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--ladder", action="store_true", help="then look for how many conversations hold at once")
    parser.add_argument("--profile", action="store_true", help="sample the site's functions (distorts the figures)")
    options = parser.parse_args()
    measures: list[Measure] = []
    with standing(say) as stage:
        say("warm-up")
        warm = measure(stage, visitors=8, gathered="post")
        with profiling.sampling(stage.pids["site"]) if options.profile else nullcontext():
            lines = required(stage, measures)
        if options.ladder:
            lines += ladder(stage, measures)
    facts = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": os.getloadavg(),
        "profiled": options.profile,
    }
    print(f"One process of the site, {facts['cores']} cores, Python {facts['python']}, {facts['date']}")
    print(report.table(lines))
    report.write(PLACE / "latest.json", lines, facts, measures)
    if options.profile:
        print(profiling.summary())
    errors = [error for run in (warm, *measures) for error in run.errors]
    for error in sorted(set(errors)):
        print(f"broken, {errors.count(error)} times: {error}", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
