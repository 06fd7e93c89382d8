"""What the site no longer keeps once its time has passed. docs/retention.md says why, and for how long.

A text goes only when no page can show it to its visitor any more and no release may hold it.
"""

import secrets

from django.db import transaction
from django.db.models import Max, Q

from . import rights
from .models import Attempt, Comparison, Room, RoomMember, RoomVote

AT_ONCE = 500
CUT = "past:"
"""Begins the value that stands for a visitor whose cookie is gone: no cookie can have it (visitors.KEY)."""


def unpublished(before):
    """Comparisons that nothing publishes nor shares, asked before then: withdrawn, of a cohort, of a closed room."""
    kept_apart = Q(withdrawn_at__isnull=False) | ~Q(cohorts=[]) | Q(room__publish=False)
    asked = Comparison.objects.filter(kept_apart, created_at__lt=before, erased_at=None, share_token=None)
    return asked.exclude(origin=Comparison.Origin.DEMO)


def erase(comparisons):
    """A batch at a time, each whole: stopped, it goes on where it was."""
    ids = list(comparisons.values_list("pk", flat=True))
    batches = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    return sum(rights.erase(Comparison.objects.filter(pk__in=batch, erased_at=None)) for batch in batches)


def visitors(before):
    """Keys of visitors whose last comparison was asked before then, rows of `{"visitor_key"}`."""
    known = Comparison.objects.filter(visitor_key__isnull=False).exclude(visitor_key__startswith=CUT)
    live = known.filter(origin=Comparison.Origin.LIVE).values("visitor_key").order_by("visitor_key")
    return live.annotate(last=Max("created_at")).filter(last__lt=before).values("visitor_key")


def cut(keys):
    """Replace each key by a random value, the same for all its comparisons: they still count as one visitor's, and
    whoever finds the old cookie finds nothing."""
    count = 0
    for row in keys.iterator(chunk_size=AT_ONCE):
        past = CUT + secrets.token_urlsafe(24)
        count += bool(Comparison.objects.filter(visitor_key=row["visitor_key"]).update(visitor_key=past))
    return count


def attempts(before):
    """Answers that were replaced or asked again before then, and still have a text: they were never published."""
    has_text = ~Q(text="", reasoning="", generation_id="")
    return Attempt.objects.filter(has_text, created_at__lt=before)


def empty(attempts):
    """Their measures stay: they say how often a model fails."""
    return attempts.update(text="", reasoning="", generation_id="")


def rooms(before):
    """Class rooms that closed before then, and still say who was there."""
    people = Q(members__isnull=False) | Q(votes__isnull=False) | ~Q(owner_key="")
    return Room.objects.filter(pk__in=Room.objects.filter(people, expires_at__lt=before).values("pk"))


@transaction.atomic
def close(rooms):
    """Forget who was there and what each chose: it was for the projector."""
    ids = list(rooms.values_list("pk", flat=True))
    RoomVote.objects.filter(room__in=ids).delete()
    RoomMember.objects.filter(room__in=ids).delete()
    return Room.objects.filter(pk__in=ids).update(owner_key="")
