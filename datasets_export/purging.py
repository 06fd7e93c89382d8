"""Applies the retention periods of docs/retention.md. Run again, it does nothing more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from arena import expiring
from arena.visitors import THIRTEEN_MONTHS
from portals.models import Feedback
from staff.models import Event

from .enrichment import forgetting
from .legacy import forgetting as legacy_forgetting

OF_A_COOKIE = timedelta(seconds=THIRTEEN_MONTHS)
"""What a browser can still see does not go, whatever the settings say."""


@dataclass(frozen=True)
class Rule:
    """`found(before)` are the rows whose time has passed, `purge(rows)` says how many it took care of."""

    name: str
    what: str
    found: Callable
    purge: Callable
    least: timedelta = timedelta()

    def before(self, at):
        return at - max(timedelta(days=settings.RETENTION_DAYS[self.name]), self.least)


def deleted(rows):
    return rows.delete()[0]


RULES = (
    Rule("sessions", "sessions past their end", lambda before: Session.objects.filter(expire_date__lt=before), deleted),
    Rule("staff", "events of the journal of the staff", lambda before: Event.objects.filter(at__lt=before), deleted),
    Rule(
        "messages",
        "messages of visitors, once handled",
        lambda before: Feedback.objects.filter(handled_at__lt=before),
        deleted,
    ),
    Rule("rooms", "class rooms whose pupils are forgotten", expiring.rooms, expiring.close),
    Rule("unpublished", "comparisons never to be published, erased", expiring.unpublished, expiring.erase, OF_A_COOKIE),
    Rule("attempts", "replaced answers emptied", expiring.attempts, expiring.empty, OF_A_COOKIE),
    Rule("visitors", "visitors whose cookie was cut off", expiring.visitors, expiring.cut, OF_A_COOKIE),
    # After the erasures, so that what they leave behind goes the same night: these wait for nothing.
    Rule(
        *("analyses", "analyses of withdrawn or erased texts emptied", lambda _before: forgetting.to_forget()),
        lambda _rows: forgetting.forget(),
    ),
    Rule(
        *(
            "legacy",
            "raw rows of withdrawn or erased comparisons emptied",
            lambda _before: legacy_forgetting.to_forget(),
        ),
        lambda _rows: legacy_forgetting.forget(),
    ),
)


def purge(at=None, dry_run=False):
    """Yield (rule, how many) as each is done; `dry_run` only counts."""
    at = at or timezone.now()
    for rule in RULES:
        rows = rule.found(rule.before(at))
        yield rule, rows.count() if dry_run else rule.purge(rows)
