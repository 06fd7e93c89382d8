"""A visitor asks: a first question, a further one, the same again, or to stop. Each act is one transaction."""

import hashlib
from random import SystemRandom

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from models_catalog.models import LanguageModel
from portals.caching import kept

from . import answering, claims, continuing, languages, metrics, pairing, refusals, suggesting
from .models import Answer, Comparison, DrawPool, PairWeight, Side, Turn
from .refusals import Busy, Refused

PAIR_NEED = ("model_1_id", "model_2_id", "weight")


def begin(
    *,
    portal,
    language,
    visitor_key,
    consent,
    submission_key,
    mode,
    chosen,
    prompt,
    cohorts=(),
    suggestion="",
    room=None,
    purse=None,
):
    """The comparison that this submission makes, or made already; its answers wait to be written.

    `chosen` holds the ids of the models that the visitor chose: none, one or two; `suggestion` the code of the one
    that the question started from; `room` the class room that it is asked in; `purse` pays for it.
    """
    made = submitted(submission_key, visitor_key)
    if made is not None:
        return made
    check_room()
    draw = draw_models(portal, mode, chosen)
    if purse:
        purse.pay((draw.model_a, draw.model_b), len(prompt))
    try:
        with transaction.atomic():
            comparison = Comparison.objects.create(
                portal=portal,
                language=language,
                visitor_key=visitor_key,
                consent=consent,
                submission_key=submission_key,
                mode=mode,
                chosen_models=list(chosen),
                model_a_id=draw.model_a,
                model_b_id=draw.model_b,
                drawn_a=draw.drawn_a,
                drawn_b=draw.drawn_b,
                draw_policy=draw.policy,
                draw_probability=draw.probability,
                pool=pool_of(draw.pool),
                cohorts=list(cohorts),
                room=room,
            )
            add_turn(comparison, 1, prompt, suggestion)
    except IntegrityError:
        made = submitted(submission_key, visitor_key)  # the other click of a double click was faster
        if made is None:
            raise
        if purse:
            purse.give_back()
        return made
    metrics.DRAWN.labels(portal.code, mode).inc()
    return comparison


def check_room():
    """Raises Busy where this process may not have models write: nothing is done, and another may."""
    if not answering.has_room():
        raise Busy(settings.BUSY_SECONDS)


def submitted(submission_key, visitor_key):
    """The comparison that this form has already made, if any; refused if another visitor sent it."""
    made = Comparison.objects.filter(submission_key=submission_key).first()
    if made is not None and made.visitor_key != visitor_key:
        raise Refused(refusals.SENT_ELSEWHERE)
    return made


def contenders(portal):
    """{id: Contender} of the models that can be drawn now, or were a few seconds ago."""
    return kept(f"contenders:{portal.pk}", lambda: LanguageModel.objects.contenders(portal))


def possible_modes(portal):
    """The modes for which two models can meet now, or could a few seconds ago; a random pair is always offered."""
    return kept(f"modes:{portal.pk}", lambda: _possible_modes(contenders(portal)))


def _possible_modes(found):
    sizes = {pk: contender.size for pk, contender in found.items()}
    return ["random", *(mode for mode in pairing.MODES if mode != "random" and pairing.possible_pairs(sizes, mode))]


def draw_models(portal, mode, chosen):
    found = contenders(portal)
    if not set(chosen) <= found.keys():
        raise Refused(refusals.MODELS_GONE, 422)
    sizes = {pk: contender.size for pk, contender in found.items()}
    try:
        return pairing.draw(sizes, SystemRandom(), mode, chosen, policy(), needs())
    except pairing.NotEnoughModels:
        raise Refused(refusals.NO_MODELS, 503) from None


def policy():
    return pairing.POLICIES[settings.ARENA_DRAW_POLICY]


def needs():
    """{pair: how much the ranking needs it}, as of some seconds ago."""
    return kept(
        "pair-needs",
        lambda: {(first, second): weight for first, second, weight in PairWeight.objects.values_list(*PAIR_NEED)},
    )


def pool_of(model_ids):
    """The one row for this set of models; None for an empty set."""
    if not model_ids:
        return None
    digest = hashlib.sha256(",".join(map(str, model_ids)).encode()).hexdigest()
    return DrawPool.objects.get_or_create(digest=digest, defaults={"model_ids": list(model_ids)})[0]


def add_turn(comparison, number, prompt, suggestion=""):
    suggested = suggesting.named(comparison.language, suggestion)
    turn = Turn.objects.create(
        comparison=comparison,
        number=number,
        prompt=prompt,
        prompt_language=languages.detect(prompt),
        suggestion=suggested.code if suggested else "",
        is_prompt_edited=bool(suggested) and prompt.strip() != suggested.prompt.strip(),
    )
    Answer.objects.bulk_create(
        Answer(turn=turn, side=side, model_id=getattr(comparison, f"model_{side}_id")) for side in Side.values
    )
    return turn


def lock(comparison):
    """The same comparison, locked until the end of the transaction; refused once revealed or erased."""
    locked = Comparison.objects.select_for_update(of=("self",)).get(pk=comparison.pk)
    if locked.erased_at:
        raise Refused(refusals.ERASED)
    if locked.revealed_at:
        raise Refused(refusals.REVEALED)
    return locked


@transaction.atomic
def follow_up(comparison, number, prompt, purse=None):
    """Turn `number`, made now, which `purse` pays for, or by an earlier sending of the same form."""
    comparison = lock(comparison)
    last = comparison.turns.order_by("-number").first()
    if last.number >= number:
        made = comparison.turns.get(number=number)
        if made.prompt != prompt:
            raise Refused(refusals.ANOTHER_QUESTION)
        return made
    if last.number != number - 1:
        raise Refused(refusals.ANOTHER_QUESTION)
    check_room()
    answers = list(last.answers.all())
    if any(answer.is_broken for answer in answers):
        raise Refused(refusals.SIDE_FAILED)
    if not all(answer.is_finished for answer in answers):
        raise Refused(refusals.NOT_FINISHED)
    models = [comparison.model_a_id, comparison.model_b_id]
    used = continuing.used(comparison)
    left = continuing.left(last.number, used, models)
    if left.turns < 1:
        raise Refused(refusals.MOST_TURNS, prompt=prompt)
    if left.is_over or len(prompt) > left.characters:
        raise Refused(refusals.TOO_LONG_TO_GO_ON, prompt=prompt)
    if purse:
        purse.pay(models, used + len(prompt))
    return add_turn(comparison, number, prompt)


@transaction.atomic
def retry(comparison, number, *sides, purse=None):
    """Ask these sides again, which `purse` pays for, keeping their present try as an Attempt; the answers wait to be
    written.

    One that is complete, or already asked again, is left as it is; refused if all are complete.
    """
    check_room()
    comparison = lock(comparison)
    turn = comparison.turns.order_by("-number").first()
    if turn.number != number:
        raise Refused(refusals.NOT_LAST)
    if hasattr(turn, "vote"):
        raise Refused(refusals.ALREADY_VOTED)
    answers = list(turn.answers.select_for_update(of=("self",)).filter(side__in=sides))
    if all(answer.status == Answer.Status.COMPLETE for answer in answers):
        raise Refused(refusals.NOTHING_TO_RETRY)
    again = {
        answer: getattr(comparison, f"model_{answer.side}_id")
        for answer in answers
        if answer.status in Answer.CAN_BE_ASKED_AGAIN
    }
    if purse and again:
        purse.pay(again.values(), continuing.used(comparison, before=number) + len(turn.prompt))
    for answer, model_id in again.items():
        claims.move_to_attempt(answer)
        Answer(pk=answer.pk, turn=turn, side=answer.side, model_id=model_id).save(force_update=True)
    return turn


def stop(comparison, number):
    """Ask that what is being written stops; what came is kept."""
    asked = Answer.objects.filter(
        turn__comparison=comparison,
        turn__number=number,
        status__in=(Answer.Status.PENDING, Answer.Status.STREAMING),
        stop_requested_at=None,
    )
    ids = list(asked.values_list("pk", flat=True))
    asked.update(stop_requested_at=timezone.now())
    for answer_id in ids:
        answering.stop_soon(answer_id)
