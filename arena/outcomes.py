"""From the votes of the database to an outcome file. Loads pyarrow: for jobs, never for pages."""

from django.db import transaction
from django.db.models import FilteredRelation, Q

from . import codes, outcome_file
from .models import Turn
from .traits import traits

OF_TURN = ("comparison_id", "number", "created_at", "comparison__origin", "comparison__portal__code")
OF_DRAW = ("prompt_language", "topics", "comparison__mode", "comparison__draw_probability", "comparison__is_replaced")
OF_ANSWERS = ("a__status", "b__status", "a__model__slug", "b__model__slug", "a__text", "b__text")
OF_VOTE = ("vote__choice", "vote__tags_a", "vote__tags_b")


def write_outcomes(path, turns=None, release="", demo=False, key=b""):
    """Write the outcomes of these turns, those of the whole site by default; how many there are.

    `key` makes the codes of comparisons and visitors; without one they are made with a key that nobody keeps.
    """
    turns = Turn.objects.with_outcome(demo) if turns is None else turns
    with transaction.atomic():  # else the cursor would copy the whole result on the server first
        return outcome_file.write(path, rows(turns, key or codes.new_key()), release, demo)


def rows(turns, key):
    """In canonical order, as outcome_file.SCHEMA has them, some at a time."""
    found = turns.annotate(
        code=codes.comparison_code_in_sql(key),
        a=FilteredRelation("answers", condition=Q(answers__side="a")),
        b=FilteredRelation("answers", condition=Q(answers__side="b")),
    )
    found = found.order_by("code", "number").values_list(
        "code", *OF_TURN, *OF_DRAW, *OF_ANSWERS, *OF_VOTE, "comparison__visitor_key"
    )
    for code, comparison, number, time, origin, portal, *of_draw, visitor_key in found.iterator(chunk_size=1000):
        language, topics, mode, probability, is_replaced, *of_answers = of_draw
        status_a, status_b, model_a, model_b, text_a, text_b, choice, tags_a, tags_b = of_answers
        yield (
            *(code, number, time.replace(microsecond=0), origin, portal, language, sorted(topics), mode),
            *(probability, is_replaced, "stopped" in (status_a, status_b), model_a, model_b, choice),
            *(sorted(tags_a), sorted(tags_b), *traits(text_a), *traits(text_b)),
            codes.visitor_code(key, visitor_key, comparison),
        )
