"""What a release's manifests say of its outcome file. Pure: for the site, and for who has the files alone.

`manifest.json` is that of the last revision, `manifests/manifest-<revision>.json` those before. A folder of the two
files of the ranking alone has none.
"""

import json
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"


class ManifestRefused(Exception):
    """A manifest cannot be read, or is another release's; the message says why, for a person."""


def revisions(place: Path, name: str) -> dict[str, int]:
    """{SHA-256: revision} of all that the file of this name ever was, the last one last; {} without a manifest.

    Raises ManifestRefused.
    """
    if not (place / MANIFEST).exists():
        return {}
    found: dict[str, int] = {}
    for path in (*(place / "manifests").glob("manifest-*.json"), place / MANIFEST):
        for file in _files(path):
            if file.get("path") == name:
                known = [file["replaces"]] if file.get("replaces") else []
                found |= _hashes(path, [*known, file])
    return dict(sorted(found.items(), key=lambda item: item[1]))


def named(sha256: str, known: dict[str, int]) -> str:
    """A file in words: its revision, if it has one."""
    return f"revision {known[sha256]}" if sha256 in known else f"none that the manifest names ({sha256[:12]}…)"


def release(place: Path) -> str:
    """The name that the manifest gives; empty without a manifest. Raises ManifestRefused."""
    return str(_read(place / MANIFEST).get("name", "")) if (place / MANIFEST).exists() else ""


def _hashes(path: Path, files: list[dict[str, Any]]) -> dict[str, int]:
    try:
        return {str(file["sha256"]): int(file["revision"]) for file in files}
    except (KeyError, TypeError, ValueError):
        raise ManifestRefused(f"{path.name} lacks the SHA-256 or the revision of a file.") from None


def _files(path: Path) -> list[dict[str, Any]]:
    files = _read(path).get("files")
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise ManifestRefused(f"{path.name} does not list its files.")
    return files


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ManifestRefused(f"{path.name} cannot be read ({type(error).__name__}).") from None
    if not isinstance(found, dict):
        raise ManifestRefused(f"{path.name} is not a manifest.")
    return found
