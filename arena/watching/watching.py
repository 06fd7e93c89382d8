"""The job: what the rules find among recent votes is set aside, in shadow, and never again once a person lifted it."""

from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from models_catalog.models import LanguageModel

from ..excluding import exclude
from ..models import Comparison, Exclusion
from . import gathering, rules
from .seen import Thresholds

DAYS = 7


def watch(since=None, dry_run=False, say=lambda line: None):
    """{rule: counts of "found", "new", "lifted"}, `lifted` being left alone since a person took it back.

    Interrupted, it goes on at the next run; twice the same, it changes nothing.
    """
    seen = gathering.gathered(since or timezone.now() - timedelta(days=DAYS))
    say(f"{len(seen)} comparisons, {sum(one.is_voted for one in seen)} of them voted")
    found = list(rules.found(seen, gathering.scores(), Thresholds(**settings.WATCH)))
    known = Exclusion.objects.filter(rule__in=rules.NAMES, comparison__in={one.comparison for one in found})
    lifted = set(known.exclude(lifted_at=None).values_list("comparison", flat=True))
    standing = set(known.filter(lifted_at=None).values_list("comparison", "rule"))
    slugs = dict(LanguageModel.objects.values_list("pk", "slug"))
    counts = {rule: Counter(found=0, new=0, lifted=0) for rule in rules.NAMES}
    for number, one in enumerate(found, 1):
        count = counts[one.rule]
        count["found"] += 1
        if one.comparison in lifted:
            count["lifted"] += 1
        elif (one.comparison, one.rule) not in standing:
            count["new"] += dry_run or set_aside(one, slugs)
        if number % 500 == 0:
            say(f"{number} of {len(found)} votes looked at")
    return counts


def set_aside(one, slugs):
    """Whether it was not yet. One that went away meanwhile has nothing to set aside."""
    if not Comparison.objects.filter(pk=one.comparison).exists():
        return False
    evidence = one.evidence | ({"model": slugs[one.evidence["model"]]} if "model" in one.evidence else {})
    return exclude(one.comparison, one.rule, Exclusion.Scope.EVERYTHING, shadow=True, evidence=evidence)
