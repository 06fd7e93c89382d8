"""A copy, as JSON, of everything that the site holds of a browser, made as it is read."""

import json

from django.core.serializers.json import DjangoJSONEncoder

from . import published
from .database import unit_of_work
from .models import Comparison, Room, RoomVote

AT_A_TIME = 20
LEFT_OUT = {
    *("id", "comparison_id", "turn_id", "answer_id", "pool_id", "endpoint_id", "portal_id", "consent_id", "room_id"),
    *("visitor_key", "submission_key", "claim_token", "lease_until"),
}
"""What says nothing of the person, and the keys that would let whoever reads the copy act in their place."""

UNTIL_THE_REVEAL = {
    *("model_id", "model_a_id", "model_b_id", "draw_probability", "is_replaced"),
    *("drawn_a", "drawn_b", "chosen_models"),
    *published.MEASURED,
    *("impact_inputs", "cost_usd", "generation_id"),
}


async def copy(visitor_key):
    """Pieces of the JSON text."""
    yield '{"comparisons": ['
    ids = await ids_of(visitor_key)
    for start in range(0, len(ids), AT_A_TIME):
        yield (",\n" if start else "\n") + await written(visitor_key, ids[start : start + AT_A_TIME])
    yield '\n], "class_rooms": ' + await rooms(visitor_key)
    yield ', "class_room_votes": ' + await room_votes(visitor_key) + "}\n"


@unit_of_work
def ids_of(visitor_key):
    return list(Comparison.objects.owned_by(visitor_key).order_by("-created_at", "pk").values_list("pk", flat=True))


@unit_of_work
def written(visitor_key, ids):
    """These comparisons, whole."""
    owned = Comparison.objects.owned_by(visitor_key).filter(pk__in=ids).order_by("-created_at", "pk")
    owned = owned.select_related("model_a", "model_b", "portal", "consent", "room")
    owned = owned.prefetch_related("turns__vote", "turns__answers__model", "turns__answers__attempts__model")
    return ",\n".join(to_json(of_comparison(comparison)) for comparison in owned)


@unit_of_work
def rooms(visitor_key):
    """Those that this browser opened, or is in; without the secret link, which leads to them."""
    found = Room.objects.taught_by(visitor_key) | Room.objects.joined_by(visitor_key)
    opened = ("code", "kind", "publish", "created_at", "expires_at")
    return to_json([{name: getattr(room, name) for name in opened} for room in found.order_by("pk")])


@unit_of_work
def room_votes(visitor_key):
    votes = RoomVote.objects.filter(visitor_key=visitor_key).select_related("room").order_by("pk")
    return to_json([{"room": vote.room.code, "choice": vote.choice, "created_at": vote.created_at} for vote in votes])


def to_json(value):
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def of_comparison(comparison):
    hidden = set() if comparison.revealed_at else UNTIL_THE_REVEAL
    models = {} if hidden else {"model_a": comparison.model_a.slug, "model_b": comparison.model_b.slug}
    return {
        "id": comparison.pk,
        "address": comparison.get_absolute_url(),
        "portal": comparison.portal.code,
        "terms_accepted": comparison.consent and comparison.consent.published_at,
        "class_room": comparison.room and comparison.room.code,
        **models,
        **columns(comparison, hidden),
        "turns": [of_turn(turn, hidden) for turn in sorted(comparison.turns.all(), key=lambda turn: turn.number)],
    }


def of_turn(turn, hidden):
    vote = getattr(turn, "vote", None)
    return columns(turn, hidden) | {
        "answers": [of_answer(answer, hidden) for answer in turn.answers.all()],
        "vote": vote and columns(vote, hidden),
    }


def of_answer(answer, hidden):
    attempts = [written_by(attempt, hidden) for attempt in answer.attempts.all()]
    return written_by(answer, hidden) | {"earlier_attempts": attempts}


def written_by(answer, hidden):
    if hidden:
        return columns(answer, hidden) | {name: published.mask(getattr(answer, name)) for name in published.TEXTS}
    return {"model": answer.model.slug} | columns(answer, hidden)


def columns(found, hidden):
    """Every column of the row but those to leave out, so that a new one is never forgotten."""
    names = [field.attname for field in found._meta.concrete_fields]
    return {
        name: getattr(found, name)
        for name in names
        if name not in LEFT_OUT and name not in hidden and name not in ("model_id", "model_a_id", "model_b_id")
    }
