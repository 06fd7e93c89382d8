"""The data files of a release: written from rows as they come, and taken out of them again."""

import json
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from arena.outcomes import Styles
from datasets_export.columns import NAMES, TEXTS
from datasets_export.legacy import exporting
from datasets_export.legacy.columns import SCHEMAS
from datasets_export.models import LegacyRow
from models_catalog.models import LanguageModel

from . import folders, shards
from .gathering import Gathering

SAMPLE = 100
"""Rows. Codes are drawn by a key, so that the first ones are as good as any drawn by lot."""

SAY_EACH = 20_000
KEY = ("comparison", "turn")
values_of = attrgetter(*NAMES)
texts_of = attrgetter(*TEXTS)
comparison_of = attrgetter("comparison")


@dataclass
class Written:
    turns: int
    changed: int
    redacted: Counter
    styles: Styles


def write(folder, turns, release, key, say=print):
    """Write `turns/`, `legacy/` and the sample, in one pass."""
    gathering = Gathering(turns, key)
    metadata = {"release": release.name, "demo": "DEMO" if release.is_demo else ""}
    files = shards.Files(folder, shards.turns_schema(), metadata)
    count = 0
    with (
        closing(iter(gathering)) as found,
        Legacy(folder, metadata) as legacy,
        (folder / "sample.jsonl").open("w", encoding="utf-8") as sample,
    ):
        for _code, rows in groupby(found, comparison_of):
            rows = list(rows)
            for row in rows:
                values = values_of(row)
                files.add(stem(row), values, weight := sum(len(text or "") for text in texts_of(row)))
                legacy.characters += weight
                count += 1
                if count <= SAMPLE:
                    sample.write(line(values))
                if count % SAY_EACH == 0:
                    say(f"{count} turns")
            legacy.add(rows)
    files.close()
    return Written(count, gathering.changed, gathering.redacted, gathering.styles)


class Legacy:
    """The three files of the existing site, written from some thousands of comparisons at once."""

    def __init__(self, folder, metadata):
        self.files = {
            file: shards.Files(folder, schema, metadata | {"format": f"comparia-{file}"})
            for file, schema in SCHEMAS.items()
        }
        self.sizes = {
            slug: sizes for slug, *sizes in LanguageModel.objects.values_list("slug", "total_params", "active_params")
        }
        self.waiting = []
        self.characters = 0

    def add(self, rows):
        self.waiting.append(rows)
        if len(self.waiting) >= shards.ROWS_AT_ONCE or self.characters >= shards.CHARACTERS_AT_ONCE:
            self.write()

    def write(self):
        for file, table in exporting.tables(self.waiting, self.sizes).items():
            self.files[file].add_table(f"legacy/comparia-{file}", table)
        self.waiting, self.characters = [], 0

    def __enter__(self):
        return self

    def __exit__(self, *failed):
        if not any(failed):
            self.write()
        for files in self.files.values():
            files.close()
            files.name_alone()


def stem(row):
    return f"turns/{row.portal}-{row.prompt_language or 'und'}/part"


def line(values):
    return json.dumps(dict(zip(NAMES, values, strict=True)), ensure_ascii=False, default=str) + "\n"


def drop(folder, gone):
    """Take these turns, {(comparison, turn): leaving.Gone}, out of every file that holds text; {rule: turns} of those
    found there. The three files of the existing site lose the whole comparison: its turns are one row there."""
    found = {}
    for path in sorted(folder.glob("turns/*/*.parquet")):
        found |= {key: gone[key] for key in drop_from(path, KEY, gone)}
    if found:
        drop_from_sample(folder / "sample.jsonl", found)
        drop_from_legacy(folder, found)
    return Counter(left.rule for left in found.values())


def drop_outcomes(folder, gone):
    """Take these votes out of the outcome file; how many were there."""
    return len(drop_from(folder / "outcomes.parquet", KEY, gone))


def drop_from(path, told_by, gone):
    """Rewrite the file without the rows whose values of these columns are among those; which of them were there."""
    there = set()

    def stays(table):
        keys = list(zip(*(table.column(name).to_pylist() for name in told_by), strict=True))
        there.update(key for key in keys if key in gone)
        return [key not in gone for key in keys]

    part = path.with_name(f"{path.name}.part")
    if shards.without(path, part, told_by, stays):
        part.replace(path)
    return there


def drop_from_legacy(folder, found):
    """Rows of live comparisons have their codes, imported ones the numbers that they came with."""
    comparisons = {left.comparison for left in found.values()}
    numbers = LegacyRow.objects.filter(comparison__in=comparisons).values_list("file", "key")
    by_file = {file: {(int(key),) for of_file, key in numbers if of_file == file} for file in SCHEMAS}
    pairs = {(code,) for code, _turn in found}
    for file, ids in by_file.items():
        for path in sorted(folder.glob(f"legacy/comparia-{file}*.parquet")):
            drop_from(path, ("conversation_pair_id",), pairs)
            drop_from(path, ("id",), ids)


def drop_from_sample(path, gone):
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = ((line, json.loads(line)) for line in lines)
    folders.write_text(path, "".join(line for line, row in rows if (row["comparison"], row["turn"]) not in gone))
