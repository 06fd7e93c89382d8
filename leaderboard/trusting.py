"""The trust panel of a board as it is kept: from an outcome file and the board computed of it. docs/trust.md.

Pure: no database, no clock. `python -m leaderboard.trusting DIRECTORY` prints that of a release as JSON.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from . import boards, computing, outcomes
from .analysing import Parameters
from .ranking import Votes
from .trust import panel, rigging

DIGITS = 4
KEEP = rigging.at_most(1)
"""The filter that the drill is made through: of a visitor, one vote a day on the same two models."""
OF_PANEL = ("position", "style", "agreement_of_one_visitor", "agreement_between_visitors", "concentration")
FRAGILE = ("leader_by_votes", "leader_by_visitors", "tier_by_votes", "tier_by_visitors")
OF_EXPOSURE = ("votes", "as_first", "visitors", "opponents")
Attempts = Mapping[str, tuple[int, int]]
"""For each model, how many of its comparisons could be voted, and how many were."""


def trust(
    path: Path, board: Mapping[str, Any], parameters: Parameters, attempts: Attempts | None = None
) -> dict[str, Any] | None:
    """The panel of a board of all votes, models by slug in the order of their rank; None if it ranks nobody.

    Without `attempts`, as for who has the files alone, nothing is said of abandonment.
    """
    slugs = [rating["model"] for rating in board["ratings"] if rating["rank"]]
    if not slugs:
        return None
    evidence = _evidence(outcomes.read(path), slugs, attempts or {})
    found = panel.panel(evidence, KEEP, parameters.seed, board["critical_value"]).as_data()
    data = {
        "counts": {"votes": len(evidence.time), "visitors": len(np.unique(evidence.votes.visitor))},
        **{name: _fragile(found[name], slugs) for name in FRAGILE},
        "drills": [drill | {"model": slugs[drill["model"]]} for drill in found["drills"]],
        **{name: found[name] for name in OF_PANEL},
        "abandonment": {"mean": found["abandonment"]["mean"]} if attempts is not None else None,
        "choices": list(found["sensitivity"]["choices"]),
        "models": [
            {
                "model": slug,
                **{name: found["exposure"][name][place] for name in OF_EXPOSURE},
                "tiers": _tiers(found["sensitivity"], place),
                **(_abandoned(evidence, found["abandonment"], place) if attempts is not None else {}),
            }
            for place, slug in enumerate(slugs)
        ],
    }
    rounded: dict[str, Any] = _rounded(data)
    return rounded


def _evidence(held: outcomes.Outcomes, slugs: list[str], attempts: Attempts) -> panel.Evidence:
    """The votes that the board is made of, between the models that it ranks."""
    place = np.full(len(held.models), -1, np.int64)
    number = {slug: rank for rank, slug in enumerate(slugs)}
    for model, slug in enumerate(held.models):
        place[model] = number.get(slug, -1)
    rows = held.where((held.mode != boards.CUSTOM) & (place[held.first] >= 0) & (place[held.second] >= 0))
    counts = np.array([attempts.get(slug, (0, 0)) for slug in slugs], np.int64)
    return panel.Evidence(
        votes=Votes.of(place[rows.first], place[rows.second], rows.result, len(slugs), visitor=rows.visitor),
        is_both_bad=rows.choice == outcomes.CHOICES.index("both_bad"),
        probability=np.where(rows.is_replaced, np.nan, rows.draw_probability),
        traits=rows.traits,
        time=rows.time,
        started=counts[:, 0],
        voted=counts[:, 1],
    )


def _fragile(found: dict[str, Any] | None, slugs: list[str]) -> dict[str, Any] | None:
    return found and found | {name: slugs[found[name]] for name in ("model", "other")}


def _tiers(found: dict[str, Any], place: int) -> dict[str, int | None]:
    """By choice of the analysis; None where it does not rank the model."""
    return {choice: tier or None for choice, tier in zip(found["choices"], found["tiers"][place], strict=True)}


def _abandoned(evidence: panel.Evidence, found: dict[str, Any], place: int) -> dict[str, Any]:
    return {
        "started": int(evidence.started[place]),
        "voted": int(evidence.voted[place]),
        "abandoned": found["shares"][place],
        "differs": found["differs"][place],
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_rounded(held) for held in value]
    if isinstance(value, float):
        return round(value, DIGITS) if np.isfinite(value) else None
    return value


def main() -> int:
    place = Path(sys.argv[1])
    document = json.loads((place / computing.DOCUMENT).read_text())
    [everything] = [board for board in document["boards"] if board["board"] == boards.ALL]
    found = trust(place / computing.OUTCOMES, everything, Parameters(**document["parameters"]))
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
