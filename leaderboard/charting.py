"""The pictures of the ranking: energy against satisfaction, and two models on one axis."""

from dataclasses import dataclass

from arena import comparing
from portals.templatetags.wording import significant

from . import presenting, ticking
from .drawing import Axis, Picture, Point, best, picture
from .telling import Pair

SHAPES = ((960, 640, 104, 16), (380, 620, 132, 6))
"""Width, height, head and number of names: for a screen and for a phone."""


@dataclass(frozen=True)
class Chart:
    """`rows` by key, in the order of the score; `missing` are those whose energy is not known."""

    pictures: list
    rows: dict
    best: list
    missing: list
    open: frozenset

    @property
    def ticks(self):
        return self.pictures[0].energies if self.pictures else []


@dataclass(frozen=True)
class Shown:
    """A mark of the picture with what is told of its model."""

    mark: object
    row: object
    is_open: bool
    is_estimated: bool


@dataclass(frozen=True)
class Drawn:
    picture: Picture
    marks: list
    energies: list
    scores: list


def chart(board, ratings, public):
    """The Chart of these ratings, which are in order."""
    axis = Axis.over(end for rating in ratings for end in (rating.low, rating.high))
    rows = dict(zip((rating.model.slug for rating in ratings), presenting.rows(ratings, axis, public), strict=True))
    models = {rating.model.slug: rating.model for rating in ratings}
    points, missing = [], []
    for rating in ratings:
        impact = rating.model.impact_of_1000_tokens()
        if not impact:
            missing.append(rows[rating.model.slug])
            continue
        ends = impact.energy_wh.min, impact.energy_wh.max
        interval = rating.low, rating.high
        points.append(Point(rating.model.slug, rating.model.name, ends, rating.score, interval))
    pictures = []
    for shape in SHAPES if points else ():
        drawn = picture(points, *shape)
        marks = [
            Shown(mark, rows[mark.key], models[mark.key].is_open, models[mark.key].are_params_estimated)
            for mark in drawn.marks
        ]
        energies = [(x, significant(value)) for x, value in drawn.energies]
        pictures.append(Drawn(drawn, marks, energies, drawn.scores))
    leading = best(points)
    return Chart(
        pictures=pictures,
        rows={slug: row for slug, row in rows.items() if row not in missing},
        best=[row for slug, row in rows.items() if slug in leading],
        missing=missing,
        open=frozenset(slug for slug, model in models.items() if model.is_open),
    )


@dataclass(frozen=True)
class Compared:
    """Two models on one axis, the better placed first, with the votes of both together."""

    sentences: list
    rows: list
    ticks: list
    others: object
    chance: float
    words: list
    """What visitors ticked for each, in a sentence; without those of whom nothing is told."""


def pair(board, one, other, public):
    found = Pair.of(board, one, other)
    both = [found.first, found.second]
    axis = Axis.over(end for rating in both for end in (rating.low, rating.high))
    return Compared(
        sentences=found.sentences(),
        rows=presenting.rows(both, axis, public),
        ticks=[(axis.percent(tick), str(tick)) for tick in axis.ticks()],
        others=None if board.is_demo else comparing.others(found.first.model, found.second.model),
        chance=found.chance,
        words=[told for rating in both if (told := ticking.line(rating))],
    )
