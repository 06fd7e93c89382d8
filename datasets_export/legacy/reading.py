"""The files of a directory, checked before anything is written, then read some rows at a time."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from .columns import FILES, MESSAGES, READ, SCHEMAS, STRINGS

AT_ONCE = 1000
"""Rows: some megabytes, whatever the size of the file's own groups."""


class Unreadable(Exception):
    """A file that cannot be imported: the sentence says which, and why, without what it holds."""


def found(directory: Path, only: str | None = None) -> dict[str, list[Path]]:
    """{file: its parts in order} of those that are in the directory, or one folder below; raises Unreadable."""
    if not directory.is_dir():
        raise Unreadable(f"{directory} is not a directory.")
    paths = sorted((*directory.glob("*.parquet"), *directory.glob("*/*.parquet")))
    wanted = [file for file in FILES if only in (None, file)]
    parts = {
        file: [path for path in paths if re.fullmatch(rf"(comparia-)?{file}(-\d+(-of-\d+)?)?", path.stem)]
        for file in wanted
    }
    if not any(parts.values()):
        names = ", ".join(f"comparia-{file}.parquet" for file in wanted)
        raise Unreadable(f"{directory} has none of {names}.")
    for file in wanted:
        for path in parts[file]:
            check(path, file)
    return parts


def check(path: Path, file: str) -> None:
    """Raises Unreadable unless it is Parquet and has the columns of this file, each of a type that can be read."""
    schema = _opened(path).schema_arrow
    if missing := [name for name in SCHEMAS[file].names if name not in schema.names]:
        raise Unreadable(f"{path}: columns missing: {', '.join(missing)}.")
    for name in READ[file]:
        wanted, given = SCHEMAS[file].field(name).type, schema.field(name).type
        if not _can_be_read(given, wanted, name):
            raise Unreadable(f"{path}: column {name} is {_short(given)}, where {_short(wanted)} is expected.")


def unknown_columns(path: Path, file: str) -> list[str]:
    """Columns that are left out: of an older time, or none of ours."""
    return [name for name in _opened(path).schema_arrow.names if name not in SCHEMAS[file].names]


def rows_in(path: Path) -> int:
    return _opened(path).metadata.num_rows


def batches(path: Path, file: str) -> Iterator[pa.RecordBatch]:
    """Its rows in order, the columns of READ; `timestamp` in microseconds since 1970, UTC. Raises Unreadable where the
    file is damaged."""
    opened = _opened(path)
    try:
        for batch in opened.iter_batches(AT_ONCE, columns=list(READ[file])):
            place = batch.schema.get_field_index("timestamp")
            moments = batch.column(place)
            if not types.is_null(moments.type):
                moments = moments.cast(pa.timestamp("us", moments.type.tz), safe=False).cast(pa.int64())
            yield batch.set_column(place, "timestamp", moments)
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(f"{path} is damaged ({type(error).__name__}).") from None


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(f"{path} is not a Parquet file that can be read ({type(error).__name__}).") from None


def _can_be_read(given: pa.DataType, wanted: pa.DataType, name: str) -> bool:
    if types.is_dictionary(given):
        given = given.value_type
    if types.is_null(given):
        return name not in ("id", "timestamp", "conversation_pair_id")
    if types.is_timestamp(wanted):
        return types.is_timestamp(given)
    if name == "id":
        return types.is_integer(given)
    if types.is_integer(wanted) or types.is_floating(wanted):
        return types.is_integer(given) or types.is_floating(given)
    if types.is_boolean(wanted):
        return types.is_boolean(given)
    if _is_text(given):  # a list may be written as JSON
        return True
    if wanted == STRINGS or name == "model_pair_name":
        return _is_list(given) and _is_text(given.value_type)
    if wanted == MESSAGES:
        return _is_list(given) and types.is_struct(given.value_type) and _has_text(given.value_type, "role", "content")
    return False


def _has_text(struct: pa.StructType, *names: str) -> bool:
    return all(struct.get_field_index(name) >= 0 and _is_text(struct.field(name).type) for name in names)


def _is_list(given: pa.DataType) -> bool:
    return types.is_list(given) or types.is_large_list(given)


def _is_text(given: pa.DataType) -> bool:
    return types.is_string(given) or types.is_large_string(given) or types.is_string_view(given)


def _short(given: pa.DataType) -> str:
    return str(given) if len(str(given)) < 60 else f"{str(given)[:57]}…"
