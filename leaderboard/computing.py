"""From an outcome file to the document of its boards, `leaderboard.json`: the same for the site and for who verifies.

Pure: no database, no clock.
"""

import hashlib
import json
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from . import analysing, boards, outcomes

FORMAT = "comparia-leaderboard/1"
OUTCOMES, DOCUMENT = "outcomes.parquet", "leaderboard.json"
MODULES = ("outcomes", "boards", "analysing", "ranking", "resampling", "tiers", "style", "words", "computing")
METHOD = ("arena/outcome_file", *(f"leaderboard/{name}" for name in MODULES))
"""The modules that decide the figures."""


def compute(
    path: Path,
    parameters: analysing.Parameters,
    say: Callable[[str], object] = lambda text: None,
) -> tuple[dict[str, Any], analysing.Need]:
    """The document of an outcome file, and the needs of the pairs of its first board. Raises OutcomesRefused."""
    held = outcomes.read(path)
    document: dict[str, Any] = {
        "format": FORMAT,
        "release": held.release,
        "demo": "DEMO" if held.is_demo else "",
        "inputs": {"file": OUTCOMES, "sha256": outcomes.fingerprint(path), "rows": len(held)},
        "parameters": parameters.published(),
        "versions": versions(),
        "boards": [],
    }
    needs: analysing.Need = {}
    for board in boards.boards(held, parameters.least_of_board):
        is_first = board.code == boards.ALL
        analysis = analysing.analyse(board, parameters, with_pairs=is_first)
        needs = analysis.needs if is_first else needs
        counts = analysis.figures["counts"]
        document["boards"].append(analysis.figures | {"digest": digest(document, board.code)})
        say(f"{board.code}: {counts['votes']} votes, {counts['ranked']} of {counts['models']} models ranked")
    return document, needs


def digest(document: dict[str, Any], code: str) -> str:
    """The SHA-256 of all that a board's figures follow from: its code, the inputs, parameters with seed, versions."""
    covered = {name: document[name] for name in ("inputs", "parameters", "versions")} | {"board": code}
    return hashlib.sha256(json.dumps(covered, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def versions() -> dict[str, str]:
    """Of what computes: Python, numpy, and the code by the fingerprint of its modules."""
    root = Path(__file__).parents[1]
    code = hashlib.sha256(b"".join((root / f"{name}.py").read_bytes() for name in METHOD))
    return {"python": platform.python_version(), "numpy": np.__version__, "code": code.hexdigest()[:16]}


def write(document: dict[str, Any], path: Path) -> None:
    """The file appears whole, or stays as it was."""
    part = path.with_suffix(".part")
    try:
        part.write_text(json.dumps(document, ensure_ascii=False) + "\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
