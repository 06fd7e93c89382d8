"""What is sent of a release: the files that its manifest names, once they are found to be what it says."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from .refusals import Refused

MANIFEST, BOARDS, OUTCOMES = "manifest.json", "leaderboard.json", "outcomes.parquet"
FORMAT = "comparia-release/1"


@dataclass(frozen=True)
class File:
    path: str
    kind: str
    size: int
    sha256: str
    source: Path
    stamp: tuple[int, int]
    """Size and time of change when it was read."""


@dataclass(frozen=True)
class Parcel:
    """A release that was verified. `files` has the data first and the manifest last."""

    name: str
    revision: int
    files: tuple[File, ...]
    replaced: frozenset[str] = field(default_factory=frozenset)
    """The SHA-256 of what revisions took the place of."""

    @property
    def tag(self) -> str:
        return f"{self.name}.{self.revision}" if self.revision else self.name

    @property
    def older_tags(self) -> list[str]:
        """Of the same release before its revision: their texts may have been withdrawn."""
        return [f"{self.name}.{number}" if number else self.name for number in range(self.revision)]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def has_boards(self) -> bool:
        return any(file.path == BOARDS for file in self.files)

    def read(self, path: str) -> bytes:
        """One of its files; b"" if it has none of this name."""
        return next((file.source.read_bytes() for file in self.files if file.path == path), b"")

    def has_changed(self) -> bool:
        """Whether the folder was revised since it was opened."""
        return any(not file.source.is_file() or stamp(file.source) != file.stamp for file in self.files)

    def check_unchanged(self) -> None:
        """Just before it is shown; raises Refused."""
        if self.has_changed():
            raise Refused("changed")


def opened(folder: Path) -> Parcel:
    """The release in `folder`; raises Refused if it is a demonstration, or not what its manifest says."""
    if not (folder / MANIFEST).is_file():
        raise Refused("missing")
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if manifest["format"] != FORMAT or manifest["name"] != folder.name:
            raise Refused("damaged")
        if manifest["demo"]:
            raise Refused("demo")
        files = [*named(folder, manifest), *boards(folder, manifest), read(folder, MANIFEST, "manifest")]
        return Parcel(manifest["name"], int(manifest["revision"]), tuple(files), replaced(folder, manifest))
    except (KeyError, TypeError, ValueError, OSError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("damaged") from None


def named(folder: Path, manifest: dict[str, Any]) -> Iterator[File]:
    """The files of the manifest; one that differs from it is refused."""
    for entry in manifest["files"]:
        file = read(folder, entry["path"], entry["kind"])
        if (file.size, file.sha256) != (entry["bytes"], entry["sha256"]):
            raise Refused("damaged")
        yield file


def replaced(folder: Path, manifest: dict[str, Any]) -> frozenset[str]:
    """By this revision and by those before it: a place may not have seen each of them."""
    found = {entry["replaces"]["sha256"] for entry in manifest["files"] if entry.get("replaces")}
    for path in folder.glob("manifests/manifest-*.json"):
        found |= {entry["sha256"] for entry in json.loads(path.read_bytes())["files"]}
    return frozenset(found - {entry["sha256"] for entry in manifest["files"]})


def boards(folder: Path, manifest: dict[str, Any]) -> Iterator[File]:
    """The boards, if they were computed: from the outcome file of this very release."""
    if not (folder / BOARDS).exists():
        return
    document = json.loads((folder / BOARDS).read_bytes())
    expected = {entry["sha256"] for entry in manifest["files"] if entry["path"] == OUTCOMES}
    if document["inputs"]["sha256"] not in expected:
        raise Refused("damaged")
    yield read(folder, BOARDS, "boards")


def read(folder: Path, path: str, kind: str) -> File:
    """A file of the folder, and nowhere else."""
    parts = PurePosixPath(path).parts
    source = folder / path
    if not parts or path.startswith("/") or ".." in parts or "\\" in path:
        raise Refused("damaged")
    if not source.is_file() or source.resolve() != folder.resolve() / path:
        raise Refused("damaged")
    at = stamp(source)
    with open(source, "rb") as content:
        return File(path, kind, at[0], hashlib.file_digest(content, "sha256").hexdigest(), source, at)


def stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
