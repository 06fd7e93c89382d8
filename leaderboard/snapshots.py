"""Computing the boards, and keeping them: all of a computation in one transaction, or nothing."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from arena import codes, weighing
from arena.models import Turn
from arena.outcomes import write_outcomes
from models_catalog import placing
from models_catalog.models import LanguageModel

from . import boards, computing, ledger, manifests, trusting
from .analysing import Parameters
from .models import Rating, Snapshot

OF_BOARD = ("board", "counts", "critical_value", "freedom", "design_effect", "style", "pairs", "digest")
OF_RATING = ("rank", "tier", "score", "p_best", "style_score", "not_ranked", "votes", "visitors", "wins", "ties")
OF_RATING += ("losses", "both_bad", "win_rate", "decided_win_rate", "both_bad_rate", "words")


@dataclass(frozen=True)
class Report:
    """What a computation came to; `weights` and `placed` only for the nightly boards of the real site."""

    document: dict
    ratings: int = 0
    weights: int = 0
    placed: int = 0
    trust: dict | None = None


class ReleaseRefused(Exception):
    """No boards can be made of this folder; the message says why, for a person."""


def compute_live(demo=False, parameters=None, dry_run=False, trust=True, say=lambda text: None):
    """Tonight's boards, from an outcome file that is not kept: nobody can verify them, and they say so."""
    parameters, key = parameters or Parameters(), codes.own_key("leaderboard")
    with TemporaryDirectory(prefix="comparia-leaderboard-") as place:
        path = Path(place) / computing.OUTCOMES
        say(f"{write_outcomes(path, demo=demo, key=key)} outcomes written")
        document, needs = computing.compute(path, parameters, say)
        document["ledger"] = ledger.ledger(path, document["boards"][0]["ratings"], key, demo, parameters)
        told = _trust(path, document, parameters, attempts(demo), say) if trust else None
    return Report(document, trust=told) if dry_run else keep(document, needs, told)


def compute_release(release, place, parameters=None, dry_run=False, trust=True, say=lambda text: None):
    """The boards of a release, from the outcome file in its folder `place`, and `leaderboard.json` beside it.

    The same file again writes the same document, and keeps nothing more. Raises ReleaseRefused, OutcomesRefused.
    """
    path, parameters = place / computing.OUTCOMES, parameters or Parameters()
    document, needs = computing.compute(path, parameters, say)
    if document["release"] != release:
        raise ReleaseRefused(f"{path} is of the release “{document['release']}”, not of “{release}”.")
    _check_manifest(place, release, document["inputs"]["sha256"])
    demo = bool(document["demo"])
    kept = dict(Snapshot.objects.of_release(release, demo).values_list("board", "digest"))
    if kept and kept != {figures["board"]: figures["digest"] for figures in document["boards"]}:
        raise ReleaseRefused(
            f"The boards of release {release} are kept already, and never change: these would be of other votes, or "
            "made by another version."
        )
    if kept or dry_run:
        report = Report(document)
    else:
        report = keep(document, needs, _trust(path, document, parameters, None, say) if trust else None)
    if not dry_run:
        computing.write(document, place / computing.DOCUMENT)
    return report


def _check_manifest(place, release, sha256):
    """Raises ReleaseRefused where the manifest, if there is one, is of another release or of another file."""
    try:
        name, known = manifests.release(place), manifests.revisions(place, computing.OUTCOMES)
    except manifests.ManifestRefused as error:
        raise ReleaseRefused(str(error)) from None
    if name and name != release:
        raise ReleaseRefused(f"{manifests.MANIFEST} is of the release “{name}”, not of “{release}”.")
    if name and sha256 != next(reversed(known), ""):
        wanted = f"revision {max(known.values())}" if known else "none"
        raise ReleaseRefused(
            f"{computing.OUTCOMES} is not that of {manifests.MANIFEST}: it is {manifests.named(sha256, known)}, and "
            f"{wanted} is wanted."
        )


def _trust(path, document, parameters, attempted, say):
    say("trust panel: a minute for 300,000 votes")
    return trusting.trust(path, document["boards"][0], parameters, attempted)


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
            **{"ledger": document.get("ledger"), "trust": trust} if figures["board"] == boards.ALL else {},
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
