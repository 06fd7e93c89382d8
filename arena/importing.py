"""Writing many voted comparisons at once, and taking demonstration ones away: the verb for whoever has them elsewhere.

PostgreSQL's COPY, some thousands of comparisons to a transaction: what was written before an interruption stays, whole.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import SET_NULL

from .models import Answer, Comparison, Turn, Vote
from .providers import ErrorCode

DEMO = Comparison.Origin.DEMO
IMPORTED = Comparison.Origin.IMPORTED


@dataclass(frozen=True, slots=True)
class Ballot:
    """The vote of a turn; pairs are in the order of the sides."""

    choice: str
    created_at: datetime
    tags: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    comments: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Said:
    """What a side answered; with neither text nor reasoning, it failed. `token_source` is "" if none counted them."""

    text: str
    reasoning: str = ""
    output_tokens: int | None = None
    token_source: str = ""
    seconds: float | None = None
    generation_id: str = ""
    system_prompt: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its two answers, and its vote if there was one."""

    prompt: str
    prompt_language: str
    answers: tuple[Said, Said]
    topics: tuple[str, ...] = ()
    ballot: Ballot | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A comparison of one or more turns; pairs are in the order of the sides."""

    created_at: datetime
    visitor_key: str | None
    portal_id: int
    language: str
    models: tuple[int, int]
    turns: tuple[Asked, ...]
    mode: str = "random"
    chosen_models: tuple[int, ...] = ()
    draw_probability: float | None = None
    id: uuid.UUID = field(default_factory=uuid.uuid4)


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

    def conversation(self):
        said = tuple(
            Said(text, output_tokens=tokens, token_source=Answer.TokenSource.ESTIMATE)
            for text, tokens in zip(self.texts, self.tokens, strict=True)
        )
        ballot = Ballot(self.choice, self.created_at, self.tags)
        return Conversation(
            self.created_at,
            self.visitor_key,
            self.portal_id,
            self.language,
            self.models,
            (Asked(self.prompt, self.prompt_language, said, self.topics, ballot),),
            self.mode,
            draw_probability=self.draw_probability,
        )


def write(origin, voted):
    """Write a list of Voted comparisons; never live ones, which only a visitor makes."""
    return write_conversations(origin, [row.conversation() for row in voted])


@transaction.atomic
def write_conversations(origin, conversations):
    """Write a list of Conversation; never live ones, which only a visitor makes."""
    if origin == Comparison.Origin.LIVE:
        raise ValueError("Live comparisons come from visitors alone.")
    _copy(Comparison(origin=origin), [_comparison(row) for row in conversations])
    asked = [(row, number, turn) for row in conversations for number, turn in enumerate(row.turns, 1)]
    ids = _next_ids(Turn, len(asked))
    _copy(
        Turn(),
        [
            {
                "id": id,
                "comparison_id": row.id,
                "number": number,
                "created_at": row.created_at,
                "prompt": turn.prompt,
                "prompt_language": turn.prompt_language,
                "topics": list(turn.topics),
            }
            for id, (row, number, turn) in zip(ids, asked, strict=True)
        ],
    )
    _copy(
        Answer(),
        [
            _answer(id, row, turn, place)
            for id, (row, _number, turn) in zip(ids, asked, strict=True)
            for place in (0, 1)
        ],
    )
    given = [(id, turn.ballot) for id, (_row, _number, turn) in zip(ids, asked, strict=True) if turn.ballot]
    _copy(Vote(), [{"turn_id": id} | _vote(ballot) for id, ballot in given])
    return len(conversations)


@transaction.atomic
def set_imported_votes(ballots):
    """Give turns of imported comparisons their votes, {turn's id: Ballot}, in place of those that they had."""
    turns = Turn.objects.filter(pk__in=ballots, comparison__origin=IMPORTED)
    ids = list(turns.order_by("pk").values_list("pk", flat=True))
    earlier = Vote.objects.filter(turn__in=ids)
    earlier._raw_delete(earlier.db)
    _copy(Vote(), [{"turn_id": id} | _vote(ballots[id]) for id in ids])


class ImportedTurn(NamedTuple):
    id: int
    is_whole: bool
    """Both answers are there."""
    comments: tuple[str, str]


def imported_turns(comparisons):
    """{comparison's id: its ImportedTurns in order}, of those that are imported and neither withdrawn nor erased."""
    found = {}
    turns = Turn.objects.filter(comparison__in=comparisons, comparison__origin=IMPORTED)
    turns = turns.filter(comparison__withdrawn_at=None, comparison__erased_at=None).order_by("comparison", "number")
    failed = Answer.objects.filter(turn__in=turns.order_by(), status=Answer.Status.FAILED)
    failed = set(failed.order_by().values_list("turn_id", flat=True))
    for id, comparison, *comments in turns.values_list("pk", "comparison", "vote__comment_a", "vote__comment_b"):
        turn = ImportedTurn(id, id not in failed, (comments[0] or "", comments[1] or ""))
        found.setdefault(comparison, []).append(turn)
    return found


def _comparison(row: Conversation):
    chosen = [model in row.chosen_models for model in row.models]
    return {
        "id": row.id,
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
        "chosen_models": list(row.chosen_models),
        "drawn_a": not chosen[0],
        "drawn_b": not chosen[1],
        "draw_probability": row.draw_probability,
    }


def _answer(turn_id, row: Conversation, turn: Asked, place):
    said = turn.answers[place]
    is_there = bool(said.text or said.reasoning)
    duration = timedelta(seconds=said.seconds) if said.seconds is not None else None
    return {
        "turn_id": turn_id,
        "side": "ab"[place],
        "model_id": row.models[place],
        "status": Answer.Status.COMPLETE if is_there else Answer.Status.FAILED,
        "error_code": "" if is_there else ErrorCode.EMPTY_ANSWER,
        "text": said.text,
        "reasoning": said.reasoning,
        "output_tokens": said.output_tokens,
        "token_source": said.token_source,
        "generation_id": said.generation_id,
        "system_prompt": said.system_prompt,
        "started_at": row.created_at if duration is not None else None,
        "finished_at": row.created_at + (duration or timedelta()),
    }


def _vote(ballot: Ballot):
    return {
        "choice": ballot.choice,
        "tags_a": list(ballot.tags[0]),
        "tags_b": list(ballot.tags[1]),
        "comment_a": ballot.comments[0],
        "comment_b": ballot.comments[1],
        "created_at": ballot.created_at,
        "updated_at": ballot.created_at,
    }


def demo_votes():
    """How many demonstration votes there are."""
    return Vote.objects.filter(turn__comparison__origin=DEMO).count()


@transaction.atomic
def clear_demo():
    """Take all demonstration comparisons away, with what hangs from them; how many there were."""
    return _delete(Comparison.objects.filter(origin=DEMO))


def _delete(rows):
    """Delete rows and what hangs from them, whichever application it is of, without loading any; how many rows."""
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            hanging = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
            if relation.on_delete is SET_NULL:
                hanging.update(**{relation.field.name: None})
            else:
                _delete(hanging)
    return rows._raw_delete(rows.db)


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
