"""From the votes of the database to an outcome file. Loads pyarrow: for jobs, never for pages."""

from array import array
from contextlib import closing
from functools import cached_property
from itertools import islice

import numpy as np
from django.db import transaction
from django.db.models import FilteredRelation, Q

from . import codes, outcome_file
from .database import ahead
from .models import Answer, Turn
from .traits import TRAITS, traits

AT_ONCE = 1000

OF_TURN = ("comparison_id", "number", "created_at", "comparison__origin", "comparison__portal__code")
OF_DRAW = ("prompt_language", "topics", "comparison__mode", "comparison__draw_probability", "comparison__is_replaced")
OF_ANSWERS = ("a__status", "b__status", "a__model__slug", "b__model__slug")
OF_VOTE = ("vote__choice", "vote__tags_a", "vote__tags_b")


class Styles:
    """The traits of the answers of turns, in forty bytes each, for who reads the texts before outcomes are written."""

    def __init__(self):
        self.turns, self.numbers = array("q"), array("i")

    def add(self, turn, text_a, text_b):
        """Once for each turn, and all before any is asked."""
        self.turns.append(turn)
        self.numbers.extend((*traits(text_a), *traits(text_b)))

    @cached_property
    def by_turn(self):
        """The turns in their order, and the traits of each."""
        turns, numbers = np.frombuffer(self.turns, np.int64), np.frombuffer(self.numbers, np.int32)
        order = turns.argsort()
        return turns[order], numbers.reshape(-1, 2 * len(TRAITS))[order]

    def of(self, turns):
        """{turn: the traits of A then of B}, of these turns, those that were added."""
        known, numbers = self.by_turn
        places = zip(turns, known.searchsorted(turns), strict=True)
        return {turn: numbers[place].tolist() for turn, place in places if place < len(known) and known[place] == turn}


def write_outcomes(path, turns=None, release="", demo=False, key=b"", styles=None):
    """Write the outcomes of these turns, those of the whole site by default; how many there are.

    `key` makes the codes of comparisons and visitors; without one they are made with a key that nobody keeps. Texts
    are read for the turns that `styles` lacks.
    """
    turns = Turn.objects.with_outcome(demo) if turns is None else turns
    found = rows(turns, key or codes.new_key(), styles or Styles())
    with transaction.atomic(), closing(found):  # else the cursor would copy the whole result on the server first
        return outcome_file.write(path, found, release, demo)


def rows(turns, key, styles):
    """In canonical order, as outcome_file.SCHEMA has them, some at a time."""
    found = turns.annotate(
        code=codes.comparison_code_in_sql(key),
        a=FilteredRelation("answers", condition=Q(answers__side="a")),
        b=FilteredRelation("answers", condition=Q(answers__side="b")),
    )
    found = found.order_by("code", "number").values_list(
        "pk", "code", *OF_TURN, *OF_DRAW, *OF_ANSWERS, *OF_VOTE, "comparison__visitor_key"
    )
    for batch in ahead(with_styles(found.iterator(chunk_size=AT_ONCE), styles)):
        yield from (row(key, of_turn, *values) for of_turn, values in batch)


def with_styles(found, styles):
    """(traits, values) of some turns at a time."""
    while batch := list(islice(found, AT_ONCE)):
        of_batch = styles_of([turn for turn, *_rest in batch], styles)
        yield [(of_batch[turn], values) for turn, *values in batch]


def styles_of(turns, styles):
    known = styles.of(turns)
    unknown = [turn for turn in turns if turn not in known]
    texts = {}
    if unknown:
        for turn, side, text in Answer.objects.filter(turn__in=unknown).values_list("turn", "side", "text"):
            texts.setdefault(turn, {})[side] = text
    return known | {turn: (*traits(sides["a"]), *traits(sides["b"])) for turn, sides in texts.items()}


def row(key, style, code, comparison, number, time, origin, portal, *rest):
    language, topics, mode, probability, is_replaced, *of_answers, visitor_key = rest
    status_a, status_b, model_a, model_b, choice, tags_a, tags_b = of_answers
    return (
        *(code, number, time.replace(microsecond=0), origin, portal, language, sorted(topics), mode),
        *(probability, is_replaced, "stopped" in (status_a, status_b), model_a, model_b, choice),
        *(sorted(tags_a), sorted(tags_b), *style),
        codes.visitor_code(key, visitor_key, comparison),
    )
