"""The pages of a visitor's rights: what will be published, the receipt, the withdrawal, their own comparisons."""

from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Left
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from . import copying, limits, preferences, published, refusals, rights
from .models import Comparison, Turn, Vote
from .refusals import Refused
from .standing import standings
from .views import owned, refusable
from .visitors import FORMER_COOKIE, recognised

ON_A_PAGE = 20
LONGEST_BEGINNING = 160  # characters of a question that a list shows


@never_cache
@recognised
@require_safe
def publication(request, id):
    """What will be published of the comparison: exactly the rows that a release would hold now."""
    comparison = owned(request, id)
    found = standings(comparison)
    rows = published.for_its_visitor(comparison, found)
    context = {
        "comparison": comparison,
        "turns": [(standing, rows.get(standing.turn.number, ())) for standing in found],
    }
    return render(request, "arena/rights/publication.html", context)


# --- With a receipt -----------------------------------------------------------------------------------


def with_receipt(view):
    """Give the view the comparison of the address's code, or answer that there is none. Search engines stay out."""

    @never_cache
    @refusable
    @wraps(view)
    def with_comparison(request, code):
        comparison = looked_up(request, code)
        response = unknown(request, code) if comparison is None else view(request, comparison)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return with_comparison


def looked_up(request, code):
    """The comparison of this receipt, or None; wrong codes are counted, and refused once they are too many.

    A right one always opens: a school shares an address, and a code is far too long to be found by trying.
    """
    comparison = rights.by_receipt(code)
    if comparison is None and limits.wrong_receipts(request, 1):
        raise Refused(refusals.TOO_MANY_RECEIPTS, 429)
    return comparison


def unknown(request, code):
    return render(request, "arena/rights/find.html", {"code": code[:60], "is_unknown": True}, status=404)


@never_cache
@refusable
@require_safe
def find(request):
    code = request.GET.get("code", "")
    if not code.strip():
        return render(request, "arena/rights/find.html")
    comparison = looked_up(request, code)
    return unknown(request, code) if comparison is None else redirect("receipt", code=comparison.receipt)


@require_safe
@with_receipt
def receipt(request, comparison):
    return render(request, "arena/rights/receipt.html", {"comparison": comparison, "standings": standings(comparison)})


@require_http_methods(["GET", "HEAD", "POST"])
@with_receipt
def withdrawal(request, comparison):
    if request.method == "POST":
        rights.withdraw(comparison)
        return redirect("receipt", code=comparison.receipt)
    return render(request, "arena/rights/withdraw.html", {"comparison": comparison})


# --- Of this browser ----------------------------------------------------------------------------------


@never_cache
@recognised
@require_safe
def mine(request):
    page = Paginator(listed(request.visitor_key), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "arena/rights/mine.html", {"page": page})


def listed(visitor_key):
    """The visitor's comparisons, newest first, with what a list tells of each."""
    first_turn = Turn.objects.filter(comparison=OuterRef("pk"), number=1)
    return (
        Comparison.objects.owned_by(visitor_key)
        .select_related("model_a", "model_b")
        .annotate(
            beginning=Subquery(first_turn.values(start=Left("prompt", LONGEST_BEGINNING))),
            is_voted=Exists(Vote.objects.filter(turn__comparison=OuterRef("pk"))),
        )
        .order_by("-created_at", "pk")
    )


@never_cache
@recognised
@require_safe
def copy(request):
    response = StreamingHttpResponse(copying.copy(request.visitor_key), content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="comparia.json"'
    return response


@never_cache
@recognised
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request):
    if request.method != "POST":
        count = Comparison.objects.owned_by(request.visitor_key).count()
        return render(request, "arena/rights/erase.html", {"count": count})
    count = rights.erase_all(request.visitor_key)
    done = ngettext(
        "%(count)d comparison was erased. Its receipt goes on saying so.",
        "%(count)d comparisons were erased. Their receipts go on saying so.",
        count,
    )
    messages.success(request, done % {"count": count})
    response = redirect("my-comparisons")
    for cookie in (settings.VISITOR_COOKIE, FORMER_COOKIE, preferences.COOKIE):
        response.delete_cookie(cookie, samesite="Lax")
    return response
