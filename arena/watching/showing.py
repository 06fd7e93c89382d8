"""What a person needs to judge an exclusion: its evidence in words and numbers, and nothing that anybody wrote."""

from django.db.models import Count, Min, Q
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from ..models import Comparison, Exclusion

WORDS = {
    "same_question": _("Votes of this browser on this question"),
    "counted": _("Of which count"),
    "votes_in_ten_minutes": _("Votes of this browser in ten minutes"),
    "possible": _("Most that are possible"),
    "hasty": _("Of which faster than answers are read"),
    "characters": _("Characters of the two answers"),
    "seconds_from_first_word": _("Seconds from the first word to the vote"),
    "seconds_from_end": _("Seconds from the end to the vote"),
    "model": _("Model"),
    "visitors": _("Browsers that voted on it"),
    "votes": _("Votes looked at together"),
    "with_model": _("Of which on this model"),
    "expected": _("On this model, had votes followed draws"),
    "times": _("How many times likelier a vote is where it is drawn"),
    "won": _("Share that it won, ties as halves"),
    "won_expected": _("Share that it wins elsewhere"),
    "window": _("Looked at together by"),
    "group": _("Ring"),
}
WINDOWS = {"question": _("question"), "hour": _("hour"), "day": _("day"), "week": _("week")}


def evidence(exclusion):
    """[(words, value)], in the order of WORDS; what it does not know is left out."""
    found = exclusion.evidence
    return [(words, value(found[name])) for name, words in WORDS.items() if found.get(name) is not None]


def value(found):
    return WINDOWS.get(found, found) if isinstance(found, str) else number_format(found)


def browser(exclusion):
    """{"born", "asked", "voted", "aside"} of who asked; None of those who are not known any more."""
    key = exclusion.comparison.visitor_key
    mine = Comparison.objects.owned_by(key).order_by()
    in_force = Q(exclusions__lifted_at=None, exclusions__isnull=False, exclusions__scope="everything")
    counted = mine.aggregate(
        born=Min("created_at"),
        asked=Count("pk", distinct=True),
        voted=Count("pk", filter=Q(turns__vote__isnull=False), distinct=True),
        aside=Count("pk", filter=in_force, distinct=True),
    )
    return counted if key else None


def ring(exclusion):
    """The exclusions of the same ring that stand."""
    group = exclusion.evidence.get("group")
    of_group = Exclusion.objects.filter(rule=exclusion.rule, evidence__group=group, lifted_at=None)
    return of_group if group else Exclusion.objects.none()
