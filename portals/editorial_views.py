"""What the site is, and a workshop to lead with it: pages read from the Markdown files."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from .editorial import page

TABS = {
    "comparator": _("The arena"),
    "problem": _("The problem"),
    "history": _("Its history"),
    "faq": _("Frequent questions"),
    "partners": _("Partners"),
    "community": _("Community"),
}
SHAPES = {"history": "timeline", "faq": "folds", "partners": "cards", "community": "cards"}
"""How the sections of a tab are drawn, where not as prose."""


@require_safe
def product(request, tab="comparator"):
    if tab not in TABS:
        raise Http404
    text = page(f"product-{tab}", request.LANGUAGE_CODE)
    context = {"page": text, "tab": tab, "tabs": TABS, "shape": SHAPES.get(tab, "prose")}
    return render(request, "portals/product.html", context)


@require_safe
def duel(request):
    return render(request, "portals/duel.html", {"page": page("duel", request.LANGUAGE_CODE)})


@require_safe
def duel_sheet(request):
    """The sheet that participants fill in."""
    return render(request, "portals/duel_sheet.html", {"page": page("duel-sheet", request.LANGUAGE_CODE)})
