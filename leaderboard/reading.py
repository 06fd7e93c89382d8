"""What pages and programs read of the ranking: the boards of the last night, and the places on one of them."""

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.http import Http404

from models_catalog.models import LanguageModel
from models_catalog.published import PUBLISHED

from . import boards
from .models import Rating, Snapshot

TOLD = (
    *("slug", "name", "release_date", "total_params", "active_params", "are_params_estimated", "quantization"),
    *("organisation__name", "organisation__slug", "licence__name", "licence__distribution"),
)
NIGHTS = 730
"""Of a trajectory, at most: two years."""
OWN = [field.attname for field in Rating._meta.concrete_fields]


def last_boards():
    """The boards computed last, that of all votes first; [] if there is none.

    A local site on which nobody voted shows those of the demonstration, if it has them: `is_demo` says so.
    """
    live = _of_last_night(demo=False)
    if settings.LOCAL and not any(board.counts["votes"] for board in live):
        return _of_last_night(demo=True) or live
    return live


def _of_last_night(demo):
    """All boards of a computation are kept at the same instant."""
    nightly = Snapshot.objects.filter(kind=Snapshot.Kind.LIVE, is_demo=demo)
    newest = nightly.order_by("-created_at").values("created_at")[:1]
    return list(nightly.filter(created_at=Subquery(newest)).defer("pairs", "ledger", "trust").order_by("pk"))


def chosen(found, code):
    """The board of this code among those found, that of all votes if none is named. Raises Http404."""
    code = code or boards.ALL
    for board in found:
        if board.board == code:
            return board
    raise Http404("No such board.")


def ratings(snapshot):
    """The places on a board, those of models that are not ranked last, with what is told of each model. One query."""
    found = snapshot.ratings.filter(model__status__in=PUBLISHED)
    found = found.select_related("model__organisation", "model__licence")
    return found.only(*OWN, *(f"model__{name}" for name in TOLD))


def published_slugs(slugs):
    """Those of these models that the public may read about."""
    found = LanguageModel.objects.filter(slug__in=list(slugs), status__in=PUBLISHED)
    return set(found.values_list("slug", flat=True))


def history(snapshot):
    """The nights of the same board, the newest first."""
    return Snapshot.objects.live(snapshot.board, snapshot.is_demo).defer("pairs", "ledger", "style", "trust")


def trajectory(snapshot, model):
    """The ratings of a model on the last nights of the same board, each with the instant `at`, the first one first."""
    nights = Rating.objects.filter(
        model=model,
        snapshot__kind=Snapshot.Kind.LIVE,
        snapshot__board=snapshot.board,
        snapshot__is_demo=snapshot.is_demo,
    )
    return reversed(nights.annotate(at=F("snapshot__created_at")).order_by("-at", "-pk")[:NIGHTS])


def with_leader(nights):
    """The same, each with the `leader` of the night and its `leaders`, how many models the first tier had."""
    first = Rating.objects.filter(snapshot=OuterRef("pk"), rank=1, model__status__in=PUBLISHED)
    return nights.annotate(
        leader=Subquery(first.values("model__name")[:1]), leaders=Count("ratings", filter=Q(ratings__tier=1))
    )
