"""Where a rating stands night after night, with what happened to its model: positions for an SVG, as texts. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .drawing import Axis

DAY = 86_400.0
APART = 26
"""Marks closer than so many units are written as one."""


@dataclass(frozen=True, slots=True)
class Night:
    """At so many seconds since 1970; `score` and its interval are None where the model was not ranked."""

    at: float
    score: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One event, or several that stand too close to be told apart: the numbers of the first and of the last."""

    x: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Nights in a row on which the model was ranked: the line of its scores, the band of their intervals, and where
    each night stands (x, score, low, high) for those too few to make a line."""

    line: str
    band: str
    points: list[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class Timeline:
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    stretches: list[Stretch]
    marks: list[Mark]
    times: list[tuple[str, float, str]]
    """Ticks: position, seconds since 1970, where the text stands (start, middle, end)."""
    scores: list[tuple[str, int]]


def timeline(nights: Sequence[Night], events: Sequence[float], width: int, height: int, ticks: int) -> Timeline:
    """Of these nights, the first one first, one of them ranked at least. `events` are numbered from one, in order;
    those before the first night have no place."""
    left, right, top, bottom = 52, width - 12, 44, height - 34
    first, last = nights[0].at, max([nights[-1].at, *events])
    room = max((last - first) * 0.02, DAY / 2)
    time = Axis(first - room, last + room)
    ends = [end for night in nights for end in (night.low, night.high) if end is not None]
    score = Axis.over(ends)

    def across(at: float) -> float:
        return left + (right - left) * time.at(at)

    def down(points: float | None) -> str:
        return f"{bottom - (bottom - top) * score.at(points or 0):.1f}"

    stretches: list[list[Night]] = [[]]
    for night in nights:
        if night.score is not None:
            stretches[-1].append(night)
        elif stretches[-1]:
            stretches.append([])
    return Timeline(
        *(width, height, left, right, top, bottom),
        stretches=[
            Stretch(
                " ".join(f"{across(night.at):.1f},{down(night.score)}" for night in stretch),
                " ".join(
                    [
                        *(f"{across(night.at):.1f},{down(night.high)}" for night in stretch),
                        *(f"{across(night.at):.1f},{down(night.low)}" for night in reversed(stretch)),
                    ]
                ),
                [
                    (f"{across(night.at):.1f}", down(night.score), down(night.low), down(night.high))
                    for night in stretch
                ],
            )
            for stretch in stretches
            if stretch
        ],
        marks=_marks([(number, across(at)) for number, at in enumerate(events, 1) if at >= time.low]),
        times=_times(first, last, ticks, across),
        scores=[(down(tick), tick) for tick in score.ticks()],
    )


def _marks(placed: Sequence[tuple[int, float]]) -> list[Mark]:
    groups: list[list[tuple[int, float]]] = []
    for number, x in placed:
        if groups and x - groups[-1][0][1] < APART:
            groups[-1].append((number, x))
        else:
            groups.append([(number, x)])
    return [Mark(f"{group[0][1]:.1f}", group[0][0], group[-1][0]) for group in groups]


def _times(first: float, last: float, ticks: int, across: Callable[[float], float]) -> list[tuple[str, float, str]]:
    """So many at most, not two on one day."""
    count = min(ticks, int((last - first) // DAY) + 1)
    if count < 2:
        return [(f"{across(first):.1f}", first, "middle")]
    step = (last - first) / (count - 1)
    return [
        (
            f"{across(first + number * step):.1f}",
            first + number * step,
            "start" if not number else "end" if number == count - 1 else "middle",
        )
        for number in range(count)
    ]
