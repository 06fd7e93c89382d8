"""Whoever has the two files of a release finds its figures again, and any change in them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from arena import outcome_file
from leaderboard import computing, outcomes, verifying
from leaderboard.tests.test_boards import SMALL, simulated

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def published(tmp_path):
    """The directory of a release."""
    path = tmp_path / computing.OUTCOMES
    outcome_file.write(path, sorted(simulated(prompt_language="fr", topics=["Sports"])), "2026-01")
    document, _needs = computing.compute(path, SMALL)
    computing.write(document | {"ledger": {"votes": 400, "kept": 400, "rules": []}}, tmp_path / computing.DOCUMENT)
    return tmp_path


def change(place, act):
    """Change the published document."""
    path = place / computing.DOCUMENT
    document = json.loads(path.read_text())
    act(document)
    path.write_text(json.dumps(document))


def first(document):
    return document["boards"][0]["ratings"][0]


def test_the_files_of_a_release_give_its_figures_again(published, capsys):
    call_command("verify_leaderboard", str(published))
    assert "Verified: the same figures." in capsys.readouterr().out


@pytest.mark.parametrize("is_signed_again", [False, True])
def test_one_vote_changed_makes_it_fail(published, is_signed_again):
    """Even where who changed it also changed the published fingerprint and digests."""
    path = published / computing.OUTCOMES
    table = pq.read_table(path)
    choices = table.column("choice").to_pylist()
    place = choices.index("a_better")
    choices[place] = "b_better"
    column = table.schema.get_field_index("choice")
    pq.write_table(table.set_column(column, outcome_file.SCHEMA.field("choice"), pa.array([*choices])), path)
    if is_signed_again:
        change(published, lambda document: document["inputs"].update(sha256=outcomes.fingerprint(path)))
        change(
            published,
            lambda document: [
                board.update(digest=computing.digest(document, board["board"])) for board in document["boards"]
            ],
        )
    found = verifying.differences(published)
    assert any("not the file" in line for line in found) == (not is_signed_again)
    assert any(line.startswith("all, ") and "wins: published" in line for line in found)
    with pytest.raises(CommandError, match="figures differ"):
        call_command("verify_leaderboard", str(published))


@pytest.mark.parametrize(
    ("name", "step", "is_told"),
    [
        ("score", 0.01, False),
        ("score", 0.02, True),
        ("p_best", 0.0001, False),
        ("p_best", 0.0002, True),
        ("tier", 1, True),
        ("rank", 1, True),
        ("votes", 1, True),
    ],
)
def test_a_figure_may_differ_by_one_unit_of_its_last_digit_and_a_rank_by_nothing(published, name, step, is_told):
    def move(document):
        first(document)[name] = round(first(document)[name] + step, 4)

    change(published, move)
    found = verifying.differences(published)
    assert len(found) == is_told
    assert all(line.startswith(f"all, ant, {name}: published") for line in found)


def test_a_digest_that_is_not_that_of_its_parameters_is_told(published):
    change(published, lambda document: document["boards"][0].update(digest="0" * 64))
    assert verifying.differences(published) == ["all, digest: not that of its inputs, parameters and versions"]


def test_a_board_or_a_model_added_or_taken_away_is_told(published):
    change(published, lambda document: document["boards"].pop(1))
    change(published, lambda document: document["boards"][0]["ratings"].pop())
    found = verifying.differences(published)
    assert sum(line.endswith(": not published") for line in found) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("{", "cannot be read"),
        ("[]", "not of the format"),
        ('{"format": "comparia-leaderboard/1"}', "has not the fields"),
        ('{"format": "comparia-leaderboard/1", "versions": {}, "parameters": {"x": 1}}', "has not the fields"),
    ],
)
def test_files_that_cannot_be_verified_say_why(published, content, said):
    path = published / computing.DOCUMENT
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(CommandError, match=said):
        call_command("verify_leaderboard", str(published))


def test_a_missing_outcome_file_is_told(published):
    (published / computing.OUTCOMES).unlink()
    with pytest.raises(CommandError, match=r"outcomes\.parquet"):
        call_command("verify_leaderboard", str(published))


def test_one_thread_and_four_give_the_same_bytes_without_a_site(published, tmp_path):
    """In processes of their own, with neither settings nor a database."""
    script = (
        "import sys, json; from pathlib import Path; from leaderboard import computing, analysing;"
        "document, _ = computing.compute(Path(sys.argv[1]), analysing.Parameters(**json.loads(sys.argv[2])));"
        "computing.write(document, Path(sys.argv[3]))"
    )
    written = []
    for threads in ("1", "4"):
        target = tmp_path / f"{threads}.json"
        environment = {"PATH": os.environ["PATH"], "OPENBLAS_NUM_THREADS": threads}
        arguments = [str(published / computing.OUTCOMES), json.dumps(SMALL.published()), str(target)]
        subprocess.run([sys.executable, "-c", script, *arguments], cwd=ROOT, env=environment, check=True)
        written.append(target.read_bytes())
    assert written[0] == written[1]
    done = subprocess.run(
        [sys.executable, "-m", "leaderboard.verifying", str(published)],
        cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.endswith("Verified: the same figures.\n")


def test_an_outcome_file_of_another_revision_is_told_by_its_number(published):
    """The boards are of revision 1, whoever verifies has the file of revision 0 still."""
    path, document = published / computing.OUTCOMES, published / computing.DOCUMENT
    wanted = json.loads(document.read_text())["inputs"]["sha256"]
    outcome_file.write(path, sorted(simulated(seed=2)), "2026-01")
    replaced = {"sha256": outcomes.fingerprint(path), "revision": 0}
    file = {"path": computing.OUTCOMES, "sha256": wanted, "revision": 1, "replaces": replaced}
    (published / "manifest.json").write_text(json.dumps({"name": "2026-01", "files": [file]}))
    assert "they need revision 1, and this is revision 0" in verifying.differences(published)[0]
    file = {"path": computing.OUTCOMES, "sha256": "e" * 64, "revision": 2, "replaces": None}
    (published / "manifests").mkdir()
    (published / "manifest.json").rename(published / "manifests/manifest-1.json")
    (published / "manifest.json").write_text(json.dumps({"name": "2026-01", "files": [file]}))
    assert "they need revision 1, and this is revision 0" in verifying.differences(published)[0]
    (published / "manifest.json").write_text('{"files": [{"path": "outcomes.parquet"}]}')
    with pytest.raises(verifying.CannotVerify, match="lacks the SHA-256"):
        verifying.differences(published)
