"""Recomputing a release's boards from its two published files: `python -m leaderboard.verifying DIRECTORY`.

Needs numpy and pyarrow, and neither the site nor its database. Scores must agree to two decimals and probabilities and
rates to four, each within one unit of the last published digit; ranks, tiers, votes and all else exactly.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import computing, manifests
from .analysing import Parameters
from .outcomes import OutcomesRefused, fingerprint

ONE_UNIT = {
    **dict.fromkeys(("score", "interval", "style_score", "points"), 0.01),
    **dict.fromkeys(("p_best", "win_rate", "decided_win_rate", "both_bad_rate", "better"), 0.0001),
    **dict.fromkeys(("critical_value", "design_effect"), 0.0001),
    "freedom": 0.1,
}
"""By name, how far a figure may be from the published one."""
AS_MANY = "votes_to_tell"
"""Counts that follow from scores: within one in a thousand, or one vote."""
NOT_FROM_VOTES = ("versions", "ledger", "boards")


class CannotVerify(Exception):
    """There is nothing that can be verified; the message says why, for a person."""


def differences(place: Path, say: Callable[[str], object] = lambda text: None) -> list[str]:
    """What differs between the figures published in this directory and those recomputed, in words; empty: verified."""
    document = _document(place / computing.DOCUMENT)
    path = place / computing.OUTCOMES
    try:
        say(f"Published with {_spelled(document['versions'])}; recomputed with {_spelled(computing.versions())}.")
        parameters = Parameters(**document["parameters"])
        found = []
        if document["inputs"]["sha256"] != (sha256 := fingerprint(path)):
            found.append(_other_file(place, document["inputs"]["sha256"], sha256))
        for board in document["boards"]:
            if board["digest"] != computing.digest(document, board["board"]):
                found.append(f"{board['board']}, digest: not that of its inputs, parameters and versions")
        recomputed, _needs = computing.compute(path, parameters, say)
        for name in document.keys() - set(NOT_FROM_VOTES):
            if name != "inputs" and document[name] != recomputed.get(name):
                found.append(f"{name}: published {document[name]!r}, recomputed {recomputed.get(name)!r}")
        return found + list(_boards(document["boards"], recomputed["boards"]))
    except (OSError, OutcomesRefused, manifests.ManifestRefused) as error:
        raise CannotVerify(str(error)) from None
    except (KeyError, TypeError, AttributeError) as error:
        raise CannotVerify(f"{computing.DOCUMENT} has not the fields of {computing.FORMAT}: {error}.") from None


def _other_file(place: Path, wanted: str, sha256: str) -> str:
    """That the outcome file is not the one of the boards, and which it is, where the manifests tell."""
    said = f"{computing.OUTCOMES}: not the file that the boards were computed from (its SHA-256 differs)"
    known = manifests.revisions(place, computing.OUTCOMES)
    if wanted not in known:
        return said
    return f"{said}; they need {manifests.named(wanted, known)}, and this is {manifests.named(sha256, known)}"


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CannotVerify(f"{path} cannot be read ({type(error).__name__}).") from None
    if not isinstance(document, dict) or document.get("format") != computing.FORMAT:
        raise CannotVerify(f"{path} is not of the format {computing.FORMAT}.")
    return document


def _boards(published: list[dict[str, Any]], recomputed: list[dict[str, Any]]) -> Iterator[str]:
    before, after = ({board["board"]: board for board in boards} for boards in (published, recomputed))
    yield from (f"{code}: not published" for code in after.keys() - before.keys())
    for code, board in before.items():
        if code not in after:
            yield f"{code}: these votes do not make such a board"
            continue
        found = after[code]
        for name in sorted(board.keys() - {"ratings", "digest"}):
            yield from _compared(f"{code}, {name}", name, board[name], found.get(name))
        ratings = {rating["model"]: rating for rating in found["ratings"]}
        yield from (
            f"{code}, {model}: not published" for model in ratings.keys() - {r["model"] for r in board["ratings"]}
        )
        for rating in board["ratings"]:
            again = ratings.get(rating["model"], {})
            for name in rating:
                yield from _compared(f"{code}, {rating['model']}, {name}", name, rating[name], again.get(name))


def _compared(place: str, name: str, published: Any, recomputed: Any) -> Iterator[str]:
    """Where a value, or one inside it, is too far from the published one."""
    if isinstance(published, dict) and isinstance(recomputed, dict):
        for key in sorted(published.keys() | recomputed.keys()):
            yield from _compared(f"{place}, {key}", key, published.get(key), recomputed.get(key))
    elif isinstance(published, list) and isinstance(recomputed, list) and len(published) == len(recomputed):
        for number, (before, after) in enumerate(zip(published, recomputed, strict=True), 1):
            yield from _compared(f"{place}[{number}]", name, before, after)
    elif not _agree(name, published, recomputed):
        yield f"{place}: published {published!r}, recomputed {recomputed!r}"


def _agree(name: str, published: Any, recomputed: Any) -> bool:
    if not (isinstance(published, int | float) and isinstance(recomputed, int | float)):
        return bool(published == recomputed)
    if name == AS_MANY:
        return abs(published - recomputed) <= max(1, published / 1000)
    unit = ONE_UNIT.get(name, 0)
    return bool(abs(published - recomputed) <= unit * (1 + 1e-6))


def _spelled(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def main() -> int:
    try:
        found = differences(Path(sys.argv[1]), print)
    except CannotVerify as error:
        print(error, file=sys.stderr)
        return 2
    for line in found:
        print(line)
    print("It differs from what was published." if found else "Verified: the same figures.")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
