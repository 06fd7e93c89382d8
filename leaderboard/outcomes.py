"""Reading the outcome file that arena.outcome_file writes.

Rows are put in canonical order (comparison, turn) and visitors numbered by first appearance before any arithmetic:
digits depend on the rows of the file and on nothing else. Needs no database: who verifies a release has the file alone.
"""

import hashlib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from arena.outcome_file import CHOICES, FORMAT, SCHEMA
from arena.traits import TRAITS

from .ranking import Floats, Integers


class OutcomesRefused(Exception):
    """The file is not an outcome file that can be ranked; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Columns of the same length, in canonical order; `models` are the slugs that `first` and `second` point at."""

    models: tuple[str, ...]
    first: Integers
    second: Integers
    choice: Integers
    """Places in CHOICES."""
    visitor: Integers
    time: Integers
    """Seconds since 1970."""
    portal: NDArray[np.object_]
    prompt_language: NDArray[np.object_]
    topics: NDArray[np.object_]
    """Of frozen sets."""
    mode: NDArray[np.object_]
    draw_probability: Floats
    """NaN where the visitor chose both models."""
    is_replaced: NDArray[np.bool_]
    traits: Floats
    """(rows, TRAITS): how much more the first answer has of each, as a share of what both have, from -1 to 1."""
    words: tuple[str, ...]
    """That visitors ticked anywhere in the file."""
    ticked: NDArray[np.bool_]
    """(rows, sides, words)"""
    release: str
    is_demo: bool

    def __len__(self) -> int:
        return len(self.first)

    @property
    def result(self) -> Floats:
        """For the first model: 1, 0, or 0.5 for a tie, "neither" included."""
        return np.array([1.0, 0.0, 0.5, 0.5])[self.choice]

    def where(self, rows: NDArray[np.bool_]) -> "Outcomes":
        """Those rows alone; models and visitors keep their numbers."""
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        chosen: dict[str, Any] = {
            name: column[rows] for name, column in columns.items() if isinstance(column, np.ndarray)
        }
        return replace(self, **chosen)


def read(*paths: Path) -> Outcomes:
    """The rows of these files together; a vote that is in two of them counts once. Raises OutcomesRefused."""
    tables = [_table(path) for path in paths]
    metadata = tables[0].schema.metadata or {}
    table = pa.concat_tables([table.replace_schema_metadata() for table in tables])
    table = table.sort_by([("comparison", "ascending"), ("turn", "ascending")])
    is_new = ~_repeats(table)
    if len(paths) == 1 and not is_new.all():
        raise OutcomesRefused("The same vote is there twice.")
    table = table.filter(pa.array(is_new))
    sides = [_numbered(table, f"model_{side}") for side in "ab"]
    models = tuple(sorted({*sides[0][0], *sides[1][0]}))
    place = {model: number for number, model in enumerate(models)}
    first, second = (np.array([place[model] for model in names], np.int64)[numbers] for names, numbers in sides)
    if (first == second).any():
        raise OutcomesRefused("A model is compared with itself.")
    choices, choice = _numbered(table, "choice")
    if not set(choices) <= set(CHOICES):
        raise OutcomesRefused(f"A choice is none of {', '.join(CHOICES)}.")
    words, ticked = _ticked(table)
    return Outcomes(
        models=models,
        first=first,
        second=second,
        choice=np.array([CHOICES.index(name) for name in choices], np.int64)[choice],
        visitor=_numbered(table, "visitor")[1],
        time=table.column("time").cast(pa.int64()).to_numpy() // 1000,
        portal=_names(table, "portal"),
        prompt_language=_names(table, "prompt_language"),
        topics=_topics(table),
        mode=_names(table, "mode"),
        draw_probability=table.column("draw_probability").to_numpy(zero_copy_only=False).astype(np.float64),
        is_replaced=table.column("is_replaced").to_numpy(zero_copy_only=False).astype(bool),
        traits=np.stack([_difference(table, trait) for trait in TRAITS], axis=1),
        words=words,
        ticked=ticked,
        release=metadata.get(b"release", b"").decode(),
        is_demo=metadata.get(b"demo") == b"DEMO",
    )


def fingerprint(path: Path) -> str:
    """The SHA-256 of the file, as `sha256sum` gives it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _table(path: Path) -> pa.Table:
    try:
        table = pq.read_table(path, memory_map=False)
    except (OSError, pa.ArrowInvalid) as error:
        raise OutcomesRefused(f"{path.name} cannot be read as Parquet ({type(error).__name__}).") from None
    if (table.schema.metadata or {}).get(b"format") != FORMAT.encode():
        raise OutcomesRefused(f"{path.name} is not of the format {FORMAT}.")
    if not table.schema.equals(SCHEMA):
        raise OutcomesRefused(f"{path.name} has not the columns of the format {FORMAT}.")
    if any(table.column(field.name).null_count for field in SCHEMA if not field.nullable):
        raise OutcomesRefused(f"{path.name} lacks values.")
    return table


def _repeats(table: pa.Table) -> NDArray[np.bool_]:
    """Whether each row is of the same vote as the row before."""
    found = np.zeros(len(table), bool)
    for number, name in enumerate(("comparison", "turn")):
        column = table.column(name)
        same = pc.equal(column.slice(1), column.slice(0, max(0, len(column) - 1))).to_numpy()
        found[1:] = same.astype(bool) & (found[1:] if number else True)
    return found


def _numbered(table: pa.Table, name: str) -> tuple[list[str], Integers]:
    """The different values in the order of their first appearance, and the number of each row's."""
    found = pa.array(table.column(name).combine_chunks()).dictionary_encode()
    return found.dictionary.to_pylist(), found.indices.to_numpy().astype(np.int64)


def _names(table: pa.Table, name: str) -> NDArray[np.object_]:
    names, numbers = _numbered(table, name)
    return np.array(names, object)[numbers]


def _topics(table: pa.Table) -> NDArray[np.object_]:
    """Sets, the same object for the same topics."""
    kept: dict[frozenset[str], frozenset[str]] = {}
    found = np.empty(len(table), object)
    for row, topics in enumerate(table.column("topics")):
        of_row = frozenset(topics.as_py())
        found[row] = kept.setdefault(of_row, of_row)
    return found


def _ticked(table: pa.Table) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    columns = [pa.array(table.column(f"tags_{side}").combine_chunks()) for side in "ab"]
    spoken = [pc.list_flatten(column).dictionary_encode() for column in columns]
    words = tuple(sorted({word for side in spoken for word in side.dictionary.to_pylist()}))
    ticked = np.zeros((len(table), 2, len(words)), bool)
    for place, (column, side) in enumerate(zip(columns, spoken, strict=True)):
        number = np.array([words.index(word) for word in side.dictionary.to_pylist()], np.int64)
        ticked[pc.list_parent_indices(column).to_numpy(), place, number[side.indices.to_numpy()]] = True
    return words, ticked


def _difference(table: pa.Table, trait: str) -> Floats:
    first, second = (table.column(f"{trait}_{side}").to_numpy().astype(np.float64) for side in "ab")
    total = first + second
    return np.divide(first - second, total, out=np.zeros(len(total)), where=total > 0)
