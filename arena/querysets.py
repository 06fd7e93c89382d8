"""Which rows belong to whom, and which are published or ranked: the table of docs/membership.md, and nowhere else."""

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone


class ComparisonQuerySet(models.QuerySet):
    def owned_by(self, visitor_key):
        """The visitor's own comparisons. Every query of a page starts here; without a key it is empty."""
        return self.filter(visitor_key=visitor_key) if visitor_key else self.none()


class RoomQuerySet(models.QuerySet):
    """A page of a class room starts here; without a key every set is empty."""

    def taught_by(self, visitor_key):
        """Those that this browser opened, or leads since it came by the secret link."""
        if not visitor_key:
            return self.none()
        return self.filter(Q(owner_key=visitor_key) | self._with_member(visitor_key, is_teacher=True))

    def joined_by(self, visitor_key):
        """Those that this browser is in as a pupil."""
        return self.filter(self._with_member(visitor_key, is_teacher=False)) if visitor_key else self.none()

    def open(self):
        return self.filter(expires_at__gt=timezone.now())

    @staticmethod
    def _with_member(visitor_key, is_teacher):
        members = apps.get_model("arena", "RoomMember").objects
        return Q(Exists(members.filter(room=OuterRef("pk"), visitor_key=visitor_key, is_teacher=is_teacher)))


class TurnQuerySet(models.QuerySet):
    """A turn is the row of a release, of an outcome file and of a ranking.

    `demo=True` gives the same set among demonstration data alone, which never mixes with the rest.
    """

    def publishable(self, demo=False):
        """Turns whose text may be in a release, voted or not; spans of personal data are redacted there."""
        return self._leaving_the_site(demo).exclude(excluded("text", "everything"))

    def for_analysis(self):
        """Turns, of demonstrations too, whose text could leave the site if no exclusion stood: those to look into."""
        return self._leaving_the_site(demo=None)

    def to_watch(self):
        """Turns of visitors' drawn comparisons on which one could vote, voted or not, whatever excludes them."""
        turns = self._leaving_the_site(demo=False).exclude(answered("failed", "interrupted"))
        return turns.filter(comparison__origin="live").exclude(comparison__mode="custom")

    def with_outcome(self, demo=False):
        """Turns that give a row of outcomes: a preference, or a tie, on two answers that finished or were stopped."""
        return self._told(demo).exclude(excluded("everything"))

    def for_ranking(self, demo=False):
        """Outcomes of pairs that the site drew: what the boards are computed from."""
        return self.with_outcome(demo).exclude(comparison__mode="custom")

    def for_custom_board(self, demo=False):
        """Outcomes of pairs that a visitor chose: they have a board of their own."""
        return self.with_outcome(demo).filter(comparison__mode="custom")

    def could_be_voted(self, demo=False):
        """Turns on whose two answers, finished or stopped, a visitor could vote, whether or not one did."""
        return self._leaving_the_site(demo).exclude(answered("failed", "interrupted")).exclude(excluded("everything"))

    def left_out_by(self, rule, demo=False):
        """What would be `for_ranking()` were it not for this rule of exclusion: for a ledger, never for a release."""
        alone = excluded("everything", rule=rule) & ~excluded("everything", but=rule)
        return self._told(demo).exclude(comparison__mode="custom").filter(alone)

    def _told(self, demo):
        """A preference, or a tie, on two answers that finished or were stopped; exclusions aside."""
        return (
            self._leaving_the_site(demo)
            .filter(vote__isnull=False)
            .exclude(vote__choice="cannot_say")
            .exclude(answered("failed", "interrupted"))
        )

    def _leaving_the_site(self, demo):
        """Finished turns of comparisons that are neither withdrawn, erased, of a cohort, nor of a closed room."""
        origins = {True: ["demo"], False: ["live", "imported"], None: ["demo", "live", "imported"]}[demo]
        return (
            self.filter(
                comparison__origin__in=origins,
                comparison__withdrawn_at=None,
                comparison__erased_at=None,
                comparison__cohorts=[],
            )
            .filter(Q(comparison__room=None) | Q(comparison__room__publish=True))
            .exclude(answered("pending", "streaming"))
        )


def answered(*statuses):
    """Whether one of the turn's answers is in one of these states."""
    answers = apps.get_model("arena", "Answer").objects
    return Exists(answers.filter(turn=OuterRef("pk"), status__in=statuses))


def excluded(*scopes, rule=None, but=None):
    """Whether an exclusion in force, of the turn or of its comparison, has one of these scopes; of this rule alone, or
    of any but one."""
    exclusions = apps.get_model("arena", "Exclusion").objects.filter(
        Q(turn=OuterRef("pk")) | Q(turn=None),
        comparison=OuterRef("comparison"),
        scope__in=scopes,
        lifted_at=None,
    )
    if rule:
        exclusions = exclusions.filter(rule=rule)
    return Exists(exclusions.exclude(rule=but) if but else exclusions)
