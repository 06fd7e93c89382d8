"""What becomes of each turn of a comparison, in words. The querysets decide; this module only says why.

A shadow exclusion is told from the first release made after it, not before: docs/decisions/0012.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from .models import Answer, Comparison, Turn, Vote

WITHDRAWN = _("The comparison was withdrawn.")
ERASED = _("Its texts were erased.")
DEMO = _("It is demonstration data.")
COHORT = _("It was made within a group, a course or a study, whose comparisons are not published.")
ROOM = _("It was made in a class room whose comparisons are not published.")
UNFINISHED = _("Its answers are not finished.")
NO_VOTE = _("There is no vote on these answers.")
CANNOT_SAY = _("The vote is “I can’t say”: it prefers no model.")
SIDE_MISSING = _("One of the two answers is missing.")
OTHER = _("A rule of publication sets it aside.")
RULES = {
    "personal-data": _("Personal data was found in it."),
    "personal-data-review": _("Someone is checking that it holds no personal data before it may be published."),
    "review": _("Someone is reading it again before it may be published."),
    "abuse": _("It was judged abusive."),
    "repeated-question": _("This browser had voted many times on the same question: the first votes alone count."),
    "burst": _("This browser gave more votes in a few minutes than anyone can compare answers."),
    "unread": _("Nearly all the votes of this browser came faster than answers can be read."),
    "one-model": _("This browser voted far more often on one model than it was drawn."),
    "vote-ring": _("It belongs to a series of votes that look arranged together."),
}


@dataclass
class Standing:
    """One turn. Where there is no reason against it, it is in: published with its text, or counted as a vote."""

    turn: Turn
    against_text: list
    against_vote: list
    is_custom: bool
    is_stopped: bool
    """An answer was stopped by the visitor: the release says so."""

    @property
    def has_text(self):
        return not self.against_text

    @property
    def has_vote(self):
        return not self.against_vote

    @property
    def has_row(self):
        return self.has_text or self.has_vote


def standings(comparison):
    """The Standing of each turn, in order, in a constant number of queries."""
    turns = (
        comparison.turns.order_by("number")
        .select_related("vote")
        .prefetch_related("answers__model")
        .annotate(
            is_publishable=among(Turn.objects.publishable()),
            is_ranked=among(Turn.objects.for_ranking()),
            is_on_custom_board=among(Turn.objects.for_custom_board()),
        )
    )
    exclusions = list(in_force(comparison))
    whole = of_the_comparison(comparison)
    return [_standing(comparison, turn, whole, exclusions) for turn in turns]


def among(turns):
    """Whether the turn is one of these."""
    return Exists(turns.filter(pk=OuterRef("pk")))


def in_force(comparison):
    """The exclusions that stand, each with `is_told`: false for a shadow one until a release was made after it."""
    released_since = Comparison.objects.filter(created_at__gte=OuterRef("created_at")).exclude(first_release="")
    exclusions = comparison.exclusions.filter(lifted_at=None).order_by("pk")
    for exclusion in exclusions.annotate(is_released_since=Exists(released_since)):
        exclusion.is_told = exclusion.is_released_since or not exclusion.shadow
        yield exclusion


def of_the_comparison(comparison):
    """Why nothing of it leaves the site."""
    found = {
        DEMO: comparison.origin == Comparison.Origin.DEMO,
        ERASED: comparison.erased_at,
        WITHDRAWN: comparison.withdrawn_at and not comparison.erased_at,
        COHORT: comparison.cohorts,
        ROOM: comparison.room and not comparison.room.publish,
    }
    return [reason for reason, holds in found.items() if holds]


def _standing(comparison, turn, whole, exclusions):
    statuses = {answer.status for answer in turn.answers.all()}
    common = [*whole, *([UNFINISHED] if statuses & {"pending", "streaming"} else [])]
    concerned = [exclusion for exclusion in exclusions if exclusion.turn_id in (None, turn.pk)]
    everything = [exclusion for exclusion in concerned if exclusion.scope == "everything"]
    return Standing(
        turn=turn,
        against_text=[] if turn.is_publishable else reasons(common, concerned),
        against_vote=[]
        if turn.is_ranked or turn.is_on_custom_board
        else reasons(common + of_the_vote(turn, statuses), everything),
        is_custom=comparison.mode == Comparison.Mode.CUSTOM,
        is_stopped=Answer.Status.STOPPED in statuses,
    )


def of_the_vote(turn, statuses):
    """Why a finished turn gives no vote to count."""
    vote = getattr(turn, "vote", None)
    found = {
        SIDE_MISSING: statuses & set(Answer.BROKEN),
        NO_VOTE: vote is None,
        CANNOT_SAY: vote and vote.choice == Vote.Choice.CANNOT_SAY,
    }
    return [reason for reason, holds in found.items() if holds]


def reasons(others, exclusions):
    """Those to tell of a turn that a queryset leaves out; none if only an exclusion not told yet explains it."""
    told = [*others, *(sentence(exclusion.rule) for exclusion in exclusions if exclusion.is_told)]
    is_silent = any(not exclusion.is_told for exclusion in exclusions)
    return list(dict.fromkeys(told)) or ([] if is_silent else [OTHER])


def sentence(rule):
    return RULES.get(rule) or _("The rule “%(rule)s” sets it aside.") % {"rule": rule}
