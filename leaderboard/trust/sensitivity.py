"""In which tier each model would be, had the analysis been another. Pure numpy."""

from dataclasses import dataclass, replace

import numpy as np

from ..ranking import Floats, Integers, Uncertainty, Votes
from .effects import contextual
from .fitting import Fit, Flags, chosen, fit_of, fitted, ranked_alone


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """`tiers` (models, choices): 1 for the best, 0 where the model is not ranked. The first choice is what is
    published."""

    choices: tuple[str, ...]
    tiers: Integers

    def moved(self) -> Integers:
        """In how many choices each model that is ranked by them is in another tier than published."""
        changed: Integers = ((self.tiers != self.tiers[:, :1]) & (self.tiers > 0)).sum(axis=1)
        return changed


def sensitivity(
    votes: Votes,
    is_both_bad: Flags,
    probability: Floats,
    traits: Floats,
    time: Integers,
    published: Fit | None = None,
) -> Sensitivity:
    """`probability` of the draw, not a number for a vote on a pair that was not drawn; `published` saves its fit."""
    published = published or fitted(votes)
    fits = {
        "published": published,
        "ties_dropped": fitted(chosen(votes, votes.result != 0.5)),
        "both_bad_dropped": fitted(chosen(votes, ~is_both_bad)),
        "weighted": fitted(_weighted(votes, probability)),
        "style": _at_equal_style(votes, traits, published),
        "independent": fitted(votes, by_visitor=False),
        "first_votes": fitted(chosen(votes, first_votes(votes, time))),
        "without_most_active": fitted(chosen(votes, ~is_of_most_active(votes))),
    }
    nobody = np.zeros(votes.models, np.int64)
    tiers = [nobody if fit is None else fit.tier_of_each() for fit in fits.values()]
    return Sensitivity(tuple(fits), np.stack(tiers, axis=1))


def first_votes(votes: Votes, time: Integers) -> Flags:
    """The earliest vote of each visitor on each pair."""
    low, high = np.minimum(votes.first, votes.second), np.maximum(votes.first, votes.second)
    order = np.argsort(time, kind="stable")
    code = (votes.visitor * votes.models + low) * votes.models + high
    found = np.zeros(len(time), bool)
    found[order[np.unique(code[order], return_index=True)[1]]] = True
    return found


def is_of_most_active(votes: Votes, share: float = 0.01) -> Flags:
    """Which votes are of this share of the visitors, rounded up, who gave most; between equals, the lower number."""
    names, place, counts = np.unique(votes.visitor, return_inverse=True, return_counts=True)
    most = np.zeros(len(names), bool)
    most[np.argsort(-counts, kind="stable")[: int(np.ceil(share * len(names)))]] = True
    found: Flags = most[place]
    return found


def _weighted(votes: Votes, probability: Floats) -> Votes:
    """As uniform draws would have shown (Horvitz & Thompson, 1952): by one over the probability, one on average."""
    drawn = probability > 0
    if not drawn.any():
        return chosen(votes, drawn)
    held = chosen(votes, drawn)
    inverse = 1 / probability[drawn]
    return replace(held, weight=held.weight * inverse / inverse.mean())


def _at_equal_style(votes: Votes, traits: Floats, published: Fit | None) -> Fit | None:
    """With the degrees of freedom of what is published: the sandwich of the contextual model has none of its own."""
    if published is None:
        return None
    is_ranked, rows, held = ranked_alone(votes)
    varied = traits[rows].std(axis=0) > 0
    found = contextual(held, traits[rows][:, varied]) if varied.any() else None
    if found is None:
        return None
    own = slice(held.models)
    return fit_of(
        is_ranked, rows, held, found.strengths, Uncertainty(found.covariance[own, own], published.known.freedom)
    )
