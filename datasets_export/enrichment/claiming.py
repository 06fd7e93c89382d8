"""Which turns are to be analysed, and by whom: batches under a lease, that a killed process loses."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from arena.models import Answer, Turn, Vote

from ..models import Analysis
from .texts import digest
from .turns import texts_of, with_texts

LEASE = timedelta(minutes=20)
TRIES = 3
WAIT = timedelta(minutes=10)
STEP = 1000
Status = Analysis.Status


def open_new():
    """An analysis for each turn that could leave the site and has none; how many."""
    missing = Turn.objects.for_analysis().filter(~Exists(Analysis.objects.filter(turn=OuterRef("pk"))))
    opened = 0
    while ids := list(missing.order_by().values_list("pk", flat=True)[:STEP]):
        opened += len(ids)
        Analysis.objects.bulk_create([Analysis(turn_id=id) for id in ids], ignore_conflicts=True)
    return opened


def new_ones():
    """How many turns have none yet."""
    return Turn.objects.for_analysis().filter(~Exists(Analysis.objects.filter(turn=OuterRef("pk")))).count()


def changed():
    """Analyses done before an answer was written again or a comment changed."""
    later = {"turn": OuterRef("turn")}
    answers = Answer.objects.filter(**later, finished_at__gt=OuterRef("finished_at"))
    votes = Vote.objects.filter(**later, updated_at__gt=OuterRef("finished_at"))
    return Analysis.objects.filter(Exists(answers) | Exists(votes), status=Status.DONE)


def reopen(analyses):
    """They are to be done again, tries counted from none; how many."""
    return analyses.filter(status__in=(Status.DONE, Status.FAILED)).update(
        status=Status.PENDING, tries=0, error_code="", lease_until=None, claim_token=None
    )


def different():
    """Ids of analyses whose texts are no longer those that were analysed, whatever their dates say. Reads them all."""
    turns = with_texts(Turn.objects.filter(analysis__status=Status.DONE)).select_related("vote", "analysis")
    for turn in turns.iterator(chunk_size=STEP):
        if digest(texts_of(turn)) != turn.analysis.texts_digest:
            yield turn.analysis.pk


def waiting():
    """What can be claimed now. Of turns that could still leave the site."""
    now = timezone.now()
    ready = Q(status=Status.PENDING) | Q(
        status__in=(Status.CLAIMED, Status.FAILED), tries__lt=TRIES, lease_until__lt=now
    )
    return Analysis.objects.filter(ready, turn__in=Turn.objects.for_analysis())


def claim(size):
    """A token and the analyses it holds, of turns that nobody else has; none if there are none left."""
    token = uuid.uuid4()
    with transaction.atomic():
        rows = waiting().order_by("pk").select_for_update(skip_locked=True, of=("self",))
        ids = list(rows.values_list("pk", flat=True)[:size])
        Analysis.objects.filter(pk__in=ids).update(
            status=Status.CLAIMED, claim_token=token, lease_until=timezone.now() + LEASE, tries=F("tries") + 1
        )
    return token, ids


def give_up():
    """What a process died over each time it was tried; how many."""
    lost = Analysis.objects.filter(status=Status.CLAIMED, tries__gte=TRIES, lease_until__lt=timezone.now())
    return lost.update(status=Status.FAILED, error_code="interrupted", claim_token=None)
