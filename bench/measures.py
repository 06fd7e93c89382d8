"""One run of a plan by the client's process, with what every process used meanwhile."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from bench.journeys import Journey, Plan
from bench.processes import family_cpu_seconds, machine_cpu_seconds, memory
from bench.stage import Stage

FIRST_TOKEN_SECONDS = 0.1
IDEAL_SECONDS = 4.1  # 100 ms, then 200 chunks each 20 ms
HELD = 1.25  # times the ideal, at most


@dataclass(frozen=True)
class Spread:
    """Of some values, in their unit."""

    p50: float
    p95: float
    most: float


@dataclass(frozen=True)
class Measure:
    """A run: its journeys, the CPU-seconds of each process for one of them, and the seconds it lasted."""

    plan: Plan
    journeys: list[Journey]
    cpu: dict[str, float]
    cpu_by_step: dict[str, float]
    seconds: float
    client_lag: float
    others: float
    """Cores that processes of others used meanwhile."""
    memory: tuple[int, int]

    @property
    def done(self) -> list[Journey]:
        return [journey for journey in self.journeys if not journey.error]

    @property
    def errors(self) -> list[str]:
        return [journey.error for journey in self.journeys if journey.error]

    def between(self, start: str, end: str, skip: int = 0) -> Spread:
        """Seconds from one moment to another, without the first `skip` journeys."""
        return spread(journey.moments[end] - journey.moments[start] for journey in self.done[skip:])

    def bytes_of(self, step: str) -> Spread:
        return spread(journey.bytes[step] for journey in self.done)

    def held(self, start: str) -> int:
        """Whose answers were complete in time, counted from the step `start`."""
        limit = HELD * IDEAL_SECONDS
        return sum(journey.moments["answers"] - journey.moments[start] <= limit for journey in self.done)

    @property
    def holds(self) -> bool:
        return not self.errors and self.between("socket", "answers").p95 <= HELD * IDEAL_SECONDS


def spread(values: Iterable[float]) -> Spread:
    """Percentiles by rank: a value that was measured, not one between two."""
    ordered = sorted(values)
    if not ordered:
        return Spread(*[float("nan")] * 3)
    return Spread(*(ordered[max(0, -(-share * len(ordered) // 100) - 1)] for share in (50, 95, 100)))


def used_by(stage: Stage) -> dict[str, float]:
    """CPU-seconds so far, by process."""
    return {name: family_cpu_seconds(pid) for name, pid in stage.pids.items()}


def measure(stage: Stage, **fields) -> Measure:
    """Carry out a plan for this site. Raises CalledProcessError when the client breaks."""
    plan = Plan(url=stage.url, site_pid=stage.pids["site"], **fields)
    began, before, machine = time.monotonic(), used_by(stage), machine_cpu_seconds()
    client = subprocess.run(
        [sys.executable, "-m", "bench.journeys"],
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds = time.monotonic() - began
    machine = machine_cpu_seconds() - machine
    used = {name: now - before[name] for name, now in used_by(stage).items()}
    load = json.loads(client.stdout)
    used["client"] = load["client_cpu"]
    return Measure(
        plan=plan,
        journeys=[Journey(**journey) for journey in load["journeys"]],
        cpu={name: value / plan.visitors for name, value in used.items()},
        cpu_by_step={name: value / plan.visitors for name, value in load["cpu"].items()},
        seconds=seconds,
        client_lag=load["client_lag"],
        others=max(0.0, machine - sum(used.values())) / seconds,
        memory=memory(stage.pids["site"]),
    )
