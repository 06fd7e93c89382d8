"""What processes use, from /proc. Seconds and bytes."""

import os
from collections.abc import Iterator
from pathlib import Path

INSIDE = "/bench/inside"
"""Where a site that is watched (bench/watched.py) says what only it can count."""
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, with those of its children that have ended."""
    return sum(map(int, _stat(pid)[11:15])) / TICKS


def family_cpu_seconds(pid: int) -> float:
    """The same, with its living children (PostgreSQL has one for each connection)."""
    total = 0.0
    for member in (*_children(pid), pid):
        try:
            total += cpu_seconds(member)
        except OSError:
            continue  # a child that has just ended is counted by its parent, read last
    return total


def machine_cpu_seconds() -> float:
    """What all processes of the machine used so far, and what its host took away."""
    user, nice, system, _idle, _wait, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / TICKS


def memory(pid: int) -> tuple[int, int]:
    """Resident memory (now, at most so far)."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    now, most = (int(lines[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    return now, most


def _children(pid: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if int(_stat(int(entry.name))[1]) == pid:
                    yield int(entry.name)
            except OSError:
                continue  # it has just ended


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the third, the state, on: the second may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
