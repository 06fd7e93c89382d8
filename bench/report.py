"""The figures as a table, and the targets that they are held against."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.measures import FIRST_TOKEN_SECONDS, HELD, IDEAL_SECONDS, Measure, Spread

LATEST_FIRST_TOKEN = FIRST_TOKEN_SECONDS + 0.150
MOST_SOCKET_BYTES = 20_000
MOST_CPU_SECONDS = 0.12


@dataclass(frozen=True)
class Line:
    """A figure; `is_reached` is None where there is no target."""

    name: str
    value: str
    target: str = ""
    is_reached: bool | None = None


def heading(measure: Measure, title: str) -> Line:
    lag = f", client at most {measure.client_lag * 1000:.0f} ms late" if measure.client_lag > 0.02 else ""
    return Line(f"# {title}", f"other processes used {measure.others:.2f} cores{lag}")


def completion(measure: Measure, start: str, name: str) -> Line:
    """How long the two answers took, against the time that holds."""
    took = measure.between(start, "answers")
    limit = HELD * IDEAL_SECONDS
    held = f"{measure.held(start)} of {measure.plan.visitors} held"
    return Line(name, f"{seconds(took)}, {held}", f"p95 ≤ {limit:.2f} s", took.p95 <= limit and not measure.errors)


def first_token(measure: Measure, name: str, skip: int = 0) -> Line:
    """From the start of the POST to the first token on the socket, the redirect and the page between them."""
    took = measure.between("post", "first token", skip)
    own = took.p95 - FIRST_TOKEN_SECONDS
    value = f"{seconds(took)}; without the provider's 100 ms, p95 {own * 1000:.0f} ms"
    return Line(name, value, f"p95 ≤ {LATEST_FIRST_TOKEN * 1000:.0f} ms", took.p95 <= LATEST_FIRST_TOKEN)


def bytes_down(measure: Measure) -> list[Line]:
    payload = measure.bytes_of("socket")
    count = len(measure.done) or 1
    framed = sum(journey.framed_bytes for journey in measure.done) / count
    messages = sum(journey.messages for journey in measure.done) / count
    pages = ", ".join(
        f"{step} {measure.bytes_of(step).p50:,.0f}" for step in ("form", "post", "page", "vote", "reveal")
    )
    return [
        Line(
            "socket, bytes a conversation",
            f"p50 {payload.p50:,.0f}, max {payload.most:,.0f}; with frame headers, mean {framed:,.0f}",
            f"≤ {MOST_SOCKET_BYTES:,}",
            payload.most <= MOST_SOCKET_BYTES,
        ),
        Line("socket, messages a conversation", f"mean {messages:.0f}"),
        Line("bodies, bytes", pages),
    ]


def cpu(measure: Measure) -> list[Line]:
    site = measure.cpu["site"]
    others = ", ".join(f"{name} {value:.3f}" for name, value in measure.cpu.items() if name != "site")
    lines = [Line("site, CPU-s a journey", f"{site:.3f}", f"≤ {MOST_CPU_SECONDS}", site <= MOST_CPU_SECONDS)]
    if measure.cpu_by_step:
        steps = ", ".join(f"{name} {value * 1000:.1f}" for name, value in measure.cpu_by_step.items())
        lines.append(Line("site, CPU-ms by step", steps))
    return [*lines, Line("other processes, CPU-s a journey", others)]


def memory(measure: Measure) -> Line:
    now, most = (value / 2**20 for value in measure.memory)
    return Line("site, resident memory", f"{now:.0f} MiB, at most {most:.0f} MiB")


def seconds(spread: Spread) -> str:
    return f"p50 {spread.p50:.2f} s, p95 {spread.p95:.2f} s, max {spread.most:.2f} s"


def table(lines: list[Line]) -> str:
    """Plain text in three columns; a name that starts with # begins a part."""
    width = max(len(line.name) for line in lines if not line.name.startswith("#"))
    shown = []
    for line in lines:
        if line.name.startswith("#"):
            shown.append(f"\n{line.name[2:]}  ({line.value})")
            continue
        verdict = {True: "reached", False: "NOT REACHED", None: ""}[line.is_reached]
        target = f"  [{line.target}: {verdict}]" if line.target else ""
        shown.append(f"  {line.name:<{width}}  {line.value}{target}")
    return "\n".join(shown)


def write(path: Path, lines: list[Line], facts: dict[str, object], measures: list[Measure]) -> None:
    """Everything as JSON, each journey included."""
    path.write_text(
        json.dumps(
            {"machine": facts, "figures": [asdict(line) for line in lines], "runs": [asdict(m) for m in measures]},
            ensure_ascii=False,
            indent=1,
        )
    )
