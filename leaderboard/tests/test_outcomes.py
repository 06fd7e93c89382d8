"""Reading an outcome file, and refusing what is none."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arena import outcome_file
from leaderboard import outcomes


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
        "tags_a": [],
        "tags_b": [],
        **{f"{trait}_{side}": 0 for side in "ab" for trait in ("length", "headings", "lists", "bold")},
        "visitor": visitor,
    }
    return tuple((values | fields).values())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "outcomes.parquet"


def test_what_is_written_is_read(path):
    rows = [
        row("c1", 1, choice="a_better", length_a=300, length_b=100, topics=["Sports"]),
        row("c1", 2, "bee", "cow", "both_bad", visitor="v2", draw_probability=None),
        row("c2", 1, "cow", "ant", "b_better", visitor="v1"),
    ]
    assert outcome_file.write(path, rows, "2026-01") == 3
    held = outcomes.read(path)
    assert held.models == ("ant", "bee", "cow")
    assert (held.first.tolist(), held.second.tolist()) == ([0, 1, 2], [1, 2, 0])
    assert held.result.tolist() == [1, 0.5, 0]
    assert held.visitor.tolist() == [0, 1, 0]
    assert held.traits[0].tolist() == [0.5, 0, 0, 0]
    assert np.isnan(held.draw_probability[1])
    assert (held.release, held.is_demo) == ("2026-01", False)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (row(model_b="ant"), "compared with itself"),
        (row(choice="cannot_say"), "A choice is none of"),
    ],
)
def test_a_file_that_cannot_be_ranked_says_why(path, wrong, said):
    outcome_file.write(path, [wrong])
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
    outcome_file.write(path, [row()])
    return path


def test_rows_in_batches_are_the_same_rows(path, monkeypatch):
    monkeypatch.setattr(outcome_file, "ROWS_AT_ONCE", 7)
    outcome_file.write(path, [row(f"c{number:03}", visitor=f"v{number % 9}") for number in range(50)])
    assert outcomes.read(path).visitor.tolist() == [number % 9 for number in range(50)]
    assert pq.ParquetFile(path).num_row_groups == 8


def test_a_vote_twice_in_a_file_is_refused_and_in_two_files_counts_once(path):
    outcome_file.write(path, [row("c1"), row("c1", 2), row("c2")])
    other = path.with_name("other.parquet")
    outcome_file.write(other, [row("c1", 2), row("c1", 3)])
    assert len(outcomes.read(path, other)) == 4
    pq.write_table(pa.concat_tables([pq.read_table(path), pq.read_table(other)]), path)
    with pytest.raises(outcomes.OutcomesRefused, match="twice"):
        outcomes.read(path)


def test_rows_in_any_order_are_read_alike(path):
    """Whoever rewrote the file in another order ranks the same rows, with visitors numbered alike."""
    rows = [
        row(f"c{number}", turn, "abc"[number % 3], "d", visitor=f"v{turn}") for number in range(9) for turn in (1, 2)
    ]
    outcome_file.write(path, rows)
    held = outcomes.read(path)
    table = pq.read_table(path)
    pq.write_table(table.take(np.random.default_rng(1).permutation(len(rows))), path)
    again = outcomes.read(path)
    assert held.visitor.tolist() == [0, 1] * 9
    for column in ("first", "second", "choice", "visitor", "time"):
        assert getattr(again, column).tolist() == getattr(held, column).tolist()
