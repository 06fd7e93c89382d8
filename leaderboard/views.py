"""The public pages of the ranking."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from arena.traits import TRAITS
from models_catalog import published

from . import boards, charting, doubting, drawing, exporting, presenting, reading, recalling, telling, ticking, words

NIGHTS_PER_PAGE = 60
EXPORTS = {
    "csv": (exporting.as_csv, exporting.CSV),
    "json": (exporting.as_json, exporting.JSON),
    "parquet": (exporting.as_parquet, exporting.PARQUET),
}


@require_safe
def ranking(request):
    """A board; what a filter changes alone for htmx. An address that is not canonical leads to the one that is."""
    found = reading.last_boards()
    if not found:
        return render(request, "leaderboard/none.html")
    try:
        board = reading.chosen(found, request.GET.get("board"))
    except Http404:
        return render(request, "leaderboard/none.html", {"is_unknown": True}, status=404)
    ratings = list(reading.ratings(board))
    standing = presenting.standing(board, ratings, sheets_of(request), request.GET)
    is_fragment = request.htmx and not request.htmx.history_restore_request
    address = reverse("ranking") + (f"?{standing.query}" if standing.query else "")
    if not is_fragment and request.GET.urlencode() != standing.query:
        return redirect(address)
    ranked = [rating for rating in ratings if rating.rank]
    context = {
        "board": board,
        "name": telling.board_name(board.board),
        "boards": telling.board_groups(found),
        "standing": standing,
        "sorts": presenting.SORTS,
        "is_fragment": is_fragment,
        "kinds": list(EXPORTS),
        "board_query": urlencode({"board": board.board}),
        "said": telling.can_be_said(board, ranked) if ranked else [],
        "not_said": telling.cannot_be_said(board, ranked, len(ratings) - len(ranked)) if ranked else [],
        "choices": [rating.model for rating in ranked] if board.board == boards.ALL else [],
    }
    template = "leaderboard/_browsed.html" if is_fragment else "leaderboard/ranking.html"
    response = render(request, template, context)
    if is_fragment:
        response.headers["HX-Push-Url"] = address
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def energy(request):
    """Energy against satisfaction, on the board of all votes."""
    found = reading.last_boards()
    if not found:
        return render(request, "leaderboard/none.html")
    board = reading.chosen(found, "")
    ratings = [rating for rating in reading.ratings(board) if rating.rank]
    chart = charting.chart(board, ratings, sheets_of(request))
    return render(request, "leaderboard/energy.html", {"board": board, "chart": chart})


@require_safe
def energy_picture(request):
    """The same picture as a file to share."""
    board = reading.chosen(reading.last_boards(), "")
    ratings = [rating for rating in reading.ratings(board) if rating.rank]
    chart = charting.chart(board, ratings, ())
    if not chart.pictures:
        raise Http404("There is nothing to draw.")
    context = {"board": board, "chart": chart, "picture": chart.pictures[0], "is_file": True}
    return render(request, "leaderboard/_picture.svg", context, content_type="image/svg+xml")


@require_safe
def pair(request, one="", other=""):
    """Two models in a sentence; from the form, which names them in the query, an address of its own."""
    found = reading.last_boards()
    if not found:
        return render(request, "leaderboard/none.html")
    board = reading.chosen(found, "")
    ratings = list(reading.ratings(board))
    slugs = [one or request.GET.get("a", ""), other or request.GET.get("b", "")]
    named = {rating.model.slug: rating for rating in ratings}
    pair = [named.get(slug) for slug in slugs]
    context = {"board": board, "slugs": slugs, "choices": [rating.model for rating in ratings if rating.rank]}
    status = 200
    if any(slug and not rating for slug, rating in zip(slugs, pair, strict=True)):
        context["problem"], status = _("One of these models is not in the ranking: choose it again."), 404
    elif all(slugs) and slugs[0] == slugs[1]:
        context["problem"], status = _("This is the same model twice: choose two that differ."), 422
    elif all(pair) and not one:
        return redirect("ranking-pair", *slugs)
    elif all(pair):
        unranked = [rating for rating in pair if not rating.rank]
        if unranked:
            context["unranked"] = [(rating.model.name, telling.reason(rating, board.parameters)) for rating in unranked]
        else:
            context["pair"] = charting.pair(board, *pair, public=sheets_of(request))
        context["names"] = [rating.model.name for rating in pair]
    return render(request, "leaderboard/pair.html", context, status=status)


@require_safe
def preferences(request):
    """The words that visitors ticked for each model, on a board."""
    found = reading.last_boards()
    if not found:
        return render(request, "leaderboard/none.html")
    board = reading.chosen(found, request.GET.get("board"))
    table = ticking.table(board, reading.ratings(board), sheets_of(request), request.GET)
    if request.GET.urlencode() != table.query:
        return redirect(reverse("ranking-preferences") + (f"?{table.query}" if table.query else ""))
    context = {
        "board": board,
        "name": telling.board_name(board.board),
        "boards": telling.board_groups(found),
        "table": table,
        "least": words.LEAST,
    }
    return render(request, "leaderboard/preferences.html", context)


@require_safe
def method(request):
    """How the ranking is made, with its own numbers of today."""
    found = reading.last_boards()
    if not found:
        return render(request, "leaderboard/none.html")
    board = reading.chosen(found, "")
    ranked = [rating for rating in reading.ratings(board) if rating.rank]
    first = telling.Pair.of(board, *ranked[:2]) if len(ranked) > 1 else None
    context = {
        "board": board,
        "shares": telling.shares(board),
        "first": first,
        "rows": presenting.rows([first.first, first.second], drawing.Axis.over([]), ()) if first else [],
        "best": telling.percent(ranked[0].p_best) if first and ranked[0].p_best is not None else "",
        "wider": telling.wider(board),
        "traits": [(telling.trait(code), board.style[code]) for code in TRAITS if code in (board.style or {})],
        "rules": [(telling.rule(entry["rule"]), entry) for entry in (board.ledger or {}).get("rules", [])],
        "ranked": len(ranked),
        "tiers": len({rating.tier for rating in ranked}),
    }
    return render(request, "leaderboard/method.html", context)


@require_safe
def trust(request):
    """How far the board of all votes can be relied on."""
    found = reading.last_boards()
    if not found:
        return render(request, "leaderboard/none.html")
    board = reading.chosen(found, "")
    context = {"board": board}
    if board.trust:
        context |= doubting.doubts(board.trust, reading.ratings(board), sheets_of(request))
    return render(request, "leaderboard/trust.html", context)


@require_safe
def history(request):
    """One model over time, with what happened to it, the first one if none is named; the nights of the board."""
    found = reading.last_boards()
    if not found:
        return render(request, "leaderboard/none.html")
    board = reading.chosen(found, request.GET.get("board"))
    ratings = {rating.model.slug: rating for rating in reading.ratings(board)}
    asked = request.GET.get("model", "")
    shown = ratings.get(asked) if asked else next(iter(ratings.values()), None)
    page = Paginator(reading.with_leader(reading.history(board)), NIGHTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "board": board,
        "name": telling.board_name(board.board),
        "page": page,
        "choices": [rating.model for rating in ratings.values()],
        "story": shown and recalling.story(board, shown.model, shown.model_id in sheets_of(request)),
        "is_unknown": bool(asked) and not shown,
    }
    return render(request, "leaderboard/history.html", context, status=404 if context["is_unknown"] else 200)


@require_safe
def export(request, kind):
    """A board as a file, all of its models."""
    if kind not in EXPORTS:
        raise Http404("No such format.")
    board = reading.chosen(reading.last_boards(), request.GET.get("board"))
    written, content_type = EXPORTS[kind]
    response = HttpResponse(written(board, reading.ratings(board)), content_type=content_type)
    demo = "-DEMO" if board.is_demo else ""
    name = f"comparia-ranking-{slugify(board.board)}-{board.created_at:%Y-%m-%d}{demo}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def sheets_of(request):
    """The ids of the models that this site has a sheet of."""
    return set(published.public(request).values_list("pk", flat=True))
