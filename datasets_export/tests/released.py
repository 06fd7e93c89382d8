"""Releases for tests: built under a directory of their own, and read back as whoever downloads them would."""

from pathlib import Path

import pyarrow.parquet as pq
from cryptography.fernet import Fernet

from datasets_export.releases import building, folders


def prepare(settings, monkeypatch, directory):
    """Releases of all turns asked until now, under this directory."""
    monkeypatch.setenv("FIELD_KEYS", Fernet.generate_key().decode())
    settings.RELEASES_DIR = directory
    settings.RELEASE_DELAY_DAYS = 0


def build(name="first", **wanted):
    return building.build(name, **{"say": lambda line: None} | wanted)


def paths(name="first", pattern="turns/*/*.parquet"):
    return sorted(folders.place(name).glob(pattern))


def rows(name="first", pattern="turns/*/*.parquet"):
    return [row for path in paths(name, pattern) for row in pq.read_table(path, partitioning=None).to_pylist()]


def content(folder: Path):
    """{path: all that can be read in it}: of Parquet files their values and metadata, uncompressed."""
    found = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        if path.suffix == ".parquet":
            table = pq.read_table(path, partitioning=None)
            text = f"{table.to_pylist()} {table.schema.metadata}"
        else:
            text = path.read_text(encoding="utf-8")
        found[path.relative_to(folder).as_posix()] = text
    return found


def files_with(word, name="first"):
    return sorted(path for path, text in content(folders.place(name)).items() if word in text)
