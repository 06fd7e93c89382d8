"""What a person decides of a turn that waits, and what follows: spans, the exclusion, who said so and why."""

import re

from django.db import transaction
from django.utils import timezone

from arena import excluding

from ..models import Analysis, Span
from .texts import digest
from .turns import texts_of

WAITING_RULE = "personal-data-review"
EXCLUDED_RULE = "personal-data"
MOST_OCCURRENCES = 1000
Review = Analysis.Review


class Outdated(Exception):
    """The texts, or the decision, changed since the page was shown."""


class NotFound(Exception):
    """A passage to add is in none of the texts. Its words are in no message: they may be personal data."""


def hold(turn):
    """No text of it is published until a person has looked."""
    excluding.exclude(turn.comparison_id, WAITING_RULE, "text", turn_id=turn.pk)


def let_go(turn):
    excluding.lift(turn.comparison_id, WAITING_RULE, turn_id=turn.pk)


@transaction.atomic
def accept(analysis, seen, by, reason):
    """What was uncertain is no personal data; what was certain stays redacted."""
    analysis = locked(analysis, seen)
    analysis.spans.filter(is_certain=False).update(is_kept=True)
    decide(analysis, Review.ACCEPTED, by, reason)


@transaction.atomic
def redact(analysis, seen, by, reason, ticked, added=()):
    """The spans of these ids are redacted and the others kept; so is each added (passage, kind) wherever it stands in
    the turn. Raises NotFound if one stands nowhere."""
    analysis = locked(analysis, seen)
    analysis.spans.update(is_kept=True)
    analysis.spans.filter(pk__in=ticked).update(is_kept=False)
    texts = texts_of(analysis.turn)
    for passage, kind in added:
        places = list(occurrences(passage, texts))
        if not places:
            raise NotFound
        for field, start, end in places[:MOST_OCCURRENCES]:
            Span.objects.create(
                analysis=analysis, field=field, start=start, end=end, kind=kind, source="person", is_certain=True
            )
    if added:  # they were made from texts in which nobody had seen it
        analysis.summary, analysis.keywords = "", []
    decide(analysis, Review.REDACTED, by, reason)


@transaction.atomic
def exclude(analysis, seen, by, reason):
    """No text of the turn is ever published."""
    analysis = locked(analysis, seen)
    decide(analysis, Review.EXCLUDED, by, reason)


def locked(analysis, seen):
    """The row as it now stands, for this transaction. `seen`: the stamp of what the page showed."""
    analysis = (
        Analysis.objects.select_for_update(of=("self",))
        .select_related("turn__vote", "turn__comparison")
        .get(pk=analysis.pk)
    )
    if stamp(analysis) != seen:
        raise Outdated
    return analysis


def stamp(analysis):
    """Changes when the texts, what was found in them, or a decision does."""
    return digest({"prompt": f"{digest(texts_of(analysis.turn))} {analysis.finished_at} {analysis.reviewed_at}"})


def decide(analysis, review, by, reason):
    """Write who decided what and why, and let the exclusions follow."""
    analysis.review, analysis.reviewed_by, analysis.reviewed_at = review, by, timezone.now()
    analysis.reason = reason
    analysis.save(update_fields=["review", "reviewed_by", "reviewed_at", "reason", "summary", "keywords"])
    turn = analysis.turn
    if review == Review.EXCLUDED:
        excluding.exclude(turn.comparison_id, EXCLUDED_RULE, "text", turn_id=turn.pk, reason=reason, by=by)
    else:
        excluding.lift(turn.comparison_id, EXCLUDED_RULE, turn_id=turn.pk)
    let_go(turn)


def occurrences(passage, texts):
    """Where this very passage stands: (field, start, end)."""
    for field, text in texts.items():
        for match in re.finditer(re.escape(passage), text):
            yield field, *match.span()
