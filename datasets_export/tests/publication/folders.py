"""A small release on the disk, whole and valid, and its row."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

from datasets_export.models import Release

DATA = ["turns/fr-fr/part-00000.parquet", "turns/da-da/part-00000.parquet", "outcomes.parquet"]
KINDS = {"turns": "turns", "outcomes.parquet": "outcomes", "README.md": "card", "sample.jsonl": "sample"}
FIRST = datetime(2026, 11, 1, tzinfo=UTC)


def folder(root, name, words="", revision=0, demo="", replaced=(), sizes=0, boards=True):
    """Write the folder: its data hold the name and `words`. Gives {path: content} as it is published."""
    home = root / name
    contents = {path: f"{path} {name} {words} {'x' * sizes}".encode() for path in DATA}
    contents["README.md"] = f"---\nlicense: etalab-2.0\n---\n# {name} r{revision}\n".encode()
    contents["schema.json"] = b"{}"
    contents["sample.jsonl"] = json.dumps({"sample": f"{name} {words}"}).encode()
    files = []
    for path, content in contents.items():
        write(home / path, content)
        kind = KINDS.get(path) or KINDS.get(path.partition("/")[0], "schema")
        entry = {"path": path, "kind": kind, "bytes": len(content), "sha256": sha256(content), "revision": revision}
        files.append(entry | {"replaces": {"sha256": sha256(replaced[path]), "revision": 0} if replaced else None})
    if boards:
        write(
            home / "leaderboard.json", json.dumps({"inputs": {"sha256": sha256(contents["outcomes.parquet"])}}).encode()
        )
        contents["leaderboard.json"] = (home / "leaderboard.json").read_bytes()
    manifest = {"format": "comparia-release/1", "name": name, "revision": revision, "demo": demo, "files": files}
    write(home / "manifest.json", json.dumps(manifest).encode())
    return contents | {"manifest.json": (home / "manifest.json").read_bytes()}


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def release(name, **fields):
    """Its row; the names in order give the dates."""
    made = Release.objects.create(
        name=name, **{"status": "built", "until": FIRST, "encrypted_key": b"-", "manifest": {}} | fields
    )
    Release.objects.filter(pk=made.pk).update(created_at=FIRST + timedelta(hours=made.pk))
    made.refresh_from_db()
    return made
