"""The pages that say how far the site is accessible, and how light it is, from the tables of `criteria`."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from .criteria import STATUSES, table

NAMES = {
    "met": _("Met"),
    "not_met": _("Not met"),
    "to_check": _("Still to be checked"),
    "not_applicable": _("Does not apply"),
}
STATES = {
    "full": _("Accessibility: fully compliant"),
    "partial": _("Accessibility: partially compliant"),
    "none": _("Accessibility: not compliant"),
}
"""As the law wants them in the footer."""


REASONS = {
    "7.1": _("tools find nothing wrong, and no screen reader was used yet."),
    "8.2": _("the templates and the pages passed two checks, and not yet that of the W3C."),
    "8.7": _("a question or an answer in another language than the page is not marked as such."),
}
"""Why a criterion of accessibility does not count as met, for whoever reads the statement."""

BUDGETS = [
    (_("Arena"), 130, 913),
    (_("Home"), 180, 1478),
    (_("Ranking"), 200, 898),
    (_("Models"), 200, 879),
]
"""In kB: at most, and what the site before weighed. `bench.pages` holds the site to the first."""

FURTHER = [
    ("ranking-energy", _("Energy and satisfaction")),
    ("ranking-preferences", _("Preferences")),
    ("ranking-compare", _("Compare two models of the ranking")),
    ("ranking-method", _("Method of the ranking")),
    ("compare-models", _("Compare two model sheets")),
    ("register", _("What changed in the catalogue")),
    ("duel", _("The AI duel workshop")),
]
"""Pages that the menus do not name."""


@require_safe
def accessibility(request):
    return statement(request, "portals/accessibility.html", "rgaa", gaps=gaps(request.LANGUAGE_CODE))


@require_safe
def eco_design(request):
    return statement(request, "portals/eco_design.html", "rgesn", budgets=BUDGETS)


@require_safe
def site_map(request):
    return render(request, "portals/site_map.html", {"further": [(reverse(name), label) for name, label in FURTHER]})


def statement(request, template, name, **context):
    found = table(name)
    groups = [(status, NAMES[status], titled(found.of(status), request.LANGUAGE_CODE)) for status in STATUSES]
    is_state = request.portal.theme == request.portal.Theme.DSFR
    shown = {"table": found, "groups": [group for group in groups if group[2]], "is_state": is_state}
    return render(request, template, shown | context)


def titled(rows, language):
    return [(row.number, *row.title(language)) for row in rows]


def gaps(language):
    """The criteria of accessibility that do not count as met, each with its reason."""
    found = table("rgaa")
    return [(*told, REASONS[told[0]]) for told in titled([*found.of("not_met"), *found.of("to_check")], language)]
