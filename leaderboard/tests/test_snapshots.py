"""What is kept of a computation, what it tells the draw and the catalogue, and what each rule left out."""

import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from arena import importing
from arena.models import Comparison, Exclusion, PairWeight, Room, Turn
from arena.outcomes import write_outcomes
from arena.tests import factories
from leaderboard import analysing, ledger, outcomes, snapshots, tasks
from leaderboard.models import Rating, Snapshot
from models_catalog.models import LanguageModel

pytestmark = pytest.mark.django_db
SMALL = analysing.Parameters(resamples=20, simulations=200, least_votes=5, least_visitors=3, least_of_board=100)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(snapshots, "Parameters", lambda: SMALL)


@pytest.fixture
def models():
    return [factories.language_model(slug) for slug in ("ant", "bee", "cow")]


def vote(models, count=120, origin="imported", visitors=20, seed=1):
    """Imported votes in which the first models are the better ones."""
    portal = factories.portal()
    rng = np.random.default_rng(seed)
    rows = []
    for _number in range(count):
        first, second = (int(place) for place in rng.permutation(3)[:2])
        choice = "a_better" if rng.random() < 0.5 + 0.2 * (second - first) else "b_better"
        rows.append(
            importing.Voted(
                created_at=timezone.now(),
                visitor_key=f"{seed}-{rng.integers(visitors)}",
                portal_id=portal.pk,
                language="fr",
                models=(models[first].pk, models[second].pk),
                prompt="Pourquoi ?",
                prompt_language="fr",
                topics=("Sports",),
                texts=("**a**", "b"),
                tokens=(3, 1),
                choice="both_bad" if rng.random() < 0.2 else choice,
                draw_probability=0.5,
            )
        )
    importing.write(origin, rows)


def test_a_night_keeps_its_boards_and_tells_the_draw_and_the_catalogue(models):
    vote(models)
    tasks.compute()
    everything = Snapshot.objects.live().get()
    assert set(Snapshot.objects.values_list("board", flat=True)) == {
        *("all", "portal:fr", "language:fr", "topic:Sports", "period:90-days", "period:365-days", "weighted")
    }
    assert (everything.counts["votes"], everything.inputs["rows"], everything.can_be_verified) == (120, 120, False)
    assert everything.ledger == {"votes": 120, "kept": 120, "rules": []}
    best = everything.ratings.first()
    assert (best.model, best.rank, best.tier, best.votes) == (models[0], 1, 1, best.wins + best.ties + best.losses)
    assert PairWeight.objects.count() == 3
    placed = LanguageModel.objects.get(slug="ant").rank_summary
    assert (placed["tier"], placed["score"], placed["interval"]) == (1, best.score, [best.low, best.high])


def test_the_next_night_replaces_what_was_told_and_keeps_both_boards(models):
    vote(models)
    tasks.compute()
    Comparison.objects.update(withdrawn_at=timezone.now())
    tasks.compute()
    assert Snapshot.objects.live().count() == 2
    assert PairWeight.objects.count() == 0
    assert set(LanguageModel.objects.values_list("rank_summary", flat=True)) == {None}


def test_nothing_is_kept_if_any_of_it_fails(models, monkeypatch):
    vote(models)
    monkeypatch.setattr(snapshots.placing, "place", lambda summaries: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.compute()
    assert (Snapshot.objects.count(), Rating.objects.count(), PairWeight.objects.count()) == (0, 0, 0)


def test_a_dry_run_keeps_nothing(models, capsys):
    vote(models)
    call_command("compute_leaderboard", "--dry-run")
    assert "all: 120 votes, 3 of 3 models ranked" in capsys.readouterr().out
    assert (Snapshot.objects.count(), PairWeight.objects.count()) == (0, 0)


@pytest.mark.parametrize("what", [Snapshot, Rating])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_itself_refuses_to_rewrite_what_was_kept(models, what, act):
    vote(models)
    tasks.compute()
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        table = what._meta.db_table
        cursor.execute(f"UPDATE {table} SET id = id" if act == "update" else f"DELETE FROM {table}")


def test_a_rating_without_a_score_must_say_why(models):
    vote(models)
    tasks.compute()
    rating = Rating.objects.first()
    rating.pk, rating.model, rating.score = None, factories.language_model(), None
    with pytest.raises(IntegrityError, match="ranked_or_says_why"), transaction.atomic():
        rating.save(force_insert=True)


@pytest.mark.parametrize("count", [0, 1])
def test_a_site_with_hardly_a_vote_has_a_board_that_ranks_nobody(models, count):
    vote(models, count)
    tasks.compute()
    everything = Snapshot.objects.live().get()
    assert everything.counts["ranked"] == 0
    assert set(everything.ratings.values_list("not_ranked", flat=True)) <= {"few_votes"}


# --- Demonstration -----------------------------------------------------------------------------------


def test_demonstration_votes_are_on_no_board_but_its_own_and_tell_nobody(models, tmp_path):
    vote(models, origin="demo")
    tasks.compute()
    assert Snapshot.objects.live().get().counts["votes"] == 0
    snapshots.compute_live(demo=True)
    assert Snapshot.objects.live(demo=True).get().counts["votes"] == 120
    assert PairWeight.objects.count() == 0
    assert set(LanguageModel.objects.values_list("rank_summary", flat=True)) == {None}


def test_demonstration_votes_are_added_up_to_a_number_and_taken_away(capsys):
    for slug in ("gemma-3-27b", "gpt-4o-mini-2024-07-18", "mistral-large-2411", "phi-4"):
        factories.language_model(slug)
    factories.portal()
    kept = factories.turn(factories.comparison(), choice="a_better")
    call_command("seed_demo", "--votes", "60", "--dry-run")
    assert importing.demo_votes() == 0
    call_command("seed_demo", "--votes", "60")
    call_command("seed_demo", "--votes", "100")
    call_command("seed_demo", "--votes", "100")
    assert importing.demo_votes() == Turn.objects.for_ranking(demo=True).count() == 100
    assert Comparison.objects.filter(origin="demo").values("visitor_key").distinct().count() < 100
    snapshots.compute_live(demo=True)
    call_command("seed_demo", "--clear", "--dry-run")
    assert importing.demo_votes() == 100
    call_command("seed_demo", "--clear")
    assert (importing.demo_votes(), Snapshot.objects.count(), Rating.objects.count()) == (0, 0, 0)
    assert list(Turn.objects.all()) == [kept]


def test_live_comparisons_are_never_imported():
    with pytest.raises(ValueError, match="visitors alone"):
        importing.write("live", [])


# --- The ledger --------------------------------------------------------------------------------------


def test_each_rule_says_what_it_left_out_and_what_it_alone_left_out(models):
    pair = {"model_a": models[0], "model_b": models[1]}

    def voted(choice="a_better", statuses=("complete", "complete"), **fields):
        return factories.turn(factories.comparison(**pair, **fields), choice=choice, statuses=statuses)

    now = timezone.now()
    room = Room.objects.create(code="A", owner_key="t", portal=factories.portal(), expires_at=now)
    voted()
    voted("cannot_say")
    voted(withdrawn_at=now)
    voted(withdrawn_at=now, cohorts=["class"])
    voted(erased_at=now)
    voted(room=room)
    voted(mode="custom", drawn_a=False, drawn_b=False)
    voted(statuses=("complete", "failed"))
    ring = voted()
    Exclusion.objects.create(comparison=ring.comparison, rule="vote-ring", scope="everything", shadow=True)
    Exclusion.objects.create(comparison=voted().comparison, rule="personal-data", scope="text")
    voted(origin="demo")
    counted = ledger.count(sorted(ledger.in_force(demo=False)))
    assert {tuple(sorted(rules)): votes for rules, votes in counted.items()} == {
        (): 2,
        ("cannot_say",): 1,
        ("withdrawn",): 1,
        ("cohort", "withdrawn"): 1,
        ("erased",): 1,
        ("room",): 1,
        ("custom",): 1,
        ("failed_side",): 1,
        ("vote-ring",): 1,
    }
    assert counted[frozenset()] == Turn.objects.for_ranking().count()
    assert list(Turn.objects.left_out_by("vote-ring")) == [ring]
    assert list(Turn.objects.left_out_by("personal-data")) == []


def test_the_board_is_told_with_the_votes_that_an_exclusion_keeps_out(models):
    vote(models)
    vote(list(reversed(models)), count=200, seed=2)
    ring = Comparison.objects.filter(visitor_key__startswith="2-")
    Exclusion.objects.bulk_create(
        Exclusion(comparison=comparison, rule="vote-ring", scope="everything", shadow=True) for comparison in ring
    )
    tasks.compute()
    everything = Snapshot.objects.live().get()
    [rule] = everything.ledger["rules"]
    assert (rule["rule"], rule["votes"], rule["alone"]) == ("vote-ring", 200, 200)
    with_them = rule["with"]["models"]
    assert everything.ratings.first().model.slug == "ant"
    assert with_them["cow"]["score"] > with_them["ant"]["score"]
    assert rule["with"]["largest_change"] > 50


# --- Releases ----------------------------------------------------------------------------------------


@pytest.fixture
def released(models, tmp_path, settings):
    """A function that makes the folder of a release, as the open data does: what it says of the outcome file."""
    settings.RELEASES_DIR = tmp_path

    def make(name="2026-01", demo=False, seed=1, key=b"k", with_manifest=True):
        vote(models, origin="demo" if demo else "imported", seed=seed)
        place = tmp_path / name
        place.mkdir(exist_ok=True)
        write_outcomes(place / "outcomes.parquet", release=name, demo=demo, key=key)
        if with_manifest:
            manifest(place, name)
        return place

    return make


def manifest(place, name, revision=0, replaces=None):
    sha256 = outcomes.fingerprint(place / "outcomes.parquet")
    file = {"path": "outcomes.parquet", "sha256": sha256, "revision": revision, "replaces": replaces}
    (place / "manifest.json").write_text(json.dumps({"name": name, "files": [file]}))


def compute(name="2026-01", *more):
    call_command("compute_leaderboard", "--release", name, *more)


def test_the_boards_of_a_release_are_kept_once_and_published_beside_its_outcomes(models, released, capsys):
    place = released()
    compute()
    kept = list(Snapshot.objects.of_release("2026-01"))
    assert kept[0].can_be_verified
    assert kept[0].inputs["sha256"] == outcomes.fingerprint(place / "outcomes.parquet")
    assert PairWeight.objects.count() == 0
    document = place / "leaderboard.json"
    before = document.read_bytes()
    document.unlink()
    compute()
    assert "kept already" in capsys.readouterr().out
    assert document.read_bytes() == before
    assert list(Snapshot.objects.of_release("2026-01")) == kept
    call_command("verify_leaderboard", "2026-01")
    call_command("verify_leaderboard", str(place))


def test_a_dry_run_on_a_release_keeps_and_writes_nothing(released):
    place = released()
    compute("2026-01", "--dry-run")
    assert (Snapshot.objects.count(), (place / "leaderboard.json").exists()) == (0, False)


def test_the_boards_of_a_release_do_not_change_with_its_file(released):
    place = released()
    compute()
    before = (place / "leaderboard.json").read_bytes()
    released(seed=2)
    with pytest.raises(CommandError, match="never change"):
        compute()
    assert (place / "leaderboard.json").read_bytes() == before


def test_a_release_elsewhere_needs_its_folder(released, settings, tmp_path):
    place = released(with_manifest=False)
    settings.RELEASES_DIR = tmp_path / "none"
    with pytest.raises(CommandError, match="cannot be read"):
        compute()
    compute("2026-01", "--to", str(place))
    assert (place / "leaderboard.json").exists()


@pytest.mark.parametrize("wrong", [("--to", "x"), ("--release", "../x"), ("--release", "x", "--demo")])
def test_a_release_without_a_name_is_refused(wrong):
    with pytest.raises(CommandError, match="release"):
        call_command("compute_leaderboard", *wrong)


def test_a_file_or_a_manifest_of_another_release_is_refused(released):
    place = released()
    place.rename(place.with_name("2026-02"))
    with pytest.raises(CommandError, match="outcomes.parquet is of the release “2026-01”, not of “2026-02”"):
        compute("2026-02")
    place = released("2026-03")
    manifest(place, "2026-04")
    with pytest.raises(CommandError, match="manifest.json is of the release “2026-04”"):
        compute("2026-03")
    assert Snapshot.objects.count() == 0


def test_a_file_of_another_revision_is_refused_by_its_number(released):
    place = released()
    old = {"sha256": outcomes.fingerprint(place / "outcomes.parquet"), "revision": 0}
    content = (place / "outcomes.parquet").read_bytes()
    released(seed=2)
    manifest(place, "2026-01", revision=2, replaces=old)
    (place / "outcomes.parquet").write_bytes(content)
    with pytest.raises(CommandError, match="it is revision 0, and revision 2 is wanted"):
        compute()


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "2026-01", "files": 1}'])
def test_a_manifest_that_cannot_be_read_is_told(released, content):
    place = released()
    (place / "manifest.json").write_text(content)
    with pytest.raises(CommandError, match="manifest.json"):
        compute()


def test_a_demonstration_release_says_so_in_both_files(released, capsys):
    place = released(demo=True)
    compute()
    assert "DEMO" in capsys.readouterr().out
    assert all(b"DEMO" in (place / name).read_bytes() for name in ("outcomes.parquet", "leaderboard.json"))
    assert Snapshot.objects.of_release("2026-01", demo=True).exists()
    assert not Snapshot.objects.of_release("2026-01").exists()
