"""What the rules look at, what they find, and their thresholds. Pure: no text, no address, nobody's name."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

HOUR, DAY, WEEK = 3600, 24 * 3600, 7 * 24 * 3600
_not_a_letter = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Seen:
    """A comparison whose two models the site drew and whose two first answers finished; times in seconds."""

    comparison: Hashable
    visitor: str
    at: float
    """When its first question was asked."""
    models: tuple[int, int]
    draw: Hashable = None
    """Comparisons of the same value were drawn alike: same portal, mode and day."""
    question: str = ""
    """The same for the same first question; "" if there is nothing to compare."""
    age: float = 0
    """Of the visitor when they asked: since their first question ever."""
    result: float | None = None
    """Of the first vote, for the first model: 1, 0.5, 0; None without one that prefers or ties."""
    voted_at: float | None = None
    length: int = 0
    """Characters of the two answers that were voted on."""
    reading: float | None = None
    """From the first word on the page to the vote; None if it is not known."""
    deciding: float | None = None
    """From the end of the last answer to the vote."""

    @property
    def is_voted(self) -> bool:
        return self.result is not None

    def result_of(self, model: int) -> float:
        """Of a model that it compares, in a comparison that is voted."""
        assert self.result is not None
        return self.result if model == self.models[0] else 1 - self.result


@dataclass(frozen=True, slots=True)
class Found:
    """A comparison that a rule sets aside, and why, in numbers; votes of a ring have its `group` there."""

    comparison: Hashable
    rule: str
    evidence: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Of all rules: settings.WATCH gives them."""

    repeats: int = 20
    """Votes of a visitor that count on the same question."""
    burst: int = 30
    """Votes of a visitor that are possible in ten minutes."""
    unread: int = 8
    """Votes of a visitor before haste is looked for."""
    unread_share: float = 0.9
    """Of them that must be hasty."""
    unread_speed: float = 100
    """Characters a second, both answers together: four times as fast as people read."""
    unread_seconds: float = 1
    """After the end, in which a hasty vote comes."""
    few: int = 10
    """Votes of a visitor who may belong to a ring."""
    fresh_days: float = 7
    """Of a visitor's life in which they may."""
    ring_visitors: int = 10
    """Under so many, votes on a model are no ring."""
    ring_times: float = 1.5
    """How many times likelier a vote must be when the model is there."""
    ring_lean: float = 0.15
    """How much more, or less, often it must win than elsewhere, as a share of its votes."""
    false_alarms: float = 1e-6
    """Chance that one run finds a ring, or a visitor of one model, where votes do not depend on the models drawn."""


def normalised(question: str) -> str:
    """What makes two questions the same: their letters, without case, marks nor the numbers that tell copies apart."""
    decomposed = unicodedata.normalize("NFKD", question.casefold())
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _not_a_letter.sub(" ", plain).strip()


def by_visitor(seen: Iterable[Seen]) -> dict[str, list[Seen]]:
    """The voted ones of each visitor, in the order of their votes."""
    found = defaultdict(list)
    for one in sorted((one for one in seen if one.is_voted), key=lambda one: one.voted_at or one.at):
        found[one.visitor].append(one)
    return found
