"""The outcome file: what is in it, in which order, and what can never be."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from arena.models import Answer, Comparison, Turn, Vote
from arena.tests import factories
from leaderboard import extracting, outcomes
from leaderboard.traits import traits


def row(comparison="c1", turn=1, model_a="ant", model_b="bee", choice="a_better", visitor="v1", **fields):
    """A row of the file."""
    values = {
        "comparison": comparison,
        "turn": turn,
        "time": datetime(2026, 1, 1, tzinfo=UTC),
        "origin": "live",
        "portal": "fr",
        "prompt_language": "fr",
        "topics": [],
        "mode": "random",
        "draw_probability": 0.5,
        "is_replaced": False,
        "is_stopped": False,
        "model_a": model_a,
        "model_b": model_b,
        "choice": choice,
        **{f"{trait}_{side}": 0 for side in "ab" for trait in ("length", "headings", "lists", "bold")},
        "visitor": visitor,
    }
    return tuple((values | fields).values())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "outcomes.parquet"


def test_style_is_counted_from_markdown_outside_code():
    text = "# One\n\n**Two** and __three__\n\n- four\n* five\n1. six\n\n```python\n# no\n- no **no**\n```\n#tag 2 * 3"
    assert traits(text) == (len(text), 1, 3, 2)
    assert traits("") == (0, 0, 0, 0)


def test_a_fence_ends_with_one_as_long_and_of_the_same_kind():
    assert traits("````\n```\n# no\n~~~~\n````\n# yes")[1] == 1


def test_what_is_written_is_read(path):
    rows = [
        row("c1", 1, choice="a_better", length_a=300, length_b=100, topics=["Sports"]),
        row("c1", 2, "bee", "cow", "both_bad", visitor="v2", draw_probability=None),
        row("c2", 1, "cow", "ant", "b_better", visitor="v1"),
    ]
    assert outcomes.write(path, rows, "2026-01") == 3
    held = outcomes.read(path)
    assert held.models == ("ant", "bee", "cow")
    assert (held.first.tolist(), held.second.tolist()) == ([0, 1, 2], [1, 2, 0])
    assert held.result.tolist() == [1, 0.5, 0]
    assert held.visitor.tolist() == [0, 1, 0]
    assert held.traits[0].tolist() == [0.5, 0, 0, 0]
    assert np.isnan(held.draw_probability[1])
    assert (held.release, held.is_demo) == ("2026-01", False)


def test_rows_out_of_order_or_twice_are_refused_and_leave_no_file(path):
    for rows in ([row("c2"), row("c1")], [row("c1"), row("c1")]):
        with pytest.raises(ValueError, match="canonical order"):
            outcomes.write(path, rows)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (row(model_b="ant"), "compared with itself"),
        (row(choice="cannot_say"), "A choice is none of"),
    ],
)
def test_a_file_that_cannot_be_ranked_says_why(path, wrong, said):
    outcomes.write(path, [wrong])
    with pytest.raises(outcomes.OutcomesRefused, match=said):
        outcomes.read(path)


def test_a_file_of_another_kind_says_so(path):
    path.write_text("no")
    with pytest.raises(outcomes.OutcomesRefused, match="cannot be read as Parquet"):
        outcomes.read(path)
    pq.write_table(pq.read_table(_written(path.with_name("other.parquet"))).replace_schema_metadata(), path)
    with pytest.raises(outcomes.OutcomesRefused, match="not of the format"):
        outcomes.read(path)


def _written(path):
    outcomes.write(path, [row()])
    return path


def test_rows_in_batches_are_the_same_rows(path, monkeypatch):
    monkeypatch.setattr(outcomes, "ROWS_AT_ONCE", 7)
    outcomes.write(path, [row(f"c{number:03}", visitor=f"v{number % 9}") for number in range(50)])
    assert outcomes.read(path).visitor.tolist() == [number % 9 for number in range(50)]
    assert pq.ParquetFile(path).num_row_groups == 8


@pytest.fixture
def voted(db):
    """Votes made in an order, with texts that must not leave."""
    ant, bee = factories.language_model("ant"), factories.language_model("bee")
    made = []
    for number in range(6):
        comparison = factories.comparison(model_a=ant, model_b=bee, visitor_key=f"visitor-key-{number % 2}")
        made.append(factories.turn(comparison, choice="a_better", text="# SECRET\n\n**bold**"))
    return made


def test_no_text_no_key_and_no_receipt_is_in_the_file(voted, path):
    extracting.write_outcomes(path)
    Vote.objects.update(comment_a="SECRET")
    table = pq.read_table(path).to_pylist()
    content = str(table)
    for private in ("SECRET", "Pourquoi", "visitor-key", voted[0].comparison.receipt):
        assert private not in content
    assert {line["headings_a"] for line in table} == {1}
    assert len({line["visitor"] for line in table}) == 2


def test_the_code_of_a_visitor_is_another_in_each_release(voted, path):
    codes = []
    for release in ("2026-01", "2026-02"):
        extracting.write_outcomes(path, release=release)
        codes.append(set(pq.read_table(path).column("visitor").to_pylist()))
    assert not codes[0] & codes[1]


def test_bytes_do_not_depend_on_the_order_of_the_database(voted, path):
    extracting.write_outcomes(path)
    before = path.read_bytes()
    for turn in reversed(voted):  # moved to the end of the table, in another order
        Turn.objects.filter(pk=turn.pk).update(suggestion="moved")
        Comparison.objects.filter(pk=turn.comparison_id).update(share_token=turn.comparison.receipt)
        Answer.objects.filter(turn=turn).update(generation_id="moved")
    extracting.write_outcomes(path)
    assert path.read_bytes() == before


def test_only_rows_with_an_outcome_are_there_and_a_stopped_side_is_flagged(voted, path):
    factories.turn(factories.comparison(), choice="cannot_say")
    factories.turn(factories.comparison(withdrawn_at=timezone.now()), choice="a_better")
    stopped = factories.turn(factories.comparison(visitor_key="z"), choice="b_better", statuses=("stopped", "complete"))
    assert extracting.write_outcomes(path) == 7
    lines = pq.read_table(path).to_pylist()
    assert [line["comparison"] for line in lines if line["is_stopped"]] == [str(stopped.comparison_id)]


def test_imported_votes_without_a_visitor_stand_each_alone(path, db):
    for _ in range(3):
        factories.turn(factories.comparison(origin="imported", visitor_key=None, consent=None), choice="a_better")
    extracting.write_outcomes(path)
    assert outcomes.read(path).visitor.tolist() == [0, 1, 2]


def test_a_vote_twice_in_a_file_is_refused_and_in_two_files_counts_once(path):
    outcomes.write(path, [row("c1"), row("c1", 2), row("c2")])
    other = path.with_name("other.parquet")
    outcomes.write(other, [row("c1", 2), row("c1", 3)])
    assert len(outcomes.read(path, other)) == 4
    pq.write_table(pa.concat_tables([pq.read_table(path), pq.read_table(other)]), path)
    with pytest.raises(outcomes.OutcomesRefused, match="twice"):
        outcomes.read(path)


def test_rows_in_any_order_are_read_alike(path):
    """Whoever rewrote the file in another order ranks the same rows, with visitors numbered alike."""
    rows = [
        row(f"c{number}", turn, "abc"[number % 3], "d", visitor=f"v{turn}") for number in range(9) for turn in (1, 2)
    ]
    outcomes.write(path, rows)
    held = outcomes.read(path)
    table = pq.read_table(path)
    pq.write_table(table.take(np.random.default_rng(1).permutation(len(rows))), path)
    again = outcomes.read(path)
    assert held.visitor.tolist() == [0, 1] * 9
    for column in ("first", "second", "choice", "visitor", "time"):
        assert getattr(again, column).tolist() == getattr(held, column).tolist()
