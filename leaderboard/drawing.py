"""Where things stand in the drawings of the ranking: axes with round ticks, and the picture of energy. Pure.

Positions are texts with a point, ready for an SVG, whatever the language of the page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, hypot, log10

TICKS = 5
"""About so many on an axis."""
PER_LETTER, PER_BOLD_LETTER, TALL = 7.2, 7.8, 14
"""The room of a name; of one of the best, which is bold."""
PLACES = ((-9, -9, "end"), (9, -9, "start"), (11, 4, "start"), (-11, 4, "end"), (9, 17, "start"), (-9, 17, "end"))
"""Where a name may stand beside its mark, and which of its ends is there, from the best."""
NEARER, BOLD_NEARER = 3, -6
"""By so much a name is nearer to its mark than to others; a bold one may be a little farther: its mark is large."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


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

    So many names are written at most, of twice as many models: those of the best first, then of the best liked, where
    there is room.
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
    places = {point.key: (across(point.middle), down(point.score)) for point in points}
    steps = [places[point.key] for point in sorted(points, key=lambda point: point.score) if point.key in leading]
    taken = [_around(x, y, 8 if key in leading else 6) for key, (x, y) in places.items()]
    lines = [
        box
        for (x, y), (after_x, after_y) in pairwise(steps)
        for box in ((x, y - 1, after_x, y + 1), (after_x - 1, after_y, after_x + 1, y))
    ]
    labels: dict[str, tuple[str, str, str]] = {}
    for point in sorted(points, key=lambda point: (point.key not in leading, -point.score))[: 2 * names]:
        is_best = point.key in leading
        long = len(point.name) * (PER_BOLD_LETTER if is_best else PER_LETTER)
        blocked = taken if is_best else taken + lines  # the best stand on the line: their names may cross it
        nearer = BOLD_NEARER if is_best else NEARER
        found = _label(point.key, long, places, (left, top, right, bottom), blocked, nearer)
        if found and len(labels) < names:
            labels[point.key], box = found
            taken.append(box)
    for point in sorted(points, key=lambda point: -point.score):
        x, y = places[point.key]
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
    line = [steps[0], *(corner for (_x, y), after in pairwise(steps) for corner in ((after[0], y), after))]
    return Picture(
        *(width, height, left, right, top, bottom, marks),
        " ".join(f"{x:.1f},{y:.1f}" for x, y in line),
        [
            (f"{across(times * 10.0**power):.1f}", times * 10.0**power)
            for power in range(floor(energy.low), ceil(energy.high))
            for times in (1, 2, 5)
            if energy.low <= log10(times * 10.0**power) <= energy.high
        ],
        [(f"{down(tick):.1f}", tick) for tick in score.ticks()],
    )


def _label(
    key: str, long: float, places: dict[str, tuple[float, float]], frame: Box, taken: list[Box], nearer: float
) -> tuple[tuple[str, str, str], Box] | None:
    """Where a name stands free of all else, nearer to its mark than to others: (x, y, anchor), and its room."""
    x, y = places[key]
    for dx, dy, anchor in PLACES:
        end = x + dx
        start = end if anchor == "start" else end - long
        box = (start, y + dy - TALL + 3, start + long, y + dy + 3)
        if box[0] < frame[0] or box[1] < frame[1] or box[2] > frame[2] or box[3] > frame[3]:
            continue
        if any(_meet(box, other) for other in taken):
            continue
        near = {name: _distance(box, place) for name, place in places.items()}
        if all(near[key] + nearer < distance for name, distance in near.items() if name != key):
            return (f"{end:.1f}", f"{y + dy:.1f}", anchor), box
    return None


def _around(x: float, y: float, reach: float) -> Box:
    return x - reach, y - reach, x + reach, y + reach


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _distance(box: Box, place: tuple[float, float]) -> float:
    x, y = place
    return hypot(max(box[0] - x, 0, x - box[2]), max(box[1] - y, 0, y - box[3]))
