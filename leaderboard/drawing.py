"""Where things stand in the drawings of the ranking: axes with round ticks, and the picture of energy. Pure.

Positions are texts with a point, ready for an SVG, whatever the language of the page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

TICKS = 5
"""About so many on an axis."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, in the unit of the scores."""

    low: float
    high: float

    @classmethod
    def over(cls, values: Iterable[float]) -> "Axis":
        """One that holds all values with some room; of any width if there is one value or none."""
        held = list(values) or [1000.0]
        room = max((max(held) - min(held)) * 0.02, 5)
        return cls(min(held) - room, max(held) + room)

    def at(self, value: float) -> float:
        """0 for the lower end, 1 for the upper one."""
        return (value - self.low) / (self.high - self.low)

    def percent(self, value: float) -> str:
        return f"{100 * self.at(value):.2f}%"

    def ticks(self) -> list[int]:
        """Round values in it: every 1, 2 or 5 times a power of ten."""
        wanted = (self.high - self.low) / TICKS
        power = 10 ** floor(log10(wanted))
        step = max(1, int(next((times * power for times in (1, 2, 5) if times * power >= wanted), 10 * power)))
        return list(range(ceil(self.low / step) * step, floor(self.high / step) * step + 1, step))


@dataclass(frozen=True, slots=True)
class Point:
    """A model to draw: energy in Wh, between two ends; score, with its interval."""

    key: str
    name: str
    energy: tuple[float, float]
    score: float
    interval: tuple[float, float]

    @property
    def middle(self) -> float:
        """Of the energy, on a logarithmic axis."""
        return (self.energy[0] * self.energy[1]) ** 0.5


@dataclass(frozen=True, slots=True)
class Mark:
    """A point drawn; `label` is where its name stands, None if it has no room or says nothing more."""

    key: str
    name: str
    x: str
    y: str
    top: str
    bottom: str
    is_best: bool
    label: tuple[str, str, str] | None


@dataclass(frozen=True, slots=True)
class Picture:
    """`marks` from the top; `line` goes through the best ones; ticks are (position, value)."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    marks: list[Mark]
    line: str
    energies: list[tuple[str, float]]
    scores: list[tuple[str, int]]


def best(points: Sequence[Point]) -> set[str]:
    """The keys of those that no other beats on both: none is liked as much for less energy."""
    kept, highest = set(), float("-inf")
    for point in sorted(points, key=lambda point: (point.middle, -point.score)):
        if point.score > highest:
            kept.add(point.key)
            highest = point.score
    return kept


def picture(points: Sequence[Point], width: int, height: int, head: int, names: int) -> Picture:
    """The scatter of these points, at least one, in so many units, `head` of them for the title.

    So many names are written at most: those of the best first, then of the best liked, where there is room.
    """
    left, right, top, bottom = 56, width - 20, head, height - 84
    score = Axis.over(end for point in points for end in point.interval)
    energy = Axis(
        log10(min(point.middle for point in points)) - 0.12, log10(max(point.middle for point in points)) + 0.12
    )

    def across(wh: float) -> float:
        return left + (right - left) * energy.at(log10(wh))

    def down(points: float) -> float:
        return bottom - (bottom - top) * score.at(points)

    leading = best(points)
    marks: list[Mark] = []
    labels: dict[str, tuple[str, str, str]] = {}
    taken: list[tuple[float, float, float, float]] = [
        (across(point.middle) - 5, down(point.score) - 5, across(point.middle) + 5, down(point.score) + 5)
        for point in points
    ]
    for point in sorted(points, key=lambda point: (point.key not in leading, -point.score)):
        x, y = across(point.middle), down(point.score)
        if len(labels) < names and (label := _label(point.name, x, y, (left, right, top, bottom), taken)):
            labels[point.key] = label
    for point in sorted(points, key=lambda point: -point.score):
        x, y = across(point.middle), down(point.score)
        marks.append(
            Mark(
                key=point.key,
                name=point.name,
                x=f"{x:.1f}",
                y=f"{y:.1f}",
                top=f"{down(point.interval[1]):.1f}",
                bottom=f"{down(point.interval[0]):.1f}",
                is_best=point.key in leading,
                label=labels.get(point.key),
            )
        )
    corners = [mark for mark in reversed(marks) if mark.is_best]
    steps = [f"{after.x},{before.y} {after.x},{after.y}" for before, after in pairwise(corners)]
    return Picture(
        *(width, height, left, right, top, bottom, marks),
        " ".join([f"{corners[0].x},{corners[0].y}", *steps]),
        [
            (f"{across(times * 10.0**power):.1f}", times * 10.0**power)
            for power in range(floor(energy.low), ceil(energy.high))
            for times in (1, 2, 5)
            if energy.low <= log10(times * 10.0**power) <= energy.high
        ],
        [(f"{down(tick):.1f}", tick) for tick in score.ticks()],
    )


def _label(
    name: str,
    x: float,
    y: float,
    frame: tuple[int, int, int, int],
    taken: list[tuple[float, float, float, float]],
) -> tuple[str, str, str] | None:
    """Where a name stands free of all else, (x, y, anchor); its room is then taken."""
    left, right, top, bottom = frame
    long, tall = 7.2 * len(name), 14
    for dx, dy, anchor in ((-9, -9, "end"), (9, -9, "start"), (9, 17, "start"), (-9, 17, "end"), (0, -22, "middle")):
        start = x + dx - {"start": 0, "middle": long / 2, "end": long}[anchor]
        box = (start, y + dy - tall + 3, start + long, y + dy + 3)
        if box[0] < left or box[2] > right or box[1] < top or box[3] > bottom:
            continue
        if all(box[2] <= t[0] or box[0] >= t[2] or box[3] <= t[1] or box[1] >= t[3] for t in taken):
            taken.append(box)
            return f"{x + dx:.1f}", f"{y + dy:.1f}", anchor
    return None
