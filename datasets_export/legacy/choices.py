"""A vote on a whole conversation and thumbs on its messages, as the choice of a turn; and back. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .refusals import Refused

Thumb = int
"""1 liked, -1 disliked, 0 neither."""


class Settled(NamedTuple):
    """What a turn's votes and reactions come to; `at` is in microseconds since 1970, UTC."""

    choice: str
    tags: tuple[tuple[str, ...], tuple[str, ...]]
    at: int
    is_overruled: bool
    """Its reactions said otherwise than its vote."""


def of_vote(model_a: str, model_b: str, chosen: str | None, both_equal: bool | None) -> str:
    """The choice of a vote; "Both are equal" does not say whether they are good: it comes in as `both_good`, a tie."""
    if chosen and both_equal:
        raise Refused("contradictory-choice")
    if not chosen:
        return "both_good" if both_equal else "cannot_say"
    if chosen not in (model_a, model_b):
        raise Refused("unknown-choice")
    return "a_better" if chosen == model_a else "b_better"


def of_thumb(liked: bool | None, disliked: bool | None) -> Thumb:
    if liked and disliked:
        raise Refused("both-thumbs")
    if not liked and not disliked:
        raise Refused("no-thumb")
    return 1 if liked else -1


def of_thumbs(a: Thumb, b: Thumb) -> str:
    """The better thumb wins; none is between the two; the same on both sides are a tie."""
    if a == b:
        return "both_good" if a > 0 else "both_bad"
    return "a_better" if a > b else "b_better"


def thumbs_of(choice: str | None) -> tuple[Thumb, Thumb]:
    """The inverse, which says no more than the visitor did: the worse of two answers is not disliked."""
    return {"a_better": (1, 0), "b_better": (0, 1), "both_good": (1, 1), "both_bad": (-1, -1)}.get(choice or "", (0, 0))


def settle(votes: Iterable[Mapping[str, Any]], reactions: Iterable[Mapping[str, Any]]) -> Settled:
    """What the rows kept of one turn come to, in any order: the last vote, else the last thumb of each side. The words
    ticked on an answer are all those that were."""
    votes = sorted(votes, key=lambda row: row["timestamp"])
    reactions = sorted(reactions, key=lambda row: row["timestamp"])
    last = {row["side"]: row["thumb"] for row in reactions}
    said = of_thumbs(last.get("a", 0), last.get("b", 0)) if last else ""
    choice = votes[-1]["choice"] if votes else said
    words = {"a": [], "b": []}  # type: dict[str, list[str]]
    for vote in votes:
        for side in "ab":
            words[side] += vote[f"tags_{side}"]
    for reaction in reactions:
        words[reaction["side"]] += reaction["tags"]
    tags = tuple(dict.fromkeys(words["a"])), tuple(dict.fromkeys(words["b"]))
    at = (votes or reactions)[-1]["timestamp"]
    return Settled(choice, tags, at, bool(votes and said and said != choice))
