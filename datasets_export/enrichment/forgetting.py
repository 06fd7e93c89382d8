"""Forgets what was found in texts that were withdrawn or erased since."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from ..models import Analysis, Span
from . import deciding

EMPTY = {"summary": "", "keywords": [], "reason": "", "texts_digest": ""}


def to_forget():
    """Analyses that still say something of them."""
    gone = Q(turn__comparison__withdrawn_at__isnull=False) | Q(turn__comparison__erased_at__isnull=False)
    says_something = Exists(Span.objects.filter(analysis=OuterRef("pk"))) | ~Q(**EMPTY)
    return Analysis.objects.filter(gone).filter(says_something | Q(review=Analysis.Review.WAITING))


@transaction.atomic
def forget():
    """Their spans, summary, keywords and reasons go; nobody need review them. How many."""
    rows = to_forget().select_related("turn").order_by("pk")
    analyses = list(rows.select_for_update(of=("self",), skip_locked=True))
    ids = [analysis.pk for analysis in analyses]
    Span.objects.filter(analysis__in=ids).delete()
    Analysis.objects.filter(pk__in=ids).update(**EMPTY, status=Analysis.Status.PENDING, claim_token=None)
    Analysis.objects.filter(pk__in=ids, review=Analysis.Review.WAITING).update(review=Analysis.Review.NOT_NEEDED)
    for analysis in analyses:
        if analysis.review == Analysis.Review.WAITING:
            deciding.let_go(analysis.turn)
    return len(ids)
