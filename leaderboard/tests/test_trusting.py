"""The trust panel that is kept with a board, and who can compute it again."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from arena import importing, outcome_file
from arena.models import Answer, Comparison, Exclusion, Vote
from arena.tests import factories
from leaderboard import analysing, computing, snapshots, trusting
from leaderboard.models import Snapshot
from leaderboard.tests.test_boards import SMALL, simulated
from leaderboard.tests.test_outcomes import row

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def release(tmp_path):
    """A folder with the outcome file of a release and its boards."""
    path = tmp_path / computing.OUTCOMES
    outcome_file.write(path, sorted(simulated()), "2026-01")
    computing.write(computing.compute(path, SMALL)[0], tmp_path / computing.DOCUMENT)
    return tmp_path


def told(place, attempts=None, parameters=SMALL):
    document = json.loads((place / computing.DOCUMENT).read_text())
    return trusting.trust(place / computing.OUTCOMES, document["boards"][0], parameters, attempts)


def test_panel_names_models_by_slug_in_the_tiers_that_are_published(release):
    found = told(release)
    board = json.loads((release / computing.DOCUMENT).read_text())["boards"][0]
    assert [row["model"] for row in found["models"]] == [rating["model"] for rating in board["ratings"]]
    assert [row["tiers"]["published"] for row in found["models"]] == [rating["tier"] for rating in board["ratings"]]
    assert found["leader_by_votes"]["model"] == board["ratings"][0]["model"]
    assert (found["counts"], sum(row["votes"] for row in found["models"])) == ({"votes": 400, "visitors": 60}, 800)
    assert found["style"][0]["trait"] == "length"
    assert found["style"][0]["points"]["low"] > 0


def test_votes_on_chosen_pairs_and_of_models_that_are_not_ranked_are_no_part_of_it(tmp_path):
    path = tmp_path / computing.OUTCOMES
    chosen = simulated(seed=2, votes=50, mode="custom", draw_probability=None)
    rare = row("c9", 1, "ant", "emu", "a_better", "v1")
    outcome_file.write(path, sorted([*simulated(), *chosen, rare]))
    computing.write(computing.compute(path, SMALL)[0], tmp_path / computing.DOCUMENT)
    found = told(tmp_path)
    assert found["counts"]["votes"] == 400
    assert "emu" not in {row["model"] for row in found["models"]}


def test_who_leaves_is_told_from_the_counts_of_the_site_and_not_without_them(release):
    found = told(release, {"ant": (100, 60), "bee": (100, 95), "cow": (100, 95), "dog": (100, 95), "emu": (9, 0)})
    [ant, bee] = [next(row for row in found["models"] if row["model"] == slug) for slug in ("ant", "bee")]
    assert (ant["started"], ant["voted"], ant["abandoned"]["value"], ant["differs"]) == (100, 60, 0.4, True)
    assert (bee["abandoned"]["value"], found["abandonment"]["mean"]) == (0.05, 0.1375)
    alone = told(release)
    assert alone["abandonment"] is None
    assert all("abandoned" not in row for row in alone["models"])


def test_board_that_ranks_nobody_has_no_panel(tmp_path):
    path = tmp_path / computing.OUTCOMES
    outcome_file.write(path, [row()])
    computing.write(computing.compute(path, SMALL)[0], tmp_path / computing.DOCUMENT)
    assert told(tmp_path) is None


def test_whoever_has_the_files_of_a_release_computes_its_panel_without_the_site(release):
    environment = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "leaderboard.trusting", str(release)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == told(release)


# --- On the site -----------------------------------------------------------------------------------------

FEW = analysing.Parameters(resamples=20, simulations=200, least_votes=5, least_visitors=3, least_of_board=100)


@pytest.fixture
def models(db, monkeypatch):
    monkeypatch.setattr(snapshots, "Parameters", lambda: FEW)
    return [factories.language_model(slug) for slug in ("ant", "bee", "cow")]


def vote(models, count=120, origin="imported"):
    """Each pair in turn, the first model of it the better one two times in three."""
    pairs = [(one, other) for one in range(3) for other in range(3) if one != other]
    importing.write(
        origin,
        [
            importing.Voted(
                created_at=timezone.now(),
                visitor_key=f"v{number % 20}",
                portal_id=factories.portal().pk,
                language="fr",
                models=tuple(models[place].pk for place in pairs[number % 6]),
                prompt="Pourquoi ?",
                prompt_language="fr",
                topics=(),
                texts=("a", "b"),
                tokens=(1, 1),
                choice="a_better" if (number // 6) % 3 else "b_better",
                draw_probability=0.5,
            )
            for number in range(count)
        ],
    )


def test_night_keeps_the_panel_on_the_board_of_all_votes_alone(models):
    vote(models)
    call_command("compute_leaderboard", verbosity=0)
    kept = dict(Snapshot.objects.values_list("board", "trust"))
    assert {row["model"] for row in kept.pop("all")["models"]} == {"ant", "bee", "cow"}
    assert len(kept) > 1
    assert set(kept.values()) == {None}


def test_night_without_the_panel_says_so(models, capsys):
    vote(models)
    call_command("compute_leaderboard", "--no-trust")
    assert "No trust panel." in capsys.readouterr().out
    assert Snapshot.objects.live().get().trust is None


def test_comparison_is_left_if_it_could_be_voted_and_was_not(models):
    vote(models, 12)
    assert snapshots.attempts() == {"ant": (8, 8), "bee": (8, 8), "cow": (8, 8)}
    pairs = {slug: Comparison.objects.filter(model_a__slug=slug).order_by("model_b__slug") for slug in ("ant", "bee")}
    to_bee, to_cow = pairs["ant"].filter(model_b__slug="bee"), pairs["ant"].filter(model_b__slug="cow")
    Vote.objects.filter(turn__comparison__model_a__slug__in=("ant", "bee")).delete()
    left = {"ant": (8, 2), "bee": (8, 2), "cow": (8, 4)}
    assert snapshots.attempts() == left

    failed, withdrawn = to_bee
    Answer.objects.filter(turn__comparison=failed, side="a").update(status="failed", error_code="timeout")
    Comparison.objects.filter(pk=withdrawn.pk).update(withdrawn_at=timezone.now())
    custom, abused = to_cow
    Comparison.objects.filter(pk=custom.pk).update(mode="custom")
    Exclusion.objects.create(comparison=abused, rule="abuse", scope="everything")
    assert snapshots.attempts() == {"ant": (4, 2), "bee": (6, 2), "cow": (6, 4)}
    assert snapshots.attempts(demo=True) == {}
