"""Writing many voted comparisons at once, and taking demonstration ones away: the verb for whoever has them elsewhere.

PostgreSQL's COPY, some thousands of comparisons to a transaction: what was written before an interruption stays, whole.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from .models import Answer, Comparison, DrawPool, Turn, Vote

DEMO = Comparison.Origin.DEMO
FINISHED_TOKENS = {"status": Answer.Status.COMPLETE, "token_source": Answer.TokenSource.ESTIMATE}


@dataclass(frozen=True, slots=True)
class Voted:
    """A comparison of one turn, with its vote; pairs are in the order of the sides."""

    created_at: datetime
    visitor_key: str | None
    portal_id: int
    language: str
    models: tuple[int, int]
    prompt: str
    prompt_language: str
    topics: tuple[str, ...]
    texts: tuple[str, str]
    tokens: tuple[int, int]
    choice: str
    draw_probability: float | None = None
    mode: str = "random"
    tags: tuple[tuple[str, ...], tuple[str, ...]] = field(default=((), ()))


@transaction.atomic
def write(origin, voted):
    """Write a list of Voted comparisons; never live ones, which only a visitor makes."""
    if origin == Comparison.Origin.LIVE:
        raise ValueError("Live comparisons come from visitors alone.")
    ids = [uuid.uuid4() for _ in voted]
    turns = _next_ids(Turn, len(voted))
    _copy(
        Comparison(origin=origin),
        [
            {
                "id": id,
                "created_at": row.created_at,
                "revealed_at": row.created_at,
                "submission_key": uuid.uuid4(),
                "receipt": Comparison._meta.get_field("receipt").get_default(),
                "visitor_key": row.visitor_key,
                "portal_id": row.portal_id,
                "language": row.language,
                "model_a_id": row.models[0],
                "model_b_id": row.models[1],
                "mode": row.mode,
                "draw_probability": row.draw_probability,
            }
            for id, row in zip(ids, voted, strict=True)
        ],
    )
    _copy(
        Turn(number=1),
        [
            {
                "id": turn,
                "comparison_id": id,
                "created_at": row.created_at,
                "prompt": row.prompt,
                "prompt_language": row.prompt_language,
                "topics": list(row.topics),
            }
            for turn, id, row in zip(turns, ids, voted, strict=True)
        ],
    )
    _copy(
        Answer(**FINISHED_TOKENS),
        [
            {
                "turn_id": turn,
                "side": side,
                "model_id": row.models[place],
                "text": row.texts[place],
                "output_tokens": row.tokens[place],
                "finished_at": row.created_at,
            }
            for turn, row in zip(turns, voted, strict=True)
            for place, side in enumerate("ab")
        ],
    )
    _copy(
        Vote(),
        [
            {
                "turn_id": turn,
                "choice": row.choice,
                "tags_a": list(row.tags[0]),
                "tags_b": list(row.tags[1]),
                "created_at": row.created_at,
                "updated_at": row.created_at,
            }
            for turn, row in zip(turns, voted, strict=True)
        ],
    )
    return len(voted)


def demo_votes():
    """How many demonstration votes there are."""
    return Vote.objects.filter(turn__comparison__origin=DEMO).count()


@transaction.atomic
def clear_demo():
    """Take all demonstration comparisons away, with what hangs from them; how many there were."""
    demo = Comparison.objects.filter(origin=DEMO)
    turns = Turn.objects.filter(comparison__origin=DEMO)
    for rows in (
        Vote.objects.filter(turn__in=turns),
        Answer.attempts.rel.related_model.objects.filter(answer__turn__in=turns),
        Answer.objects.filter(turn__in=turns),
        *(relation.related_model.objects.filter(comparison__in=demo) for relation in _hanging()),
        turns,
    ):
        rows._raw_delete(rows.db)
    return demo._raw_delete(demo.db)


def _hanging():
    """What else refers to a comparison and goes with it."""
    found = Comparison._meta.related_objects
    return [relation for relation in found if relation.related_model not in (Turn, Vote, Answer, DrawPool)]


def _next_ids(model, count):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [id for (id,) in cursor.fetchall()]


def _copy(like, rows):
    """Write rows of the table of `like`: its values in every column that a row does not give."""
    if not rows:
        return
    columns = {column.attname: column for column in like._meta.concrete_fields}
    same = {
        name: column.get_db_prep_save(getattr(like, name), connection)
        for name, column in columns.items()
        if name not in rows[0] and not column.primary_key
    }
    same = {name: value for name, value in same.items() if value is not None}
    names = ", ".join(connection.ops.quote_name(columns[name].column) for name in (*rows[0], *same))
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(like._meta.db_table)
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            constant = tuple(same.values())
            for row in rows:
                copy.write_row((*row.values(), *constant))
