"""A ring, from its votes to the board: with them, without them once the job has run, with them again once lifted."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from arena import importing
from arena.excluding import lift_by_hand
from arena.models import Comparison, DrawPool, Exclusion
from arena.tasks import watch_votes
from arena.tests import factories
from leaderboard import analysing, snapshots, tasks
from leaderboard.models import Snapshot

pytestmark = pytest.mark.django_db
SMALL = analysing.Parameters(resamples=20, simulations=200, least_votes=5, least_visitors=3, least_of_board=100_000)


def conversation(pair, visitor, at, choice):
    said = (importing.Said("a" * 900, seconds=8.0), importing.Said("b" * 900, seconds=9.0))
    ballot = choice and importing.Ballot(choice, at + timedelta(minutes=1))
    turn = importing.Asked(f"Question de {visitor}", "fr", said, ballot=ballot)
    models = tuple(model.pk for model in pair)
    return importing.Conversation(
        at, visitor, factories.portal().pk, "fr", models, (turn,), draw_probability=1 / 45, chosen_models=()
    )


def visit(models, rng, day):
    """Honest visitors of a day, who vote on half of what they ask; and a ring, which votes where the last model is."""
    rows = []
    for visitor in range(400):
        pair = rng.sample(models, 2)
        choice = rng.choice(("a_better", "b_better")) if rng.random() < 0.5 else None
        rows.append(conversation(pair, f"honest-{visitor}", day + timedelta(hours=10 * rng.random()), choice))
    pushed = 0
    for visitor in range(600):
        pair = rng.sample(models, 2)
        choice = None
        if models[-1] in pair and pushed < 60:
            choice, pushed = "a_better" if pair[0] == models[-1] else "b_better", pushed + 1
        rows.append(conversation(pair, f"ring-{visitor}", day + timedelta(hours=10 * rng.random()), choice))
    importing.write_conversations("imported", rows)
    # As if visitors had asked them: the job watches nothing else.
    pool = DrawPool.objects.create(digest="all", model_ids=sorted(model.pk for model in models))
    Comparison.objects.update(origin="live", consent=factories.terms(), pool=pool)


def score(model):
    tasks.compute()
    board = Snapshot.objects.live().first()
    return board, board.ratings.get(model=model).score


def test_a_ring_leaves_the_board_and_comes_back_when_it_is_lifted(monkeypatch, admin_user):
    monkeypatch.setattr(snapshots, "Parameters", lambda: SMALL)
    models = [factories.language_model(f"model-{number}") for number in range(10)]
    day = (timezone.now() - timedelta(days=1)).replace(hour=6, minute=0)
    visit(models, random.Random(5), day)

    _board, pushed = score(models[-1])
    watch_votes()
    board, without = score(models[-1])
    assert pushed - without > 80
    aside = Exclusion.objects.filter(rule="vote-ring", lifted_at=None)
    assert aside.filter(comparison__visitor_key__startswith="ring-").count() == 60
    assert aside.exclude(comparison__visitor_key__startswith="ring-").count() < 50
    [entry] = [entry for entry in board.ledger["rules"] if entry["rule"] == "vote-ring"]
    assert entry["alone"] == aside.count()
    assert entry["with"]["models"]["model-9"]["score"] == pytest.approx(pushed, abs=0.1)

    lift_by_hand(aside, admin_user, "An exercise.")
    assert score(models[-1])[1] == pushed
    watch_votes()
    assert score(models[-1])[1] == pushed
