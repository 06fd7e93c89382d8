"""What a visitor may do with what they gave, without an account: find it by its receipt, withdraw it, erase it."""

import logging
import re

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from portals.caching import CACHE_AWAY

from . import answering, drafts, providers
from .models import Answer, Attempt, Comparison, Exclusion, Room, RoomMember, RoomVote, Turn, Vote

log = logging.getLogger(__name__)


def receipt_in(typed):
    """The code in what a person typed: spaces, dashes and capitals do not count."""
    return re.sub(r"[^0-9a-z]", "", typed.lower())


def by_receipt(typed):
    """The comparison of this receipt; None if there is none."""
    return Comparison.objects.select_related("room").filter(receipt=receipt_in(typed)).first()


def withdraw(comparison):
    """Take the comparison out of all that is published and ranked from now on. It cannot be undone; again, it does
    nothing."""
    Comparison.objects.filter(pk=comparison.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())


def erase_all(visitor_key):
    """Erase everything that this browser gave; how many comparisons. Their receipts go on telling so."""
    with transaction.atomic():
        count = erase(Comparison.objects.owned_by(visitor_key))
        if visitor_key:
            RoomVote.objects.filter(visitor_key=visitor_key).delete()
            RoomMember.objects.filter(visitor_key=visitor_key).delete()
            Room.objects.filter(owner_key=visitor_key).update(owner_key="")
    return count


@transaction.atomic
def erase(comparisons):
    """Empty the texts of these comparisons and forget whose they are; how many.

    What is being written stops: without its claim, the one who writes it can no longer save.
    """
    ids = list(comparisons.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    turns = Turn.objects.filter(comparison__in=ids)
    answers = Answer.objects.filter(turn__comparison__in=ids)
    unfinished = answers.filter(status__in=(Answer.Status.PENDING, Answer.Status.STREAMING)).order_by("pk")
    unfinished = dict(unfinished.select_for_update(of=("self",)).values_list("pk", "claim_token"))
    answers.filter(pk__in=unfinished).update(
        status=Answer.Status.INTERRUPTED,
        error_code=providers.ErrorCode.INTERRUPTED,
        finished_at=timezone.now(),
        claim_token=None,
        lease_until=None,
    )
    answers.update(text="", reasoning="", generation_id="")
    Attempt.objects.filter(answer__turn__comparison__in=ids).update(text="", reasoning="", generation_id="")
    Vote.objects.filter(turn__comparison__in=ids).update(comment_a="", comment_b="")
    Exclusion.objects.filter(comparison__in=ids).update(reason="", why_lifted="")
    turns.update(prompt="")
    now = timezone.now()
    Comparison.objects.filter(pk__in=ids).update(
        visitor_key=None, share_token=None, erased_at=now, withdrawn_at=Coalesce("withdrawn_at", now)
    )
    transaction.on_commit(lambda: forget(unfinished))
    return len(ids)


def forget(unfinished):
    """Stop what this process writes and delete the drafts, given {answer's id: claim token or None}."""
    for answer_id in unfinished:
        answering.stop_soon(answer_id)
    try:
        drafts.delete([token for token in unfinished.values() if token])
    except CACHE_AWAY as error:
        log.warning("drafts of erased answers not deleted, they end in some hours: %s", type(error).__name__)
