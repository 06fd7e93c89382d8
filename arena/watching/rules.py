"""All rules together. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from .hurrying import BURST, UNREAD, bursts, unread
from .repeating import RULE as REPEATED
from .repeating import repeated
from .seen import Found, Seen, Thresholds
from .selecting import ONE_MODEL, RING, of_one_model, rings

Rule = Callable[[Sequence[Seen], Thresholds], Iterator[Found]]
ALONE: tuple[Rule, ...] = (repeated, bursts, unread, of_one_model)
NAMES = (REPEATED, BURST, UNREAD, ONE_MODEL, RING)


def found(seen: Sequence[Seen], scores: Mapping[int, float], thresholds: Thresholds) -> Iterator[Found]:
    """Each comparison once for each rule that it falls under; rings are looked for in what the other rules leave."""
    alone: set[object] = set()
    for rule in ALONE:
        for comparison, one in {one.comparison: one for one in rule(seen, thresholds)}.items():
            alone.add(comparison)
            yield one
    others = [one for one in seen if one.comparison not in alone]
    yield from rings(others, scores, thresholds)
