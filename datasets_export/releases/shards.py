"""Parquet files written a batch at a time, and rewritten without some of their rows. Loads pyarrow: for jobs alone.

The same rows in the same order give the same bytes (with one version of pyarrow).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from datasets_export.columns import COLUMNS, FORMAT, TEXTS

ROWS_A_FILE = 50_000
ROWS_AT_ONCE = 2_000
CHARACTERS_AT_ONCE = 6_000_000
"""The most that waits in memory for all files of one kind."""

FREE = {*TEXTS, "content", "reasoning_content", "opening_msg", "response_content", "question_content"}
"""Long texts, hardly ever twice the same: neither a dictionary nor bounds would serve them."""

ARROW = {"timestamp": pa.timestamp("ms", tz="UTC"), "list<string>": pa.list_(pa.field("element", pa.string()))}


def turns_schema() -> pa.Schema:
    return pa.schema(
        [pa.field(column.name, arrow_type(column.type), nullable=column.is_nullable) for column in COLUMNS],
        metadata={"format": FORMAT},
    )


def arrow_type(name: str) -> pa.DataType:
    return ARROW.get(name) or pa.type_for_alias(name)


@dataclass(slots=True)
class Open:
    """The files of one stem: `rows` wait for the next group, `written` are in the file that is open."""

    rows: list[Sequence[Any]] = field(default_factory=list)
    characters: int = 0
    file: pq.ParquetWriter | None = None
    files: int = 0
    written: int = 0


class Files:
    """All files of one kind, each with a stem: `<stem>-00000.parquet` and so on."""

    def __init__(self, folder: Path, schema: pa.Schema, metadata: dict[str, str]) -> None:
        self.folder = folder
        self.schema = schema.with_metadata((schema.metadata or {}) | {k.encode(): v for k, v in metadata.items()})
        self.stems: dict[str, Open] = {}
        self.rows = self.characters = 0

    def add(self, stem: str, values: Sequence[Any], characters: int) -> None:
        """A row, in the order of the schema; `characters` is about what it weighs."""
        held = self.stems.get(stem)
        if held is None:
            held = self.stems[stem] = Open()
        held.rows.append(values)
        held.characters += characters
        self.rows += 1
        self.characters += characters
        if len(held.rows) >= ROWS_AT_ONCE:
            self.write(stem)
        elif self.rows >= 2 * ROWS_AT_ONCE or self.characters >= CHARACTERS_AT_ONCE:
            self.write(max(self.stems, key=lambda stem: self.stems[stem].characters))

    def write(self, stem: str) -> None:
        """What waits for these files, as a group of rows."""
        held = self.stems[stem]
        columns = zip(*held.rows, strict=True) if held.rows else [()] * len(self.schema)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, self.schema, strict=True)]
        self.rows -= len(held.rows)
        self.characters -= held.characters
        held.rows, held.characters = [], 0
        self.add_table(stem, pa.Table.from_arrays(arrays, schema=self.schema))

    def add_table(self, stem: str, table: pa.Table) -> None:
        """A group of rows, in the columns of the schema."""
        held = self.stems.setdefault(stem, Open())
        if held.file is None:
            path = self.folder / f"{stem}-{held.files:05}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            held.file, held.files, held.written = writer(path, self.schema), held.files + 1, 0
        held.file.write_table(table.cast(self.schema))
        held.written += len(table)
        if held.written >= ROWS_A_FILE:
            held.file.close()
            held.file = None

    def close(self) -> None:
        for stem, held in self.stems.items():
            if held.rows:
                self.write(stem)
            if held.file is not None:
                held.file.close()

    def name_alone(self) -> None:
        """Files that are the only one of their stem lose their number."""
        for stem, held in self.stems.items():
            if held.files == 1:
                path = self.folder / f"{stem}-00000.parquet"
                path.rename(self.folder / f"{stem}.parquet")


def writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Dictionaries and bounds for what is short alone, and the lightest compression."""
    short = [leaf for name, type in zip(schema.names, schema.types, strict=True) for leaf in leaves(name, type)]
    short = [leaf for leaf in short if leaf.rpartition(".")[2] not in FREE]
    return pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=1, use_dictionary=short, write_statistics=short
    )


def leaves(path: str, type: pa.DataType) -> Iterator[str]:
    """The columns of a field in the file, by their paths."""
    if pa.types.is_list(type):
        yield from leaves(f"{path}.list.element", type.value_type)
    elif pa.types.is_struct(type):
        for inner in type:
            yield from leaves(f"{path}.{inner.name}", inner.type)
    else:
        yield path


Keep = Callable[[pa.Table], list[bool]]
"""Given the columns that tell the rows of a group, which of them stay."""


def without(source: Path, target: Path, told_by: Sequence[str], keep: Keep) -> int:
    """Write at `target` the rows of a file that stay; how many do not. Nothing is written if all do."""
    with pq.ParquetFile(source) as file:
        groups = range(file.num_row_groups)
        kept = [keep(file.read_row_group(group, columns=list(told_by))) for group in groups]
        gone = sum(row is False for rows in kept for row in rows)
        if gone:
            with writer(target, file.schema_arrow) as left:
                for group in groups:
                    left.write_table(file.read_row_group(group).filter(pa.array(kept[group], pa.bool_())))
    return gone


def read(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """These columns, a group of rows at a time."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=list(columns))
