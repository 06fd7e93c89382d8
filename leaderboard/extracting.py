"""From the votes of the database to the rows of an outcome file."""

from django.db import transaction
from django.db.models import FilteredRelation, Q
from django.utils.crypto import salted_hmac

from arena.models import Turn

from . import outcomes
from .traits import traits

OF_TURN = ("comparison_id", "number", "created_at", "comparison__origin", "comparison__portal__code")
OF_DRAW = ("prompt_language", "topics", "comparison__mode", "comparison__draw_probability", "comparison__is_replaced")
OF_ANSWERS = ("a__status", "b__status", "a__model__slug", "b__model__slug", "vote__choice", "a__text", "b__text")


def write_outcomes(path, turns=None, release="", demo=False):
    """Write the outcomes of these turns, those of the whole site by default; how many there are."""
    turns = Turn.objects.with_outcome(demo) if turns is None else turns
    with transaction.atomic():  # else the cursor would copy the whole result on the server first
        return outcomes.write(path, rows(turns, release), release, demo)


def rows(turns, release):
    """In canonical order, as outcomes.SCHEMA has them, some at a time."""
    found = turns.annotate(
        a=FilteredRelation("answers", condition=Q(answers__side="a")),
        b=FilteredRelation("answers", condition=Q(answers__side="b")),
    )
    found = found.order_by("comparison_id", "number").values_list(
        *OF_TURN, *OF_DRAW, *OF_ANSWERS, "comparison__visitor_key"
    )
    for comparison, number, time, origin, portal, *of_draw, visitor_key in found.iterator(chunk_size=1000):
        language, topics, mode, probability, is_replaced, *of_answers = of_draw
        status_a, status_b, model_a, model_b, choice, text_a, text_b = of_answers
        yield (
            *(str(comparison), number, time.replace(microsecond=0), origin, portal, language, sorted(topics), mode),
            *(probability, is_replaced, "stopped" in (status_a, status_b), model_a, model_b, choice),
            *(*traits(text_a), *traits(text_b), visitor_code(visitor_key or f"comparison {comparison}", release)),
        )


def visitor_code(visitor_key, release):
    """The same for all votes of a visitor in a release, another in the next; only this site's secret could make it."""
    return salted_hmac(f"leaderboard.outcomes {release}", visitor_key, algorithm="sha256").hexdigest()[:16]
