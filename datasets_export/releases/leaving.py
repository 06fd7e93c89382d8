"""Which turns are in a release, and which rule leaves the others out: docs/membership.md, then their analysis."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf

from arena import codes
from arena.models import Exclusion, Turn
from arena.querysets import answered
from datasets_export.models import Analysis

Review = Analysis.Review

PASSING = {"unfinished", "not-analysed", "review", "personal-data-review"}
"""Rules that say nothing yet: what was released before stays in the releases where it is."""


def in_scope(turns, release):
    """Those asked early enough, on the portal and in the language of the release, if it has one."""
    turns = turns.filter(created_at__lt=release.until)
    if release.portal_id:
        turns = turns.filter(comparison__portal=release.portal_id)
    if release.language:
        turns = turns.filter(prompt_language=release.language)
    return turns


def released(release):
    """The turns to release, but for those whose texts changed since their analysis: only their digest tells."""
    turns = in_scope(Turn.objects.publishable(release.is_demo), release).filter(analysis__status="done")
    return turns.exclude(analysis__review__in=[Review.WAITING, Review.EXCLUDED])


def with_outcome(release):
    return in_scope(Turn.objects.with_outcome(release.is_demo), release)


def left_out(release):
    """The other turns of its scope, each with `rule`: the first that holds."""
    origins = ["demo"] if release.is_demo else ["live", "imported"]
    turns = in_scope(Turn.objects.filter(comparison__origin__in=origins), release)
    return turns.annotate(rule=rule(release)).exclude(rule="").order_by()


def rule(release):
    """Which rule leaves a turn out of this release, "" if none. What a person redacted since then leaves it too."""
    exclusions = Exclusion.objects.filter(
        Q(turn=OuterRef("pk")) | Q(turn=None), comparison=OuterRef("comparison"), lifted_at=None
    )
    named = Coalesce(Subquery(exclusions.order_by("-scope", "rule").values("rule")[:1]), Value(""))
    before = Case(
        When(comparison__erased_at__isnull=False, then=Value("erased")),
        When(comparison__withdrawn_at__isnull=False, then=Value("withdrawn")),
        When(~Q(comparison__cohorts=[]), then=Value("cohort")),
        When(comparison__room__publish=False, then=Value("room")),
        When(answered("pending", "streaming"), then=Value("unfinished")),
        default=named,
        output_field=CharField(),
    )
    after = Case(
        When(analysis=None, then=Value("not-analysed")),
        When(analysis__review__in=[Review.WAITING, Review.EXCLUDED], then=Value("review")),
        When(
            analysis__review=Review.REDACTED,
            analysis__reviewed_at__gt=release.created_at,
            then=Value("personal-data"),
        ),
        When(~Q(analysis__status="done"), then=Value("not-analysed")),
        default=Value(""),
        output_field=CharField(),
    )
    return Coalesce(NullIf(before, Value("")), after)


class Gone(NamedTuple):
    rule: str
    comparison: UUID


def gone(release, key, but=frozenset()):
    """{(comparison's code, turn): Gone} of what must not be in the files of this release, rules of `but` aside."""
    turns = left_out(release).exclude(rule__in=but).values_list("comparison_id", "number", "rule")
    return {
        (codes.comparison_code(key, comparison), number): Gone(rule, comparison)
        for comparison, number, rule in turns.iterator(chunk_size=5000)
    }


def outcomes_gone(release, key):
    """(comparison's code, turn) of the votes that must not be in its outcome file."""
    there = Turn.objects.with_outcome(release.is_demo).filter(pk=OuterRef("pk"))
    votes = in_scope(Turn.objects.filter(~Exists(there), vote__isnull=False), release)
    votes = votes.order_by().values_list("comparison_id", "number")
    return {(codes.comparison_code(key, comparison), number) for comparison, number in votes.iterator(chunk_size=5000)}
