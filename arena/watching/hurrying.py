"""Votes faster than anyone compares, and than anyone reads. Pure.

One hasty vote is a first impression, and counts. A visitor nearly all of whose votes are is not a reader.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from .seen import Found, Seen, Thresholds, by_visitor

BURST, UNREAD = "burst", "unread"
WINDOW = 600
"""Seconds."""


def bursts(seen: Iterable[Seen], thresholds: Thresholds) -> Iterator[Found]:
    """Every vote that is among more than so many of its visitor within ten minutes."""
    for votes in by_visitor(seen).values():
        times = [one.voted_at or one.at for one in votes]
        most = [0] * len(votes)
        first = 0
        for last, at in enumerate(times):
            while at - times[first] >= WINDOW:
                first += 1
            if last - first + 1 > thresholds.burst:
                for place in range(first, last + 1):
                    most[place] = max(most[place], last - first + 1)
        for one, count in zip(votes, most, strict=True):
            if count:
                yield Found(one.comparison, BURST, {"votes_in_ten_minutes": count, "possible": thresholds.burst})


def unread(seen: Iterable[Seen], thresholds: Thresholds) -> Iterator[Found]:
    """The hasty votes of a visitor nearly all of whose votes are hasty. Votes whose time is unknown are not judged."""
    for votes in by_visitor(seen).values():
        timed = [one for one in votes if one.reading is not None and one.deciding is not None]
        hasty = [one for one in timed if is_hasty(one, thresholds)]
        if len(timed) >= thresholds.unread and len(hasty) >= thresholds.unread_share * len(timed):
            for one in hasty:
                evidence: dict[str, Any] = {"votes": len(timed), "hasty": len(hasty), "characters": one.length}
                evidence |= {"seconds_from_first_word": one.reading, "seconds_from_end": one.deciding}
                yield Found(one.comparison, UNREAD, evidence)


def is_hasty(one: Seen, thresholds: Thresholds) -> bool:
    """Right after the end, and after less time since the first word than reading takes; who read early may vote so,
    now and then."""
    assert one.reading is not None and one.deciding is not None
    return one.deciding < thresholds.unread_seconds and one.length > thresholds.unread_speed * one.reading
