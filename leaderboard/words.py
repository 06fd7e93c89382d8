"""Which words visitors ticked for the answers of each model. Pure.

A word's share is among the votes that ticked any word for the model: to tick is optional, and who ticks nothing
says nothing. Wilson's interval (1927) takes votes for independent: with few visitors it is narrower than it should be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from .ranking import summed
from .trust.estimates import wilson

if TYPE_CHECKING:  # pages tell the shares, and do not load pyarrow for that
    from .outcomes import Outcomes

LEAST = 30
"""Votes with a word for a model, under which its shares are not told."""


def counted(rows: Outcomes) -> list[dict[str, Any]]:
    """For each model, over these rows, `ticked`: votes with a word for it, and `votes`: how many ticked each word."""
    both = np.concatenate([rows.first, rows.second])
    ticked = np.concatenate([rows.ticked[:, 0], rows.ticked[:, 1]])
    spoken = summed(both, np.asarray(ticked.any(axis=1), np.float64), len(rows.models))
    by_word = {word: summed(both, ticked[:, number], len(rows.models)) for number, word in enumerate(rows.words)}
    return [
        {
            "ticked": int(spoken[model]),
            "votes": {word: int(votes[model]) for word, votes in by_word.items() if votes[model]},
        }
        for model in range(len(rows.models))
    ]


@dataclass(frozen=True, slots=True)
class Share:
    """Of the votes with a word for a model, those that ticked this one; with the interval at 95 %."""

    votes: int
    share: float
    low: float
    high: float


def shares(found: dict[str, Any] | None, words: Iterable[str]) -> dict[str, Share] | None:
    """Of what `counted` says of a model, the share of each of these words; None where too few votes have any."""
    if not found or found["ticked"] < LEAST:
        return None
    told = {}
    for word in words:
        votes = found["votes"].get(word, 0)
        estimate = wilson(votes / found["ticked"], found["ticked"], NormalDist().inv_cdf(0.975))
        told[word] = Share(votes, *(round(float(value), 4) for value in (estimate.value, estimate.low, estimate.high)))
    return told
