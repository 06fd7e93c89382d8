"""Visitors who vote on the models of the published ranking: demonstration votes, to see full pages. Seeded; pure.

A few visitors vote much, most once; pairs that were met often are met often; four votes in ten are ties; each visitor
has tastes of their own, and likes a longer, more structured answer a little.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from .ranking import PER_UNIT

PUBLISHED = Path(__file__).parent / "data/published_ranking.json"
TIES, BOTH_BAD = 0.4, 0.18
TASTE, FORMAT = 0.6, 0.25
BUSIEST = 300
TOPICS = (
    *("Education", "Natural Science & Formal Science & Technology", "Health & Wellness & Medicine", "Law & Justice"),
    *(
        "Daily Life & Home & Lifestyle",
        "Politics & Government",
        "Environment",
        "Arts",
        "Food & Drink & Cooking",
        "Sports",
    ),
)
PROMPTS = {
    "fr": "Question de démonstration : pourquoi le ciel est-il bleu ?",
    "da": "Demonstrationsspørgsmål: hvorfor er himlen blå?",
    "sv": "Demonstrationsfråga: varför är himlen blå?",
    "lt": "Demonstracinis klausimas: kodėl dangus mėlynas?",
    "en": "Demonstration question: why is the sky blue?",
}
SPOKEN = {"fr": 0.8, "da": 0.06, "sv": 0.05, "lt": 0.04, "en": 0.05}
TAGS = ("useful", "creative", "complete", "clear_formatting", "incorrect", "superficial", "instructions_not_followed")


Shape = tuple[int, int, int]
"""How many headings, lists and words in bold an answer has, each from 0 to 3."""


@dataclass(frozen=True, slots=True)
class Published:
    """A model of the published ranking: its score, how often it was met, mean output tokens, share of votes per tag."""

    slug: str
    score: float
    met: int
    tokens: float
    tags: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Ballot:
    """One vote; models by their place in the list that was given."""

    visitor: int
    models: tuple[int, int]
    probability: float
    choice: str
    shapes: tuple[Shape, Shape]
    language: str
    topics: tuple[str, ...]
    tags: tuple[tuple[str, ...], tuple[str, ...]]


def published() -> list[Published]:
    """compar:IA (DINUM and French Ministry of Culture, with PEReN), published under Etalab 2.0."""
    return [
        Published(
            entry["model_name"],
            entry["median"],
            entry["n_match"],
            entry["total_output_tokens"] / entry["n_match"],
            tuple(entry[tag] / entry["n_match"] for tag in TAGS),
        )
        for entry in json.loads(PUBLISHED.read_text())["models"]
    ]


def ballots(models: Sequence[Published], votes: int, seed: int) -> Iterator[Ballot]:
    """So many votes, visitor after visitor. At least two models."""
    rng = np.random.default_rng(seed)
    popular = np.array([model.met for model in models], float) ** 0.7
    scores = np.array([(model.score - 1000) / PER_UNIT for model in models])
    verbosity = np.clip(np.array([model.tokens for model in models]) / 400, 0.3, 3)
    first, second = np.triu_indices(len(models), 1)
    chance = popular[first] * popular[second]
    chance /= chance.sum()
    languages = list(SPOKEN)
    given, visitor = 0, 0
    while given < votes:
        count = min(int(rng.zipf(1.7)), BUSIEST, votes - given)
        liking = scores + rng.normal(0, TASTE, len(models))
        language = str(rng.choice(languages, p=list(SPOKEN.values())))
        pairs = rng.choice(len(chance), count, p=chance)
        for pair in pairs:
            sides = (int(first[pair]), int(second[pair]))
            sides = sides if rng.random() < 0.5 else sides[::-1]
            first_shape, second_shape = (_shape(verbosity[model], rng) for model in sides)
            topics = tuple(sorted({TOPICS[place] for place in rng.integers(len(TOPICS), size=rng.integers(1, 3))}))
            yield Ballot(
                visitor,
                sides,
                float(chance[pair]),
                _choice(liking[sides[0]] - liking[sides[1]] + FORMAT * (sum(first_shape) - sum(second_shape)) / 3, rng),
                (first_shape, second_shape),
                language,
                topics,
                (_tags(models[sides[0]], rng), _tags(models[sides[1]], rng)),
            )
        given, visitor = given + count, visitor + 1


def _choice(gap: float, rng: np.random.Generator) -> str:
    drawn = rng.random()
    if drawn < TIES:
        return "both_bad" if drawn < BOTH_BAD else "both_good"
    return "a_better" if rng.random() < 1 / (1 + np.exp(-gap)) else "b_better"


def _tags(model: Published, rng: np.random.Generator) -> tuple[str, ...]:
    drawn = rng.random(len(TAGS))
    return tuple(tag for tag, share, at in zip(TAGS, model.tags, drawn, strict=True) if at < share)


def _shape(verbosity: float, rng: np.random.Generator) -> Shape:
    headings, lists, bold = np.minimum(rng.poisson(verbosity, 3), 3).tolist()
    return headings, lists, bold


@cache
def answer(shape: Shape) -> str:
    """A text that says what it is, of this shape."""
    headings, lists, bold = shape
    parts = [f"## Point {number + 1}" for number in range(headings)]
    parts += ["- Premier élément\n- Second élément" for _list in range(lists)]
    parts += ["**Texte** de démonstration. " * 2 for _passage in range(bold)]
    return "\n\n".join(["Réponse de démonstration.", *parts])
