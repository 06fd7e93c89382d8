"""The ranking for programs, readable from any site. docs/api.md has the fields."""

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse

from models_catalog.api import public
from models_catalog.describing import PAGE, TEXT, answers

from . import exporting, reading, schemas
from .models import Snapshot

OF_BOARD = ("board", "kind", "is_demo", "created_at", "can_be_verified", "digest", "counts")
OF_METHOD = ("inputs", "parameters", "versions", "critical_value", "freedom", "design_effect", "style")
OF_HISTORY = ("rank", "tier", "score", "low", "high", "votes")
NIGHTS_PER_PAGE = 30


@public
@answers("The boards of the last night, that of all votes first.", schemas.BOARDS)
def boards(request):
    return {"boards": [described(request, board) for board in reading.last_boards()]}


@public
@answers("A board with its method and the place of each model.", schemas.BOARD)
def board(request, code):
    found = reading.chosen(reading.last_boards(), code)
    method = {name: getattr(found, name) for name in OF_METHOD}
    ratings = list(reading.ratings(found))
    lines = exporting.lines(found, ratings)
    return (
        described(request, found)
        | method
        | {"ratings": [line | {"words": exporting.words(of)} for line, of in zip(lines, ratings, strict=True)]}
    )


@public
@answers("The nights of a board, the last first.", schemas.HISTORY, PAGE)
def history(request, code):
    nights = reading.history(reading.chosen(reading.last_boards(), code)).prefetch_related("ratings__model")
    page = Paginator(nights, NIGHTS_PER_PAGE).get_page(request.GET.get("page"))
    return {
        "count": page.paginator.count,
        "page": page.number,
        "pages": page.paginator.num_pages,
        "history": [
            {name: getattr(night, name) for name in OF_BOARD}
            | {
                "ratings": [
                    {"model": rating.model.slug} | {name: getattr(rating, name) for name in OF_HISTORY}
                    for rating in night.ratings.all()
                    if rating.rank and rating.model.status in reading.PUBLISHED
                ]
            }
            for night in page
        ],
    }


@public
@answers(
    "How far the board of all votes can be relied on (docs/trust.md).",
    schemas.TRUST,
    {"release": ("That of a release, by its name; without, of the last night.", TEXT)},
)
def trust(request, code):
    """The last night's; with `release`, that of its board. Names of models that are not published are null."""
    release = request.GET.get("release")
    found = of_release(release, code) if release else reading.chosen(reading.last_boards(), code)
    told = found.trust
    if not told:
        raise Http404("No trust panel was computed for this board.")
    known = reading.published_slugs(row["model"] for row in told["models"])
    named = {name: hidden(held, known) for name, held in told.items() if isinstance(held, dict)}
    named["drills"] = [hidden(drill, known) for drill in told["drills"]]
    named["models"] = [row for row in told["models"] if row["model"] in known]
    of_board = ("board", "kind", "release", "is_demo", "created_at", "digest")
    return {name: getattr(found, name) for name in of_board} | {"trust": told | named}


def of_release(release, code):
    found = Snapshot.objects.of_release(release).filter(board=code).first() if "\0" not in release + code else None
    if found is None:
        raise Http404("No such board.")
    return found


def hidden(held, known):
    """The same, without the names of models that are not published."""
    return held | {name: held[name] if held[name] in known else None for name in ("model", "other") if name in held}


def described(request, found):
    return {name: getattr(found, name) for name in OF_BOARD} | {
        "url": request.build_absolute_uri(reverse("api-board", args=[found.board])),
        "history": request.build_absolute_uri(reverse("api-board-history", args=[found.board])),
    }
