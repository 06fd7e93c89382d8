"""Computing the boards, and keeping them: all of a computation in one transaction, or nothing."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from arena import weighing
from arena.models import Turn
from models_catalog import placing
from models_catalog.models import LanguageModel

from . import boards, computing, extracting, ledger, trusting
from .analysing import Parameters
from .models import Rating, Snapshot

OF_BOARD = ("board", "counts", "critical_value", "freedom", "design_effect", "style", "pairs", "digest")
OF_RATING = ("rank", "tier", "score", "p_best", "style_score", "not_ranked", "votes", "visitors", "wins", "ties")
OF_RATING += ("losses", "both_bad", "win_rate", "decided_win_rate", "both_bad_rate")


@dataclass(frozen=True)
class Report:
    """What a computation came to; `weights` and `placed` only for the nightly boards of the real site."""

    document: dict
    ratings: int = 0
    weights: int = 0
    placed: int = 0
    trust: dict | None = None


def compute_live(demo=False, parameters=None, dry_run=False, trust=True, say=lambda text: None):
    """Tonight's boards, from an outcome file that is not kept: nobody can verify them, and they say so."""
    with TemporaryDirectory(prefix="comparia-leaderboard-") as place:
        document, needs, told = _compute(Path(place), "", demo, parameters or Parameters(), trust, say)
    return Report(document, trust=told) if dry_run else keep(document, needs, told)


def compute_release(release, place, demo=False, parameters=None, dry_run=False, trust=True, say=lambda text: None):
    """The boards of a release, and its two files in the directory `place`, which says DEMO in each if it is."""
    place.mkdir(parents=True, exist_ok=True)
    document, needs, told = _compute(place, release, demo, parameters or Parameters(), trust, say)
    computing.write(document, place / computing.DOCUMENT)
    return Report(document, trust=told) if dry_run else keep(document, needs, told)


def _compute(place, release, demo, parameters, trust, say):
    """The document, the needs of its pairs, and the trust panel if it is wanted."""
    path = place / computing.OUTCOMES
    say(f"{extracting.write_outcomes(path, release=release, demo=demo)} outcomes written")
    document, needs = computing.compute(path, parameters, say)
    everything = document["boards"][0]
    document["ledger"] = ledger.ledger(path, everything["ratings"], demo, parameters)
    if not trust:
        return document, needs, None
    say("trust panel: a minute for 300,000 votes")
    return document, needs, trusting.trust(path, everything, parameters, attempts(demo))


def attempts(demo=False):
    """{slug: how many drawn comparisons of this model could be voted, how many were}, in one query."""
    counted = (
        Turn.objects.could_be_voted(demo)
        .exclude(comparison__mode="custom")
        .order_by()
        .values_list("comparison__model_a__slug", "comparison__model_b__slug")
        .annotate(
            started=Count("comparison", distinct=True),
            voted=Count("comparison", distinct=True, filter=Q(vote__isnull=False)),
        )
    )
    found = {}
    for *models, started, voted in counted:
        for model in models:
            before = found.get(model, (0, 0))
            found[model] = (before[0] + started, before[1] + voted)
    return found


@transaction.atomic
def keep(document, needs, trust=None):
    """Write a document's boards; a nightly one of the real site also tells the draw and the catalogue."""
    now = timezone.now()
    demo, release = bool(document["demo"]), document["release"]
    ids = dict(LanguageModel.objects.values_list("slug", "pk"))
    ratings = 0
    for figures in document["boards"]:
        snapshot = Snapshot.objects.create(
            **{name: figures[name] for name in OF_BOARD},
            **{name: document[name] for name in ("inputs", "parameters", "versions", "release")},
            kind=Snapshot.Kind.RELEASE if release else Snapshot.Kind.LIVE,
            is_demo=demo,
            created_at=now,
            **{"ledger": document["ledger"], "trust": trust} if figures["board"] == boards.ALL else {},
        )
        made = [rating(snapshot, ids[found["model"]], found) for found in figures["ratings"]]
        ratings += len(Rating.objects.bulk_create(made))
    if demo or release:
        return Report(document, ratings, trust=trust)
    weights = weighing.set_pair_weights({(ids[one], ids[two]): need for (one, two), need in needs.items()}, now)
    return Report(document, ratings, weights, placing.place(summaries(document, ids, now)), trust)


def rating(snapshot, model_id, found):
    low, high = found["interval"] or (None, None)
    rank_low, rank_high = found["rank_interval"] or (None, None)
    return Rating(
        snapshot=snapshot,
        model_id=model_id,
        low=low,
        high=high,
        rank_low=rank_low,
        rank_high=rank_high,
        **{name: found[name] for name in OF_RATING},
    )


def summaries(document, ids, now):
    """What the catalogue shows of each ranked model."""
    [everything] = [figures for figures in document["boards"] if figures["board"] == boards.ALL]
    shown = ("tier", "rank", "score", "interval", "rank_interval", "votes")
    return {
        ids[found["model"]]: {name: found[name] for name in shown} | {"date": now.date().isoformat()}
        for found in everything["ratings"]
        if found["rank"]
    }
