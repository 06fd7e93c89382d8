"""The data files of a release: written from rows as they come, and taken out of them again."""

import json
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from datasets_export.columns import NAMES, TEXTS

from . import folders, shards
from .gathering import Gathering

SAMPLE = 100
"""Rows. Codes are drawn by a key, so that the first ones are as good as any drawn by lot."""

SAY_EACH = 20_000
values_of = attrgetter(*NAMES)
texts_of = attrgetter(*TEXTS)
comparison_of = attrgetter("comparison")


@dataclass
class Written:
    turns: int
    changed: int
    redacted: Counter


def write(folder, turns, release, key, say=print):
    """Write `turns/`, `legacy/` and the sample."""
    gathering = Gathering(turns, key)
    metadata = {"release": release.name, "demo": "DEMO" if release.is_demo else ""}
    files = shards.Files(folder, shards.turns_schema(), metadata)
    count = 0
    sample = []
    for _code, rows in groupby(gathering, comparison_of):
        for row in rows:
            values = values_of(row)
            files.add(stem(row), values, sum(len(text or "") for text in texts_of(row)))
            count += 1
            if count <= SAMPLE:
                sample.append(line(values))
            if count % SAY_EACH == 0:
                say(f"{count} turns")
    files.close()
    folders.write_text(folder / "sample.jsonl", "".join(sample))
    return Written(count, gathering.changed, gathering.redacted)


def stem(row):
    return f"turns/{row.portal}-{row.prompt_language or 'und'}/part"


def line(values):
    return json.dumps(dict(zip(NAMES, values, strict=True)), ensure_ascii=False, default=str) + "\n"


def drop(folder, gone):
    """Take these turns, {(comparison, turn): rule}, out of every file that holds text; {rule: turns} of those found."""
    found = {}
    for path in sorted(folder.glob("turns/*/*.parquet")):
        found |= {key: gone[key] for key in drop_from(path, gone)}
    if found:
        drop_from_sample(folder / "sample.jsonl", found)
    return Counter(found.values())


def drop_outcomes(folder, gone):
    drop_from(folder / "outcomes.parquet", gone)


def drop_from(path, gone):
    """The keys that were there."""
    there = set()

    def stays(table):
        keys = list(zip(table.column("comparison").to_pylist(), table.column("turn").to_pylist(), strict=True))
        there.update(key for key in keys if key in gone)
        return [key not in gone for key in keys]

    part = path.with_name(f"{path.name}.part")
    if shards.without(path, part, ("comparison", "turn"), stays):
        part.replace(path)
    return there


def drop_from_sample(path, gone):
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = ((line, json.loads(line)) for line in lines)
    folders.write_text(path, "".join(line for line, row in rows if (row["comparison"], row["turn"]) not in gone))
