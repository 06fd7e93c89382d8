"""Boards for tests of what shows them: as a computation keeps them, with figures of no meaning."""

from django.utils import timezone

from leaderboard.models import Rating, Snapshot
from models_catalog.tests import factories

PARAMETERS = {"seed": 2026, "level": 0.95, "resamples": 1000, "least_votes": 30, "least_visitors": 10}


def board(models, not_ranked=(), at=None, **fields):
    """A snapshot in which these models have places, from the first one on, and others have none."""
    count = len(models)
    upper = [range(place + 1, count) for place in range(count)]
    counts = {
        "votes": 100 * count,
        "used": 100 * count,
        "left_out": 0,
        "visitors": 40,
        "models": count,
        "ranked": count,
    }
    counts |= {"a_better": 35 * count, "b_better": 35 * count, "both_good": 10 * count, "both_bad": 20 * count}
    snapshot = Snapshot.objects.create(
        **{
            "board": "all",
            "kind": Snapshot.Kind.LIVE,
            "created_at": at or timezone.now(),
            "inputs": {"file": "outcomes.parquet", "sha256": "0" * 64, "rows": counts["votes"]},
            "parameters": PARAMETERS,
            "versions": {"python": "3.11", "numpy": "2", "code": "abc"},
            "digest": "d" * 64,
            "counts": counts,
            "critical_value": 3.5,
            "freedom": 30,
            "design_effect": 1.44,
            "style": {"length": {"points": 12.5, "interval": [3, 22]}},
            "pairs": {
                "models": [model.slug for model in models],
                "better": [[0.8] * len(row) for row in upper],
                "votes_to_tell": [[1234] * len(row) for row in upper],
                "votes": [[7] * len(row) for row in upper],
            },
            "ledger": {"votes": counts["votes"], "kept": counts["votes"], "rules": []},
        }
        | fields
    )
    Rating.objects.bulk_create(
        [rating(snapshot, model, place) for place, model in enumerate(models, 1)]
        + [Rating(snapshot=snapshot, model=model, not_ranked=reason, **tally(votes=12)) for model, reason in not_ranked]
    )
    return snapshot


def rating(snapshot, model, place):
    score = 1100 - 10 * place
    return Rating(
        snapshot=snapshot,
        model=model,
        rank=place,
        tier=1 if place < 3 else 2,
        score=score,
        low=score - 15,
        high=score + 15,
        rank_low=max(1, place - 1),
        rank_high=place + 1,
        p_best=0.4,
        style_score=1000 + place,
        **tally(votes=100 + place),
    )


def tally(votes):
    return {
        **{"votes": votes, "visitors": 20, "wins": votes // 2, "ties": votes // 4, "losses": votes // 4},
        **{"both_bad": votes // 5, "win_rate": 0.625, "decided_win_rate": 0.6667, "both_bad_rate": 0.2},
        "words": {"ticked": 40 if votes > 40 else 4, "votes": {"useful": 20, "incorrect": 4}},
    }


def models(count, **fields):
    return [factories.model(f"model-{number}", served=False, **fields) for number in range(1, count + 1)]


def trust(models, **fields):
    """A panel of these models, of which the last one moves and is often left, with figures of no meaning."""
    choices = ["published", "ties_dropped", "style"]
    share = {"value": 0.4, "low": 0.3, "high": 0.5}
    fragile = {"model": models[0].slug, "other": models[-1].slug, "predicted": 3, "verified": 4, "of": 2000}
    drill = {"model": models[-1].slug, "tier": 2, "naive": 12, "filtered": None, "most": 2000}
    return {
        "counts": {"votes": 2000, "visitors": 300},
        **dict.fromkeys(("leader_by_votes", "tier_by_votes"), fragile),
        **dict.fromkeys(("leader_by_visitors", "tier_by_visitors"), fragile | {"verified": None, "of": 300}),
        "drills": [
            drill | {"attack": {"visitors": 1, "days": 1}},
            drill | {"attack": {"visitors": 100, "days": 7}, "naive": 30, "filtered": 45},
        ],
        "position": {
            "log_odds": {"value": 0.04, "low": 0.02, "high": 0.06},
            "chance": {"value": 0.5116, "low": 0.505, "high": 0.518},
        },
        "style": [
            {
                "trait": "length",
                "difference": 0.3333,
                "points": {"value": 18.96, "low": 3.2, "high": 34.5},
                "chance": share,
            }
        ],
        "agreement_of_one_visitor": {"votes": 90, "visitors": 30, "share": share},
        "agreement_between_visitors": {"votes": 0, "visitors": 0, "share": None},
        "concentration": {"visitors": 300, "most_active": 3, "share": 0.2997, "gini": 0.8088},
        "abandonment": {"mean": 0.25},
        "choices": choices,
        "models": [
            {
                "model": model.slug,
                **{"votes": 100, "as_first": 48, "visitors": 20, "opponents": len(models) - 1},
                "tiers": dict.fromkeys(choices, 1)
                | ({"style": 2, "ties_dropped": None} if model is models[-1] else {}),
                **{"started": 40, "voted": 24, "abandoned": share, "differs": model is models[-1]},
            }
            for model in models
        ],
    } | fields
