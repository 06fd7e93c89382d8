"""Simulated visitors of a month: honest ones, groups that rules might mistake, and who push a model. Seeded; pure.

Honest visitors meet pairs drawn evenly, leave more than half of them without a vote, a little more or less from one
model to another, have tastes of their own, read while answers are written, and vote in sittings.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from arena.watching.seen import DAY, HOUR, Seen

MODELS, VOTES, DAYS = 40, 20_000, 30
START = 20_000 * DAY
TIES, TASTE = 0.4, 0.5
VOTING, UNEVEN = 0.45, 0.15
"""Chance of a vote, and how much it varies between models (standard deviation of its log-odds)."""
SUGGESTIONS, SUGGESTED = 60, 0.15
BUSIEST = 100
Chance = Callable[[tuple[int, int]], float]


@dataclass
class World:
    """The models as everyone would rank them, and a stream of random numbers."""

    rng: np.random.Generator
    strengths: np.ndarray
    appeal: np.ndarray
    number: Iterator[int] = field(default_factory=count)

    @classmethod
    def of(cls, seed: int) -> "World":
        rng = np.random.default_rng(seed)
        return cls(rng, rng.normal(0, 0.35, MODELS), rng.normal(0, UNEVEN, MODELS))

    def middle(self) -> int:
        """The model in the middle of the table."""
        return int(np.argsort(-self.strengths)[MODELS // 2])

    def votes(self, pair: tuple[int, int], base: float = VOTING) -> bool:
        logit = np.log(base / (1 - base)) + self.appeal[list(pair)].sum()
        return bool(self.rng.random() < 1 / (1 + np.exp(-logit)))

    def pair(self) -> tuple[int, int]:
        first, second = self.rng.integers(MODELS), self.rng.integers(1, MODELS)
        return int(first), int((first + second) % MODELS)

    def prefers(self, liking: np.ndarray, pair: tuple[int, int]) -> float:
        if self.rng.random() < TIES:
            return 0.5
        gap = liking[pair[0]] - liking[pair[1]]
        return float(self.rng.random() < 1 / (1 + np.exp(-gap)))

    def tastes(self) -> np.ndarray:
        return self.strengths + self.rng.normal(0, TASTE, MODELS)

    def moment(self, first: float, days: float) -> float:
        """In seconds: more by day than by night."""
        day = first + self.rng.random() * days
        hour = np.clip(self.rng.normal(15, 4.5), 0, 23.99)
        return START + (int(day) * DAY + hour * HOUR if days >= 1 else day * DAY)

    def seen(
        self,
        visitor: str,
        at: float,
        pair: tuple[int, int],
        result: float | None,
        question: str = "",
        age: float = 0,
        speed: float = 60,
        pause: float = 2.5,
    ) -> Seen:
        """A comparison, read at so many characters a second (both answers together, skipped parts included), then
        voted after a pause of about so many seconds."""
        number = next(self.number)
        question = question or f"own-{number}"
        timed: dict[str, Any] = {}
        if result is not None:
            length = int(np.clip(self.rng.lognormal(8.2, 0.6), 200, 20_000))
            written = length / 2 / self.rng.uniform(40, 300)
            deciding = max(self.rng.lognormal(np.log(pause), 0.8), 0.2, length / speed - written)
            timed = {"length": length, "reading": written + deciding, "deciding": deciding}
            timed["voted_at"] = at + 2 + written + deciding
        return Seen(number, visitor, at, pair, (1, "random", int(at // DAY)), question, age, result, **timed)


def honest(world: World, votes: int = VOTES) -> Iterator[Seen]:
    """Until so many votes."""
    given = 0
    for visitor in count():
        if given >= votes:
            return
        comparisons = min(int(world.rng.zipf(1.7)), BUSIEST)
        born = at = world.moment(0, DAYS)
        liking, speed = world.tastes(), world.rng.lognormal(np.log(60), 0.7)
        for _one in range(comparisons):
            pair = world.pair()
            result = world.prefers(liking, pair) if world.votes(pair) else None
            given += result is not None
            suggested = world.rng.random() < SUGGESTED
            question = f"suggestion-{world.rng.integers(SUGGESTIONS)}" if suggested else ""
            yield world.seen(f"honest-{visitor}", at, pair, result, question, at - born, speed)
            at += 40 + world.rng.exponential(150) + (world.rng.random() < 0.1) * DAY * world.rng.exponential(2)
            if at >= START + DAYS * DAY:
                break


def fans(world: World, voting: float = VOTING, visitors: int = 200) -> Iterator[Seen]:
    """A careful minority: in two days, after an article, they vote slowly, always for the same model where it is.

    `voting` is their chance of a vote on other models; nine in ten on theirs if it is lower.
    """
    model = world.middle()
    for visitor in range(visitors):
        born = at = world.moment(20, 2)
        liking = world.tastes()
        for _one in range(int(world.rng.integers(2, 9))):
            pair = world.pair()
            is_theirs = model in pair
            votes = world.rng.random() < 0.9 if is_theirs and voting != VOTING else world.votes(pair)
            result = (float(pair[0] == model) if is_theirs else world.prefers(liking, pair)) if votes else None
            yield world.seen(f"fan-{visitor}", at, pair, result, "", at - born, 30)
            at += 60 + world.rng.exponential(200)


def speakers(world: World) -> Iterator[Seen]:
    """The same, who moreover speak up for it: they vote twice as often where it is."""
    return fans(world, voting=VOTING + 1e-9)


def fast_readers(world: World) -> Iterator[Seen]:
    """200 visitors who judge at a glance, and vote within two seconds of the end, fifteen times in a row."""
    for visitor in range(200):
        at = world.moment(0, DAYS)
        liking, speed = world.tastes(), world.rng.lognormal(np.log(300), 0.3)
        for _one in range(15):
            pair = world.pair()
            result = world.prefers(liking, pair) if world.votes(pair, 0.95) else None
            yield world.seen(f"fast-{visitor}", at, pair, result, speed=speed, pause=1)
            at += 25 + world.rng.exponential(20)


def pupils(world: World) -> Iterator[Seen]:
    """30 classes of 30, without a room: in the same hour, everyone asks what the teacher wrote on the board."""
    for school in range(30):
        start = world.moment(0, DAYS)
        for pupil in range(30):
            at, liking = start + world.rng.random() * 600, world.tastes()
            for _one in range(int(world.rng.integers(1, 4))):
                pair = world.pair()
                result = world.prefers(liking, pair) if world.votes(pair, 0.9) else None
                yield world.seen(f"pupil-{school}-{pupil}", at, pair, result, f"board-{school}")
                at += 60 + world.rng.exponential(120)


def comparers(world: World) -> Iterator[Seen]:
    """50 visitors who put one question of their own to twelve pairs and vote on all: what the limit is felt by."""
    for visitor in range(50):
        at, liking = world.moment(0, DAYS), world.tastes()
        for _one in range(12):
            pair = world.pair()
            yield world.seen(f"comparer-{visitor}", at, pair, world.prefers(liking, pair), f"theirs-{visitor}")
            at += 90 + world.rng.exponential(100)


GROUPS: dict[str, Callable[[World], Iterator[Seen]]] = {
    "honest visitors": honest,
    "200 who share a preference": fans,
    "the same, speaking up for it": speakers,
    "fast readers": fast_readers,
    "pupils, one question a class": pupils,
    "one question on twelve pairs": comparers,
}


@dataclass(frozen=True, slots=True)
class Attack:
    """So many votes on the model in the middle of the table, always for it, from the 22nd day on.

    `others` is what they do of a pair without it: vote at random on so many for each vote of theirs; `ties` to vote a
    tie on every one. `per_cookie`: votes for the model until the cookie is thrown away; 1: a new cookie for each
    comparison. `hasty`: as soon as the answers are there, where the others take a human's time.
    """

    name: str
    votes: int = 500
    days: float = 1
    others: float = 0
    ties: bool = False
    per_cookie: int = 1
    hasty: bool = False
    begin: float = 21


ATTACKS = (
    Attack("one day"),
    Attack("one day, 30 % of votes honest", others=0.3 / 0.7),
    Attack("one day, 20 cookies of 25 votes", per_cookie=25),
    Attack("seven days", days=7),
    Attack("seven days, 30 % of votes honest", days=7, others=0.3 / 0.7),
    Attack("thirty days", days=30, begin=0),
    Attack("one day, 500 votes in all, on whatever comes", votes=25, ties=True),
    Attack("seven days, votes on whatever comes, 500 for it", days=7, ties=True),
    Attack("the same, from 20 cookies and at once", days=7, ties=True, per_cookie=25, hasty=True),
)


def attack(world: World, plan: Attack) -> Iterator[Seen]:
    model, given, padded = world.middle(), 0, 0
    pace: dict[str, Any] = {"speed": 5_000.0, "pause": 0.3} if plan.hasty else {}
    while given < plan.votes:
        pair = world.pair()
        at = world.moment(plan.begin, plan.days)
        visitor = f"attack-{given // plan.per_cookie if plan.per_cookie > 1 else next(world.number)}"
        if model in pair:
            given += 1
            yield world.seen(visitor, at, pair, float(pair[0] == model), **pace)
        elif plan.ties or padded < plan.others * given:
            padded += 1
            result = 0.5 if plan.ties else world.prefers(world.strengths, pair)
            yield world.seen(visitor, at, pair, result, **pace)
        else:
            yield world.seen(visitor, at, pair, None)
