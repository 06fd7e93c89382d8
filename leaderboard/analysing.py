"""From the rows of a board to the figures that are published: scores, intervals, ranks, tiers. Pure numpy.

Scores have two decimals, probabilities and rates four. A model that cannot be ranked is listed with the reason.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.outcome_file import CHOICES
from arena.traits import TRAITS

from .boards import Board
from .outcomes import Outcomes
from .ranking import (
    HEAVY,
    PER_UNIT,
    Floats,
    Integers,
    Uncertainty,
    Votes,
    difference_errors,
    needs,
    points,
    ranked,
    strengths,
    summed,
    uncertainty,
)
from .resampling import chance_of_best, rank_intervals, resampled
from .style import styled
from .tiers import chance_better, critical_value, tiers, told_apart, votes_to_tell
from .words import counted

FEW_VOTES, FEW_VISITORS, APART = "few_votes", "few_visitors", "apart"
ONE_VISITOR, UNCERTAIN = "one_visitor", "uncertain"
"""Why a model is not ranked. APART: no path of wins and losses leads from it to the others and back; ONE_VISITOR: none
that does not rest on the same visitor; UNCERTAIN: votes whose uncertainty cannot be measured, as of ties alone."""
LEAST_ERROR = 1e-6
"""Of an error of votes by visitor, over that of votes alone, under which it is none."""
Need = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the analysis depends on beside the votes; published with each board."""

    seed: int = 2026
    level: float = 0.95
    resamples: int = 1000
    simulations: int = 10_000
    """For the critical value of the tiers."""
    least_votes: int = 30
    """Of a model against ranked ones."""
    least_visitors: int = 10
    """Who gave them: under so many, no interval can be trusted."""
    least_of_board: int = 500
    """Votes of a board by portal, language, topic or period."""

    def published(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Analysis:
    """`figures` as they are published, `needs` of each pair of slugs, in their order, for the draw."""

    figures: dict[str, Any]
    needs: Need


def analyse(board: Board, parameters: Parameters, with_pairs: bool = False) -> Analysis:
    """The figures of one board; any number of votes and models, none included."""
    rows = board.rows
    votes = Votes.of(rows.first, rows.second, rows.result, len(rows.models), board.weight, rows.visitor)
    reasons = left_out(votes, parameters)
    fit = _Fit.of(votes, rows.traits, reasons, parameters)
    while fit and not fit.is_certain:
        reasons = left_out(votes, parameters, _resting_on_one_visitor(votes, reasons))
        fit = _Fit.of(votes, rows.traits, reasons, parameters)
    members = np.flatnonzero(reasons == "")
    figures: dict[str, Any] = {
        "board": board.code,
        "counts": _counts(rows, reasons, board.left_out),
        "critical_value": None,
        "freedom": None,
        "design_effect": None,
        "style": None,
        "pairs": None,
    }
    ratings = _tallies(rows, votes, reasons)
    needed: Need = {}
    if fit:
        fit.tell_apart()
        figures |= fit.figures()
        for rating, found in zip((ratings[model] for model in members), fit.ratings(), strict=True):
            rating |= found
        slugs = [rows.models[model] for model in members]
        if with_pairs:
            figures["pairs"] = fit.pairs(slugs)
            needed = fit.needs(slugs)
    present = [ratings[model] for model in np.flatnonzero(_appearances(votes) > 0)]
    figures["ratings"] = sorted(present, key=lambda rating: (rating["rank"] or np.inf, rating["model"]))
    return Analysis(figures, needed)


def left_out(votes: Votes, parameters: Parameters, known: NDArray[np.str_] | None = None) -> NDArray[np.str_]:
    """Why each model is not ranked, "" if it is. Votes against a model that is left out do not count for the others.

    `known` are reasons that stand already.
    """
    reasons = np.full(votes.models, "", dtype="<U12") if known is None else known
    while (reasons == "").any():
        is_in = reasons == ""
        held = _among(votes, is_in)
        few = is_in & (_appearances(held) < max(1, parameters.least_votes))
        lonely = is_in & ~few & (_visitors(held) < parameters.least_visitors)
        apart = is_in & ~ranked(held.wins())
        if few.any() or lonely.any():
            reasons[few], reasons[lonely] = FEW_VOTES, FEW_VISITORS
        elif apart.any():
            reasons[apart] = APART
        else:
            break
    return reasons


def _resting_on_one_visitor(votes: Votes, reasons: NDArray[np.str_]) -> NDArray[np.str_]:
    """The reasons, with those of the models that leaving out one visitor cuts off; if no visitor does, of all."""
    is_in = reasons == ""
    held = _among(votes, is_in)
    for visitor in np.argsort(-np.bincount(held.visitor), kind="stable")[:HEAVY]:
        cut = is_in & ~ranked(_chosen(held, held.visitor != visitor).wins())
        if cut.any():
            return np.where(cut, ONE_VISITOR, reasons)
    return np.where(is_in, UNCERTAIN, reasons)


class _Fit:
    """The scores of the models that can be ranked, and what is known of them."""

    def __init__(self, votes: Votes, traits: Floats, is_in: NDArray[np.bool_], parameters: Parameters) -> None:
        rows = is_in[votes.first] & is_in[votes.second]
        place = np.cumsum(is_in) - 1
        self.votes = Votes.of(
            *(place[votes.first[rows]], place[votes.second[rows]], votes.result[rows], int(is_in.sum())),
            *(votes.weight[rows], votes.visitor[rows]),
        )
        self.parameters = parameters
        self.traits = traits[rows]
        self.scores = strengths(self.votes.wins())
        self.known = uncertainty(self.votes, self.scores)
        self.alone = uncertainty(self.votes, self.scores, by_visitor=False)

    @classmethod
    def of(cls, votes: Votes, traits: Floats, reasons: NDArray[np.str_], parameters: Parameters) -> "_Fit | None":
        """Of the models that no reason leaves out; None if there are none."""
        is_in = reasons == ""
        return cls(votes, traits, is_in, parameters) if is_in.any() else None

    @property
    def is_certain(self) -> bool:
        """Whether every difference has an error: without, all of it is what one visitor said, or nothing varies."""
        pairs = np.triu_indices(len(self.scores), 1)
        alone = difference_errors(self.alone.covariance)[pairs]
        return bool((difference_errors(self.known.covariance)[pairs] > LEAST_ERROR * alone).all() and alone.all())

    def tell_apart(self) -> None:
        parameters = self.parameters
        self.critical = critical_value(self.known, parameters.level, parameters.simulations, parameters.seed)
        self.told = told_apart(self.scores, self.known.covariance, self.critical)
        self.style = _style(self.votes, self.traits)

    def figures(self) -> dict[str, Any]:
        effect = np.trace(self.known.covariance) / np.trace(self.alone.covariance)
        return {
            "critical_value": round(self.critical, 4),
            "freedom": round(self.known.freedom, 1) if np.isfinite(self.known.freedom) else None,
            "design_effect": round(float(effect), 4),
            "style": self.style and self.style.published(self.known, self.parameters.level),
        }

    def ratings(self) -> list[dict[str, Any]]:
        score = points(self.scores)
        half = self.known.quantile(self.parameters.level) * self.known.errors * PER_UNIT
        rank = np.argsort(np.argsort(-self.scores, kind="stable"), kind="stable") + 1
        tier = tiers(self.scores, self.told)
        low, high, best = self._resampled()
        styled_score = points(self.style.strengths) if self.style else None
        return [
            {
                "rank": int(rank[model]),
                "tier": int(tier[model]),
                "score": round(float(score[model]), 2),
                "interval": [round(float(score[model] + side * half[model]), 2) for side in (-1, 1)],
                "rank_interval": [int(low[model]), int(high[model])] if best is not None else None,
                "p_best": round(float(best[model]), 4) if best is not None else None,
                "style_score": round(float(styled_score[model]), 2) if styled_score is not None else None,
            }
            for model in range(len(score))
        ]

    def _resampled(self) -> tuple[Floats, Floats, Floats | None]:
        """Rank intervals and chances of being the best; None where hardly a resample connects the models."""
        found = resampled(self.votes, self.parameters.resamples, self.parameters.seed)
        whole = ~np.isnan(found).any(axis=1)
        if not len(found) or whole.mean() < 0.5:
            return self.scores, self.scores, None
        low, high = rank_intervals(found, self.parameters.level)
        return low, high, chance_of_best(found)

    def pairs(self, slugs: list[str]) -> dict[str, Any]:
        """Upper triangles, by rank: the chance that the better placed is better, votes to tell, votes given."""
        order = np.argsort(-self.scores, kind="stable")
        covariance = self.known.covariance
        better = chance_better(self.scores, covariance)[np.ix_(order, order)]
        to_tell = votes_to_tell(self.scores, covariance, self.critical)[np.ix_(order, order)]
        played = summed(
            self.votes.first * self.votes.models + self.votes.second, np.ones(len(self.votes.first)), len(order) ** 2
        ).reshape(len(order), len(order))
        played = (played + played.T)[np.ix_(order, order)]
        later = [range(place + 1, len(order)) for place in range(len(order))]
        return {
            "models": [slugs[model] for model in order],
            "better": [[round(float(better[row, column]), 4) for column in later[row]] for row in range(len(order))],
            "votes_to_tell": [
                [int(to_tell[row, column]) if np.isfinite(to_tell[row, column]) else None for column in later[row]]
                for row in range(len(order))
            ],
            "votes": [[int(played[row, column]) for column in later[row]] for row in range(len(order))],
        }

    def needs(self, slugs: list[str]) -> Need:
        needed = needs(self.scores, self.known.covariance, self.told)
        return {
            (slugs[first], slugs[second]): float(needed[first, second])
            for first in range(len(slugs))
            for second in range(first + 1, len(slugs))
        }


@dataclass(frozen=True, slots=True)
class _Style:
    strengths: Floats
    coefficients: Mapping[str, tuple[float, float]]
    """By trait: what one standard deviation of it is worth, in log-strength, with its standard error."""

    def published(self, known: Uncertainty, level: float) -> dict[str, Any]:
        """In points, with intervals; as many degrees of freedom as the scores have."""
        reach = known.quantile(level)
        return {
            trait: {
                "points": round(float(PER_UNIT * worth), 2),
                "interval": [round(float(PER_UNIT * (worth + side * reach * error)), 2) for side in (-1, 1)],
            }
            for trait, (worth, error) in self.coefficients.items()
        }


def _style(votes: Votes, traits: Floats) -> _Style | None:
    """None where no trait differs, or where traits and models cannot be told apart."""
    varied = np.flatnonzero(traits.std(axis=0) > 0)
    if not len(varied):
        return None
    try:
        found = styled(votes, traits[:, varied])
    except np.linalg.LinAlgError:
        return None
    errors = np.sqrt(np.diag(found.covariance))[votes.models :]
    if not np.isfinite(found.strengths).all() or not np.isfinite(errors).all():
        return None
    worth = zip(found.coefficients.tolist(), errors.tolist(), strict=True)
    return _Style(found.strengths, dict(zip((TRAITS[trait] for trait in varied), worth, strict=True)))


def _counts(rows: Outcomes, reasons: NDArray[np.str_], dropped: int) -> dict[str, Any]:
    is_in = reasons == ""
    present = np.zeros(len(rows.models), bool)
    present[rows.first] = present[rows.second] = True
    return {
        "votes": len(rows),
        "used": int((is_in[rows.first] & is_in[rows.second]).sum()),
        "left_out": dropped,
        "visitors": len(np.unique(rows.visitor)),
        "models": int(present.sum()),
        "ranked": int((present & is_in).sum()),
        **{choice: int((rows.choice == number).sum()) for number, choice in enumerate(CHOICES)},
    }


def _tallies(rows: Outcomes, votes: Votes, reasons: NDArray[np.str_]) -> list[dict[str, Any]]:
    """Of each model, over all votes of the board, those against models that are not ranked included."""
    tie, bad = rows.result == 0.5, rows.choice == CHOICES.index("both_bad")
    size, visitors = len(rows.models), _visitors(votes)
    won = summed(rows.first, rows.choice == 0, size) + summed(rows.second, rows.choice == 1, size)
    lost = summed(rows.first, rows.choice == 1, size) + summed(rows.second, rows.choice == 0, size)
    tied = summed(rows.first, tie, size) + summed(rows.second, tie, size)
    neither = summed(rows.first, bad, size) + summed(rows.second, bad, size)
    words = counted(rows)
    return [
        {
            "model": model,
            **dict.fromkeys(("rank", "tier", "score", "interval", "rank_interval", "p_best", "style_score")),
            "not_ranked": str(reasons[place]),
            "votes": int(won[place] + tied[place] + lost[place]),
            "visitors": int(visitors[place]),
            "wins": int(won[place]),
            "ties": int(tied[place]),
            "losses": int(lost[place]),
            "both_bad": int(neither[place]),
            **rates(won[place], tied[place], lost[place], neither[place]),
            "words": words[place],
        }
        for place, model in enumerate(rows.models)
    ]


def rates(wins: float, ties: float, losses: float, both_bad: float) -> dict[str, float | None]:
    """`win_rate` counts ties as halves; `decided_win_rate` leaves them out; None without a vote to count."""

    def share(part: float, whole: float) -> float | None:
        return round(float(part / whole), 4) if whole else None

    votes = wins + ties + losses
    return {
        "win_rate": share(wins + ties / 2, votes),
        "decided_win_rate": share(wins, wins + losses),
        "both_bad_rate": share(both_bad, votes),
    }


def _among(votes: Votes, is_in: NDArray[np.bool_]) -> Votes:
    return _chosen(votes, is_in[votes.first] & is_in[votes.second])


def _chosen(votes: Votes, rows: NDArray[np.bool_]) -> Votes:
    return Votes.of(
        *(votes.first[rows], votes.second[rows], votes.result[rows], votes.models),
        *(votes.weight[rows], votes.visitor[rows]),
    )


def _appearances(votes: Votes) -> Integers:
    return np.bincount(np.concatenate([votes.first, votes.second]), minlength=votes.models)


def _visitors(votes: Votes) -> Integers:
    """How many different visitors judged each model."""
    cells = np.concatenate([votes.visitor * votes.models + model for model in (votes.first, votes.second)])
    return np.bincount(np.unique(cells) % max(1, votes.models), minlength=votes.models)
