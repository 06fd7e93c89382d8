"""What the shards of a release hold, counted from themselves. Loads pyarrow."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from . import shards

BY = {"by_portal": ["portal"], "by_language": ["prompt_language"], "by_choice": ["choice"]} | {
    "by_model": ["model_a", "model_b"]
}
CODE = "S20"
"""A comparison's code, or a visitor's, which is shorter."""
READ = ("comparison", "turn", "visitor", "timestamp", *(name for names in BY.values() for name in names))


def counts(paths: Iterable[Path]) -> dict[str, Any]:
    """The counts of a manifest. A language that nobody could tell is ""."""
    by: dict[str, Counter[str]] = {name: Counter() for name in (*BY, "by_month")}
    turns, comparisons, visitors = 0, [no_codes()], [no_codes()]
    for table in chain.from_iterable(shards.read(path, READ) for path in paths):
        turns += len(table)
        comparisons.append(codes(table.column("comparison")))
        visitors.append(codes(table.column("visitor")))
        for name, columns in BY.items():
            for column in columns:
                by[name] += tally(table.column(column))
        by["by_month"] += tally(pc.strftime(table.column("timestamp"), "%Y-%m"))
    return {
        "turns": turns,
        "comparisons": len(np.unique(np.concatenate(comparisons))),
        "voted": by["by_choice"].total(),
        "visitors": len(np.unique(np.concatenate(visitors))),
        **{name: dict(sorted(found.items())) for name, found in by.items()},
    }


def codes(column: Any) -> Any:
    """Those of a column, each once, in order: an array of twenty bytes for each takes a quarter of the memory."""
    return np.unique(column.unique().to_numpy(zero_copy_only=False).astype(CODE)) if len(column) else no_codes()


def no_codes() -> Any:
    return np.zeros(0, CODE)


def comparisons(paths: Iterable[Path]) -> Any:
    """The codes of all comparisons in these shards, each once, in order."""
    tables = chain.from_iterable(shards.read(path, ["comparison"]) for path in paths)
    found = [codes(table.column("comparison")) for table in tables]
    return np.unique(np.concatenate([no_codes(), *found]))


def are_among(known: Any, found: Any) -> Any:
    """Whether each of these codes is among those, which are in order."""
    places = known.searchsorted(found)
    return np.append(known, b"")[places] == found


def tally(column: Any) -> Counter[str]:
    found = pc.value_counts(column.drop_null()).to_pylist()
    return Counter({count["values"]: count["counts"] for count in found})


def keys(path: Path) -> list[tuple[str, int]]:
    """(comparison, turn) of each row, in order."""
    found = []
    for table in shards.read(path, ("comparison", "turn")):
        found += zip(table.column("comparison").to_pylist(), table.column("turn").to_pylist(), strict=True)
    return found
