"""The filter ledger: the votes that each rule left out of the ranking, and the board as it would be with them.

What a person was promised would never be used (withdrawn, erased, of a cohort, of a room that is not published) is
counted, and no board is made of it.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.db.models import Case, Count, Q, Value, When

from arena.models import Answer, Exclusion, Turn
from arena.outcomes import write_outcomes
from arena.querysets import answered, excluded

from . import boards, outcomes
from .analysing import Parameters, analyse

RULES = {
    "withdrawn": Q(comparison__withdrawn_at__isnull=False),
    "erased": Q(comparison__erased_at__isnull=False),
    "cohort": ~Q(comparison__cohorts=[]),
    "room": Q(comparison__room__publish=False),
    "cannot_say": Q(vote__choice="cannot_say"),
    "failed_side": answered(*Answer.BROKEN),
    "unfinished": answered("pending", "streaming"),
    "custom": Q(comparison__mode="custom"),
}
"""Beside the exclusions, each of which is a rule of its own name."""


def ledger(path, ratings, key, demo=False, parameters=None):
    """{"votes", "kept", "rules": [{"rule", "votes", "alone", "with"}]}; from the outcome file of the same votes,
    the key of its codes and the ratings of its board of all votes.

    `votes` fall under a rule, `alone` under no other; for an exclusion, `with` is the board that has these too.
    """
    exclusions = sorted(in_force(demo))
    counted = count(exclusions, demo)
    rules = []
    for rule in (*RULES, *exclusions):
        votes = sum(number for fallen, number in counted.items() if rule in fallen)
        entry = {"rule": rule, "votes": votes, "alone": counted.get(frozenset([rule]), 0), "with": None}
        if rule in exclusions and entry["alone"]:
            entry["with"] = board_with(path, ratings, key, rule, demo, parameters or Parameters())
        if votes:
            rules.append(entry)
    return {"votes": sum(counted.values()), "kept": counted.get(frozenset(), 0), "rules": rules}


def in_force(demo):
    """The rules of exclusions that take a whole turn or comparison out."""
    found = Exclusion.objects.filter(scope="everything", lifted_at=None)
    found = found.filter(comparison__origin="demo") if demo else found.exclude(comparison__origin="demo")
    return set(found.values_list("rule", flat=True)) - set(RULES)


def count(exclusions, demo=False):
    """{the rules that a vote falls under: how many votes}, in one query."""
    votes = Turn.objects.filter(vote__isnull=False)
    votes = votes.filter(comparison__origin="demo") if demo else votes.exclude(comparison__origin="demo")
    conditions = RULES | {rule: excluded("everything", rule=rule) for rule in exclusions}
    flags = {
        f"rule_{place}": Case(When(condition, then=Value(True)), default=Value(False))
        for place, condition in enumerate(conditions.values())
    }
    rows = votes.annotate(**flags).order_by().values(*flags)
    return {
        frozenset(rule for place, rule in enumerate(conditions) if row[f"rule_{place}"]): row["votes"]
        for row in rows.annotate(votes=Count("pk"))
    }


def board_with(path, ratings, key, rule, demo, parameters):
    """Scores and tiers as they would be with the votes that this exclusion alone keeps out, and what it moves."""
    plain = Parameters(**parameters.published() | {"resamples": 0})
    with TemporaryDirectory(prefix="comparia-ledger-") as place:
        more = Path(place) / "left_out.parquet"
        write_outcomes(more, Turn.objects.left_out_by(rule, demo), demo=demo, key=key)
        rows = outcomes.read(path, more)
    drawn = rows.where(rows.mode != boards.CUSTOM)
    figures = analyse(boards.board(boards.ALL, drawn), plain).figures
    before, after = _ranked(ratings), _ranked(figures["ratings"])
    both = before.keys() & after.keys()
    return {
        "models": after,
        "tiers_moved": sum(before[model]["tier"] != after[model]["tier"] for model in both),
        "largest_change": round(
            max((abs(after[model]["score"] - before[model]["score"]) for model in both), default=0), 2
        ),
    }


def _ranked(ratings):
    return {found["model"]: {"score": found["score"], "tier": found["tier"]} for found in ratings if found["rank"]}
