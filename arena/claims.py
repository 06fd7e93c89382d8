"""The right to write an answer: taken by a conditional UPDATE, with all that the call to the model needs."""

import dataclasses
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from random import SystemRandom

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from models_catalog import availability, spending
from models_catalog.models import LanguageModel

from . import pairing, providers
from .database import unit_of_work
from .models import Answer, Attempt, Comparison, ServedBy, Written


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to write one answer, and all that the call needs."""

    answer_id: int
    comparison_id: uuid.UUID
    token: uuid.UUID
    model: LanguageModel
    endpoint: object  # models_catalog.Endpoint, or None when none can be used
    electricity_zone: str
    messages: list = field(repr=False)
    may_be_replaced: bool
    reserve: spending.Reserve
    """What the call may cost at most, put aside."""
    may_move: bool = True
    attempts: int = 0
    """Made under this very claim."""


CLAIMED_WITH = (
    *("side", "status", "model_id", "turn__number", "turn__prompt"),
    *("turn__comparison__drawn_a", "turn__comparison__drawn_b", "turn__comparison__portal__electricity_zone"),
)
"""What a claim needs of an answer."""


def pending(comparison_id):
    """The answers of a comparison that nobody writes yet, in the order of sides; often none."""
    answers = Answer.objects.filter(turn__comparison_id=comparison_id, status=Answer.Status.PENDING).order_by("side")
    return answers.select_related("turn__comparison__portal").only(*CLAIMED_WITH)


def claim(answers):
    """Claims on these answers: those that nobody else took meanwhile."""
    return [claim for answer in answers if (claim := _claim(answer))]


def _claim(answer):
    token = uuid.uuid4()
    turn = answer.turn
    comparison = turn.comparison
    model = LanguageModel.served(answer.model_id)
    messages = conversation(answer)
    endpoint, reserve = endpoint_to_call(model.usable_endpoints(), messages)
    zone = zone_of(endpoint, comparison.portal)
    won = Answer.objects.filter(pk=answer.pk, status=Answer.Status.PENDING).update(
        status=Answer.Status.STREAMING,
        claim_token=token,
        lease_until=lease(),
        started_at=timezone.now(),
        **snapshot(model, endpoint, zone),
    )
    if not won:
        spending.give_back(endpoint, reserve)
        return None
    return Claim(
        answer_id=answer.pk,
        comparison_id=comparison.pk,
        token=token,
        model=model,
        endpoint=endpoint,
        electricity_zone=zone,
        messages=sent(endpoint, messages),
        reserve=reserve,
        may_be_replaced=turn.number == 1 and comparison.is_drawn(answer.side),
    )


def conversation(answer):
    """The questions and the model's own answers, without its reasoning."""
    turn, messages = answer.turn, []
    if turn.number > 1:
        earlier = Answer.objects.filter(
            turn__comparison=turn.comparison_id, turn__number__lt=turn.number, side=answer.side
        ).order_by("turn__number")
        for prompt, text in earlier.values_list("turn__prompt", "text"):
            messages += [{"role": "user", "content": prompt}, {"role": "assistant", "content": text}]
    return [*messages, {"role": "user", "content": turn.prompt}]


def sent(endpoint, messages):
    """What the model is sent: its system prompt if it has one, then the conversation."""
    if endpoint and endpoint.system_prompt:
        return [{"role": "system", "content": endpoint.system_prompt}, *messages]
    return messages


@unit_of_work
def try_again(claim, code):
    """Ask a silent side anew, moving the failed try to an Attempt; None when it may not be.

    The same model at its next endpoint, once; else, where the claim allows it, another model, once.
    """
    with transaction.atomic():
        locked = Comparison.objects.select_for_update(of=("self",)).select_related("pool", "portal")
        comparison = locked.get(pk=claim.comparison_id)
        answer = Answer.objects.select_related("turn").filter(pk=claim.answer_id, claim_token=claim.token).first()
        if answer is None or comparison.revealed_at:
            return None
        messages = conversation(answer)
        model, (endpoint, reserve) = claim.model, next_endpoint(claim, code, messages)
        is_moved = endpoint is not None
        if not is_moved:
            model = another_model(claim, answer, comparison)
            if model is None:
                return None
            endpoint, reserve = endpoint_to_call(model.usable_endpoints(), messages)
        zone = zone_of(endpoint, comparison.portal)
        move_to_attempt(answer, Answer.Status.FAILED, code)
        Answer.objects.filter(pk=answer.pk, claim_token=claim.token).update(
            model=model, started_at=timezone.now(), lease_until=lease(), **snapshot(model, endpoint, zone)
        )
        if not is_moved:
            Comparison.objects.filter(pk=comparison.pk).update(is_replaced=True, **{f"model_{answer.side}": model})
    spending.give_back(claim.endpoint, claim.reserve)
    return dataclasses.replace(
        claim,
        model=model,
        endpoint=endpoint,
        electricity_zone=zone,
        messages=sent(endpoint, messages),
        reserve=reserve,
        may_be_replaced=claim.may_be_replaced and is_moved,
        may_move=claim.may_move and not is_moved,
        attempts=claim.attempts + 1,
    )


def endpoint_to_call(endpoints, messages, in_any_case=True):
    """(The first endpoint that answers and whose daily ceiling has room, what was put aside for the call).

    If none answers of late, the first one all the same, `in_any_case`. (None, nothing) if there is none.
    """
    characters = sum(len(message["content"]) for message in messages)
    left = list(endpoints)
    while left:
        endpoint = availability.first_well(left) or (left[0] if in_any_case else None)
        if endpoint is None:
            break
        reserve = spending.reserve(endpoint, characters + len(endpoint.system_prompt))
        if reserve is not None:
            return endpoint, reserve
        left.remove(endpoint)
    return None, spending.NOTHING


def next_endpoint(claim, code, messages):
    """The same of another endpoint of the same model; (None, nothing) too if the question was at fault."""
    if not claim.may_move or claim.endpoint is None or code not in providers.ENDPOINT_FAULTS:
        return None, spending.NOTHING
    others = [each for each in claim.model.usable_endpoints() if each.pk != claim.endpoint.pk]
    return endpoint_to_call(others, messages, in_any_case=False)


def another_model(claim, answer, comparison):
    """A model drawn in place of this one, that the other side does not have; None if the claim or the pool has none."""
    # An attempt of before the claim is a retry that the visitor asked for: of this model, not of another.
    if not claim.may_be_replaced or answer.attempts.count() > claim.attempts:
        return None
    opposite = comparison.model_b_id if answer.side == "a" else comparison.model_a_id
    contenders = LanguageModel.objects.contenders(comparison.portal)
    pool = {pk: contenders[pk].size for pk in comparison.pool.model_ids if pk in contenders}
    try:
        drawn = pairing.replacement(pool, answer.model_id, opposite, SystemRandom(), comparison.mode)
    except pairing.NotEnoughModels:
        return None
    return LanguageModel.served(drawn)


def zone_of(endpoint, portal):
    """Where the electricity comes from; empty if unknown. A model on this machine uses the portal's own."""
    if endpoint is None:
        return ""
    if endpoint.provider == "local":
        return endpoint.electricity_zone or portal.electricity_zone
    return endpoint.electricity_zone


def snapshot(model, endpoint, zone):
    """What served the answer, as the fields of ServedBy."""
    if endpoint is None:
        return {"endpoint": None, "quantization": model.quantization}
    return {
        "endpoint": endpoint,
        "provider": endpoint.provider,
        "api_model_id": endpoint.api_model_id,
        "temperature": endpoint.temperature,
        "max_tokens": endpoint.max_tokens,
        "system_prompt": endpoint.system_prompt,
        "quantization": endpoint.quantization or model.quantization,
        "electricity_zone": zone,
    }


def lease(of=1):
    """When a lease taken now ends, or this share of it."""
    return timezone.now() + timedelta(seconds=settings.ARENA_LEASE_SECONDS * of)


def move_to_attempt(answer, status=None, code=None):
    """Keep the answer's present try as an Attempt. The caller resets the answer, in the same transaction."""
    fields = {
        field.attname: getattr(answer, field.attname)
        for kind in (ServedBy, Written)
        for field in kind._meta.local_fields
    }
    fields |= {"status": status or answer.status, "error_code": code or answer.error_code}
    return Attempt.objects.create(answer=answer, number=answer.attempts.count() + 1, **fields)
