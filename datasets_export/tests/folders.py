"""A small release made by hand, for tests of what explains releases: real files, rows of no meaning."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq

from datasets_export.columns import COLUMNS

ARROW = {
    "string": pa.string(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("ms", tz="UTC"),
    "list<string>": pa.list_(pa.field("element", pa.string())),
}
SCHEMA = pa.schema([pa.field(column.name, ARROW[column.type], column.is_nullable) for column in COLUMNS])
DAY = datetime(2026, 1, 31, 12, tzinfo=UTC)
MEASURED = {
    "fr": {"recall": 0.973, "precision": 0.951, "cases": 420},
    "en": {"recall": 0.968, "precision": 0.96, "cases": 400},
    "da": {"recall": 0.941, "precision": 0.972, "cases": 380},
}


def row(number, **values):
    """A row of `turns/`; nullable columns are null for even numbers."""
    plain = {"string": f"text {number}", "int16": 1, "int32": number, "float64": number / 2, "bool": bool(number % 2)}
    plain |= {"timestamp": DAY + timedelta(days=number), "list<string>": ["one", "two"][: number % 3]}
    found = {column.name: None if column.is_nullable and not number % 2 else plain[column.type] for column in COLUMNS}
    told = {"comparison": f"{number:020x}", "visitor": f"{number:016x}", "turn": 1, "origin": "live", "mode": "random"}
    told |= {"draw_probability": 0.25, "status_a": "complete", "status_b": "stopped", "prompt_language": "fr"}
    return found | told | {"choice": "a_better" if number % 2 else None, "portal": "fr"} | values


def manifest(name="2026-02-10", files=(), **fields):
    counts = {
        "turns": 151_234,
        "comparisons": 98_765,
        "voted": 61_200,
        "visitors": 40_321,
        "by_portal": {"fr": 148_000, "da": 3_234},
        "by_language": {"fr": 120_000, "en": 21_000, "da": 3_100, "de": 2_400, "sv": 700, "": 4_034},
        "by_month": {"2025-12": 70_000, "2026-01": 81_234},
        "by_choice": {"": 90_034, "a_better": 20_000, "b_better": 19_800, "both_good": 12_000, "both_bad": 9_400},
        "by_model": {"mistral-large": 30_000, "gemma-3-27b": 29_000},
    }
    return {
        "format": "comparia-release/1",
        "name": name,
        "revision": 0,
        "created_at": "2026-02-10T04:00:00+00:00",
        "until": "2026-02-03T04:00:00+00:00",
        "demo": "",
        "scope": {"portal": "", "language": ""},
        "licence": "etalab-2.0",
        "previous": None,
        "files": list(files),
        "counts": counts,
        "left_out": [
            {"rule": "withdrawn", "turns": 320},
            {"rule": "cohort", "turns": 12_400},
            {"rule": "not-analysed", "turns": 0},
            {"rule": "odd-rule", "turns": 3},
        ],
        "redacted": {"email": 812, "phone": 1_204, "name": 0},
        "personal_data": {"measured": MEASURED, "audit": None},
        "versions": {"code": "abc1234", "python": "3.11"},
    } | fields


def write(folder, rows=5, **fields):
    """Write a release of that many rows, half of them on a second site; give its manifest."""
    from datasets_export import documents

    made = [row(number) for number in range(rows)]
    parts = {"fr-fr": made[::2], "da-und": [one | {"portal": "da", "prompt_language": ""} for one in made[1::2]]}
    files = []
    for part, of_part in parts.items():
        path = folder / "turns" / part / "part-00000.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(of_part, SCHEMA), path, compression="zstd", row_group_size=2)
        portal, language = part.split("-")
        files.append(entry(folder, path, "turns", portal, "" if language == "und" else language, len(of_part)))
    told = manifest(folder.name, files, **fields)
    told["counts"]["turns"] = rows
    texts = {
        "card": ("README.md", documents.card(told)),
        "croissant": ("croissant.json", json.dumps(documents.croissant(told), indent=1)),
        "schema": ("schema.json", json.dumps(documents.schema(), indent=1)),
        "sample": ("sample.jsonl", "".join(json.dumps(one, default=datetime.isoformat) + "\n" for one in made)),
    }
    for kind, (name, text) in texts.items():
        (folder / name).write_text(text)
        told["files"].append(entry(folder, folder / name, kind))
    (folder / "manifest.json").write_text(json.dumps(told))
    return told


def entry(folder, path, kind, portal="", language="", rows=0):
    content = path.read_bytes()
    return {
        "path": str(path.relative_to(folder)),
        "kind": kind,
        "portal": portal,
        "language": language,
        "rows": rows,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "revision": 0,
        "replaces": None,
    }
