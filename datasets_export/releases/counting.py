"""What the shards of a release hold, counted from themselves. Loads pyarrow."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from . import shards

BY = {"by_portal": ["portal"], "by_language": ["prompt_language"], "by_choice": ["choice"]} | {
    "by_model": ["model_a", "model_b"]
}
READ = ("comparison", "turn", "visitor", "timestamp", *(name for names in BY.values() for name in names))


def counts(paths: Iterable[Path]) -> dict[str, Any]:
    """The counts of a manifest. A language that nobody could tell is ""."""
    by: dict[str, Counter[str]] = {name: Counter() for name in (*BY, "by_month")}
    turns, comparisons, visitors = 0, set[str](), [np.zeros(0, np.uint64)]
    for path in paths:
        table = shards.read(path, READ)
        turns += len(table)
        comparisons.update(table.column("comparison").unique().to_pylist())
        visitors.append(np.unique(numbers(table.column("visitor").unique().to_pylist())))
        for name, columns in BY.items():
            for column in columns:
                by[name] += tally(table.column(column))
        by["by_month"] += tally(pc.strftime(table.column("timestamp"), "%Y-%m"))
    return {
        "turns": turns,
        "comparisons": len(comparisons),
        "voted": by["by_choice"].total(),
        "visitors": len(np.unique(np.concatenate(visitors))),
        **{name: dict(sorted(found.items())) for name, found in by.items()},
    }


def numbers(codes: list[str]) -> Any:
    """Codes of 16 hexadecimal digits as the integers they are: an eighth of the memory."""
    return np.frombuffer(bytes.fromhex("".join(codes)), np.uint64)


def tally(column: Any) -> Counter[str]:
    found = pc.value_counts(column.drop_null()).to_pylist()
    return Counter({count["values"]: count["counts"] for count in found})


def keys(path: Path) -> list[tuple[str, int]]:
    """(comparison, turn) of each row, in order."""
    table = shards.read(path, ("comparison", "turn"))
    return list(zip(table.column("comparison").to_pylist(), table.column("turn").to_pylist(), strict=True))
