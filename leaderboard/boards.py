"""Which boards there are, and which rows of an outcome file each is computed from. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .ranking import Floats

if TYPE_CHECKING:  # pages name the boards, and do not load pyarrow for that
    from .outcomes import Outcomes

ALL, CUSTOM, WEIGHTED = "all", "custom", "weighted"
PERIODS = {"90-days": 90, "365-days": 365}
"""Days before the last vote of the file: a period does not depend on the day when it is computed."""
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Board:
    """The rows of a board, and the weight of each; `left_out` says how many its own rule left out."""

    code: str
    rows: Outcomes
    weight: Floats
    left_out: int = 0


def boards(outcomes: Outcomes, least: int) -> Iterator[Board]:
    """The board of all votes first; those of a part of them if it has at least so many; custom mode apart."""
    is_custom = outcomes.mode == CUSTOM
    drawn = outcomes.where(~is_custom)
    yield board(ALL, drawn)
    for code, rows in _parts(drawn):
        if rows.sum() >= least:
            yield board(code, drawn.where(rows))
    yield from _weighted(drawn, least)
    if is_custom.any():
        yield board(CUSTOM, outcomes.where(is_custom))


def board(code: str, rows: Outcomes) -> Board:
    """Each vote counting for one."""
    return Board(code, rows, np.ones(len(rows)))


def _parts(drawn: Outcomes) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    for portal in sorted(set(drawn.portal)):
        yield f"portal:{portal}", drawn.portal == portal
    for language in sorted(set(drawn.prompt_language) - {""}):
        yield f"language:{language}", drawn.prompt_language == language
    for topic in sorted(frozenset().union(*drawn.topics)):
        yield f"topic:{topic}", np.array([topic in topics for topics in drawn.topics])
    for name, days in PERIODS.items():
        if len(drawn):
            yield f"period:{name}", drawn.time > drawn.time.max() - days * DAY


def _weighted(drawn: Outcomes, least: int) -> Iterator[Board]:
    """What uniform draws would have shown: each vote weighs 1 / probability of its pair, one on average (Horvitz and
    Thompson, 1952). A pair of which a model was replaced is not what was drawn."""
    known = ~drawn.is_replaced & (drawn.draw_probability > 0)
    if known.sum() >= max(1, least):
        weight = 1 / drawn.draw_probability[known]
        yield Board(WEIGHTED, drawn.where(known), weight / weight.mean(), int((~known).sum()))
