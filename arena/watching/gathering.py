"""From the rows of the arena to what the rules look at: a question becomes a digest, answers their length."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, FilteredRelation, Min, OuterRef, Q
from django.db.models.functions import Length

from models_catalog.models import LanguageModel

from ..models import Comparison, Turn, Vote
from .seen import Seen, normalised

RESULTS = {"a_better": 1.0, "b_better": 0.0, "both_good": 0.5, "both_bad": 0.5}
AT_ONCE = 2_000
OF_ANSWERS = [f"{side}__{name}" for side in "ab" for name in ("started_at", "first_token_ms", "finished_at")]


@transaction.atomic  # else each cursor would copy its whole result on the server first
def gathered(since):
    """The Seen of what visitors asked from then on, excluded or not: the same rows give the same findings."""
    births, votes = first_questions(since), dict(first_votes(since))
    opening = Turn.objects.to_watch().filter(number=1, comparison__created_at__gte=since).order_by()
    of_comparison = [
        f"comparison__{name}" for name in ("visitor_key", "created_at", "model_a", "model_b", "portal", "mode")
    ]
    found = []
    for comparison, prompt, visitor, asked, model_a, model_b, portal, mode in opening.values_list(
        "comparison", "prompt", *of_comparison
    ).iterator(chunk_size=AT_ONCE):
        seen = Seen(
            comparison=comparison,
            visitor=visitor,
            at=asked.timestamp(),
            models=(model_a, model_b),
            draw=(portal, mode, asked.date()),
            question=digest(prompt),
            age=(asked - births.get(visitor, asked)).total_seconds(),
            **votes.get(comparison, {}),
        )
        found.append(seen)
    return found


def first_questions(since):
    """{visitor's key: when their first question ever came}, of those who asked one since then."""
    live = Comparison.objects.filter(origin=Comparison.Origin.LIVE, visitor_key__isnull=False).order_by()
    recent = live.filter(visitor_key=OuterRef("visitor_key"), created_at__gte=since)
    born = live.filter(Exists(recent)).values("visitor_key").annotate(born=Min("created_at"))
    return dict(born.values_list("visitor_key", "born"))


def first_votes(since):
    """The first vote of each comparison that prefers or ties, whatever is said on later turns: one visitor met one pair
    once."""
    earlier = Vote.objects.filter(
        turn__comparison=OuterRef("comparison"), turn__number__lt=OuterRef("number"), choice__in=RESULTS
    )
    turns = Turn.objects.to_watch().filter(vote__choice__in=RESULTS, comparison__created_at__gte=since)
    turns = turns.exclude(Exists(earlier)).order_by()
    turns = turns.annotate(**{side: FilteredRelation("answers", condition=Q(answers__side=side)) for side in "ab"})
    rows = turns.annotate(length=Length("a__text") + Length("b__text")).values_list(
        "comparison", "vote__choice", "vote__created_at", "length", *OF_ANSWERS
    )
    for comparison, choice, voted, length, *answers in rows.iterator(chunk_size=AT_ONCE):
        yield (
            comparison,
            {"result": RESULTS[choice], "voted_at": voted.timestamp(), "length": length} | waited(voted, *answers),
        )


def waited(voted, started_a, first_a, finished_a, started_b, first_b, finished_b):
    """Seconds from the first word and from the last one to the vote; none where an answer does not say when it came."""
    if None in (started_a, finished_a, started_b, finished_b):
        return {}
    begun = min(
        started + timedelta(milliseconds=first or 0) for started, first in ((started_a, first_a), (started_b, first_b))
    )
    return {
        "reading": round((voted - begun).total_seconds(), 2),
        "deciding": round((voted - max(finished_a, finished_b)).total_seconds(), 2),
    }


def digest(question):
    plain = normalised(question)
    return hashlib.blake2b(plain.encode(), digest_size=8).hexdigest() if plain else ""


def scores():
    """{model's id: its score on the last board}, where it has one."""
    ranked = LanguageModel.objects.exclude(rank_summary=None).values_list("pk", "rank_summary")
    return {model: summary["score"] for model, summary in ranked if summary.get("score") is not None}
