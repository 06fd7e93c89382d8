"""Checks the files of a release against its manifest: `python -m datasets_export.releases.verifying DIR`.

Needs the standard library alone: neither settings nor a database. Raises nothing for a file that differs: it says so.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

FORMAT = "comparia-release/1"
BESIDE = ("manifest.json", "leaderboard.json", "manifests/")
"""What stands in the folder without being in the manifest."""


class CannotVerify(Exception):
    """There is no manifest to verify by; the message says why, for a person."""


def differences(folder: Path, say: Callable[[str], object] = lambda line: None) -> list[str]:
    """What is not as published, a line each. Raises CannotVerify."""
    manifest = read(folder / "manifest.json")
    name = f"{manifest['name']}, revision {manifest['revision']}"
    say(f"Release {name}{': DEMO' if manifest['demo'] else ''}: {len(manifest['files'])} files")
    older = hashes(folder, manifest)
    found = [line for file in manifest["files"] for line in of_file(folder, file, older)]
    known = {file["path"] for file in manifest["files"]}
    return found + [f"{path}: not in the manifest" for path in there(folder) if path not in known]


def read(path: Path) -> Any:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CannotVerify(f"{path.name} cannot be read ({type(error).__name__}).") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise CannotVerify(f"{path.name} is not of the format {FORMAT}.")
    for file in manifest["files"]:
        place = PurePosixPath(file["path"])
        if place.is_absolute() or ".." in place.parts:
            raise CannotVerify(f"{path.name} names a file outside its folder.")
    return manifest


def hashes(folder: Path, manifest: Any) -> dict[tuple[str, str], int]:
    """{(path, hash): revision} of the files of older revisions."""
    earlier = [read(path) for path in sorted(folder.glob("manifests/manifest-*.json"))]
    found = {(file["path"], file["sha256"]): file["revision"] for old in earlier for file in old["files"]}
    for file in manifest["files"]:
        if file["replaces"]:
            found[file["path"], file["replaces"]["sha256"]] = file["replaces"]["revision"]
    return found


def of_file(folder: Path, file: Any, older: dict[tuple[str, str], int]) -> Iterator[str]:
    path = folder / file["path"]
    if not path.is_file():
        yield f"{file['path']}: missing"
        return
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    if digest == file["sha256"]:
        return
    revision = older.get((file["path"], digest))
    if revision is None:
        yield f"{file['path']}: not the file that was published"
    else:
        yield f"{file['path']}: of revision {revision}; revision {file['revision']} replaced it: download it again"


def there(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        told = path.relative_to(folder).as_posix()
        if path.is_file() and not told.startswith(BESIDE):
            yield told


def main() -> int:
    if len(sys.argv) != 2:
        print("Usage: python -m datasets_export.releases.verifying DIR", file=sys.stderr)
        return 2
    try:
        found = differences(Path(sys.argv[1]), print)
    except CannotVerify as error:
        print(error, file=sys.stderr)
        return 2
    for line in found:
        print(line)
    print("It differs from what was published." if found else "Verified: every file is the one that was published.")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
