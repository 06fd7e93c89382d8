"""What goes beside the data of a release, ending with its manifest: all told from the files themselves."""

import hashlib
import os
import platform
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from datasets_export import columns, documents

from . import folders

FORMAT = "comparia-release/1"
LICENCE = "etalab-2.0"
KINDS = {
    "outcomes.parquet": "outcomes",
    "schema.json": "schema",
    "README.md": "card",
    "croissant.json": "croissant",
    "changes.json": "changes",
    "tombstones.json": "tombstones",
    "sample.jsonl": "sample",
}


def versions():
    return {"columns": columns.VERSION, "python": platform.python_version(), "pyarrow": pa.__version__}


def complete(folder, manifest, before=None):
    """Write schema, card, Croissant and, last, the manifest, of which `files` is made here. `before` is the manifest of
    the revision that this one replaces."""
    known = {entry["path"]: entry for entry in before["files"]} if before else {}
    folders.write_json(folder / "schema.json", documents.schema())
    told = {path for path, kind in KINDS.items() if kind in ("card", "croissant")}

    def entries(paths):
        found = (entry(folder, path, manifest["revision"]) for path in sorted(paths))
        return [since(one, known.get(one["path"])) for one in found]

    manifest["files"] = entries(data for data in files(folder) if data not in told)
    folders.write_text(folder / "README.md", documents.card(manifest))
    folders.write_json(folder / "croissant.json", documents.croissant(manifest))
    manifest["files"] += entries(told)
    folders.write_json(folder / "manifest.json", manifest)
    sync(folder)
    return manifest


def files(folder):
    """Paths inside the folder of all that a manifest names."""
    for found in (*folder.glob("turns/*/*.parquet"), *folder.glob("legacy/*.parquet")):
        yield found.relative_to(folder).as_posix()
    yield from (path for path in KINDS if (folder / path).exists())


def entry(folder, path, revision):
    found = folder / path
    kind = KINDS.get(path) or path.partition("/")[0]
    portal, _dash, language = found.parent.name.rpartition("-") if kind == "turns" else ("", "", "")
    with found.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "path": path,
        "kind": kind,
        "portal": portal,
        "language": "" if language == "und" else language,
        "rows": rows(found),
        "bytes": found.stat().st_size,
        "sha256": digest,
        "revision": revision,
        "replaces": None,
    }


def rows(path: Path):
    if path.suffix == ".parquet":
        return pq.read_metadata(path).num_rows
    if path.suffix == ".jsonl":
        with path.open("rb") as file:
            return sum(1 for _line in file)
    return 0


def since(entry, known):
    """The entry as it was, if the file did not change; else with the hash that it replaces."""
    if known is None:
        return entry
    if known["sha256"] == entry["sha256"]:
        return known
    return entry | {"replaces": {"sha256": known["sha256"], "revision": known["revision"]}}


def sync(folder):
    """Everything on the disk before the folder gets its name: a power cut leaves no release with holes."""
    for path in (path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            os.fsync(file.fileno())
