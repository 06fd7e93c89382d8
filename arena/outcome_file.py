"""The outcome file, `outcomes.parquet`: one row a vote, without any text. docs/ranking.md describes its columns.

Needs neither settings nor a database: who verifies a release has the file alone.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .traits import TRAITS

FORMAT = "comparia-outcomes/1"
CHOICES = ("a_better", "b_better", "both_good", "both_bad")
ROWS_AT_ONCE = 10_000
WORDS = pa.list_(pa.field("element", pa.string()))
SCHEMA = pa.schema(
    [
        pa.field("comparison", pa.string(), nullable=False),
        pa.field("turn", pa.int16(), nullable=False),
        pa.field("time", pa.timestamp("ms", tz="UTC"), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
        pa.field("portal", pa.string(), nullable=False),
        pa.field("prompt_language", pa.string(), nullable=False),
        pa.field("topics", WORDS, nullable=False),
        pa.field("mode", pa.string(), nullable=False),
        pa.field("draw_probability", pa.float64()),
        pa.field("is_replaced", pa.bool_(), nullable=False),
        pa.field("is_stopped", pa.bool_(), nullable=False),
        pa.field("model_a", pa.string(), nullable=False),
        pa.field("model_b", pa.string(), nullable=False),
        pa.field("choice", pa.string(), nullable=False),
        pa.field("tags_a", WORDS, nullable=False),
        pa.field("tags_b", WORDS, nullable=False),
        *(pa.field(f"{trait}_{side}", pa.int32(), nullable=False) for side in "ab" for trait in TRAITS),
        pa.field("visitor", pa.string(), nullable=False),
    ]
)


def write(path: Path, rows: Iterable[Sequence[Any]], release: str = "", is_demo: bool = False) -> int:
    """Write rows, whose values are in the order of SCHEMA, and say how many. The file appears once it is whole.

    Raises ValueError unless rows come in canonical order, that of (comparison, turn), each once. Memory does not grow
    with the rows.
    """
    metadata = {"format": FORMAT, "release": release, "demo": "DEMO" if is_demo else ""}
    part = path.with_suffix(".part")
    rows = iter(rows)
    count, last = 0, ("", 0)
    try:
        with pq.ParquetWriter(part, SCHEMA.with_metadata(metadata), compression="zstd") as file:
            while batch := list(islice(rows, ROWS_AT_ONCE)):
                keys = [(str(row[0]), int(row[1])) for row in batch]
                if any(before >= after for before, after in pairwise(chain([last], keys))):
                    raise ValueError("The rows are not in canonical order.")
                columns = zip(*batch, strict=True)
                arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
                file.write_batch(pa.RecordBatch.from_arrays(arrays, schema=SCHEMA))
                count, last = count + len(batch), keys[-1]
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count
