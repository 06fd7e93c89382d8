"""The vote and the reveal. Both lock the comparison: nothing is shown before the vote is committed."""

from django.db import transaction
from django.utils import timezone

from . import metrics, refusals
from .asking import lock
from .models import Comparison, Vote
from .refusals import Refused


def cast(comparison, number, *, choice, tags_a=(), tags_b=(), comment_a="", comment_b=""):
    """Record or change the vote on a turn: one row however often it is sent. Open until the reveal.

    Raises Turn.DoesNotExist.
    """
    portal = comparison.portal
    with transaction.atomic():
        comparison = lock(comparison)
        turn = comparison.turns.select_related("vote").get(number=number)
        answers = list(turn.answers.all())
        if any(answer.is_broken for answer in answers):
            raise Refused(refusals.SIDE_FAILED)
        if not all(answer.is_finished for answer in answers):
            raise Refused(refusals.NOT_FINISHED)
        said = {
            "choice": choice,
            "tags_a": list(tags_a),
            "tags_b": list(tags_b),
            "comment_a": comment_a,
            "comment_b": comment_b,
        }
        waited = timezone.now() - max(answer.finished_at for answer in answers)
        vote = getattr(turn, "vote", None)  # the comparison's lock keeps others from making one
        is_new = vote is None
        if is_new:
            vote = Vote.objects.create(turn=turn, seconds_to_vote=waited.total_seconds(), **said)
        else:
            for name, value in said.items():
                setattr(vote, name, value)
            vote.save(update_fields=[*said, "updated_at"])
    if is_new:
        portal.count_vote()
        metrics.VOTED.labels(portal.code, choice).inc()
    return vote


def reveal(comparison, needs_vote=True):
    """Close the comparison and allow its models to be shown; the same again changes nothing.

    Refused while nothing was voted, unless the last turn cannot be voted since a side failed, or a class votes on it.
    """
    with transaction.atomic():
        locked = Comparison.objects.select_for_update(of=("self",)).get(pk=comparison.pk)
        if locked.revealed_at:
            return locked
        turns = list(locked.turns.order_by("number").select_related("vote"))
        answers = list(turns[-1].answers.all())
        if not all(answer.is_over for answer in answers):
            raise Refused(refusals.NOT_FINISHED)
        is_broken = any(answer.is_broken for answer in answers)
        if needs_vote and not is_broken and not any(hasattr(turn, "vote") for turn in turns):
            raise Refused(refusals.VOTE_FIRST)
        locked.revealed_at = timezone.now()
        locked.save(update_fields=["revealed_at"])
    return locked
