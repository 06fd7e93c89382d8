"""The ranking in words, from its numbers: what can be said, what cannot, and two models compared."""

from dataclasses import dataclass
from math import sqrt

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portals.templatetags.wording import grouped, locale

from . import boards
from .models import Rating

ONE_PERCENT = 0.01
NAMED = 4
"""So many leaders are named; of more, their number is told."""


def board_name(code):
    """A board as a visitor reads it."""
    kind, _colon, of = code.partition(":")
    if kind == "portal":
        return _("Site: %(site)s") % {"site": of}
    if kind == "language":
        return capfirst(locale().languages.get(of, of))
    if kind == "period":
        return _("The last %(days)s days") % {"days": boards.PERIODS.get(of, of)}
    if kind == "topic":
        return of
    names = {
        boards.ALL: _("All votes"),
        boards.WEIGHTED: _("As if all pairs were drawn as often"),
        boards.CUSTOM: _("Pairs that visitors chose"),
    }
    return names.get(code, code)


def board_groups(found):
    """[(group, [(code, name)])] for a list of choices."""
    titles = {
        "": _("Everything"),
        "portal": _("By site"),
        "language": _("By language of the question"),
        "topic": _("By topic"),
        "period": _("By period"),
    }
    groups = {kind: [] for kind in titles}
    for board in found:
        kind = board.board.partition(":")[0] if ":" in board.board else ""
        groups.setdefault(kind, []).append((board.board, board_name(board.board)))
    return [(titles.get(kind, kind), choices) for kind, choices in groups.items() if choices]


def listed(names):
    """ "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def percent(share):
    """A share of one as a whole percentage; empty if there is none."""
    return "" if share is None else _("%(percent)s%%") % {"percent": number_format(round(100 * share))}


def sure(chance):
    """A probability in whole percents, never said to be 0 or 100."""
    shown = round(100 * chance)
    if shown >= 100:
        return _("more than 99%%") % {}
    if shown <= 0:
        return _("less than 1%%") % {}
    return percent(chance)


def leaders(ranked):
    """The sentence on the first tier of these ratings, which are in order; there is at least one."""
    first = [rating.model.name for rating in ranked if rating.tier == ranked[0].tier]
    if len(ranked) == 1:
        return _("%(name)s is the only model ranked: a ranking takes two.") % {"name": first[0]}
    if len(first) == 1:
        return _("%(name)s is preferred to all the others: the votes leave little doubt of it.") % {"name": first[0]}
    if len(first) == len(ranked):
        return _("The votes do not yet tell any of the ranked models from the first one.")
    if len(first) <= NAMED:
        return _("%(names)s lead: the votes do not tell them from the first of them.") % {"names": listed(first)}
    return _(
        "%(count)s models lead, and the votes do not tell them from the first of them, which is %(name)s for now."
    ) % {"count": grouped(len(first)), "name": first[0]}


def shares(snapshot):
    """What the votes said: one is better, both are good, neither is; as percentages, or None without votes."""
    counts = snapshot.counts
    if not counts["votes"]:
        return None
    decided = counts["a_better"] + counts["b_better"]
    return [percent(part / counts["votes"]) for part in (decided, counts["both_good"], counts["both_bad"])]


def wider(snapshot):
    """How much wider intervals are since the votes of a visitor go together; empty if under one percent."""
    more = sqrt(snapshot.design_effect or 1) - 1
    return percent(more) if more >= ONE_PERCENT else ""


def can_be_said(snapshot, ranked):
    """Sentences that the numbers bear out."""
    counts = snapshot.counts
    said = [leaders(ranked)]
    tiers = len({rating.tier for rating in ranked})
    said.append(
        ngettext(
            "%(votes)s votes of %(visitors)s visitors place %(ranked)s models in %(tiers)s tier.",
            "%(votes)s votes of %(visitors)s visitors place %(ranked)s models in %(tiers)s tiers.",
            tiers,
        )
        % {
            "votes": grouped(counts["used"]),
            "visitors": grouped(counts["visitors"]),
            "ranked": grouped(len(ranked)),
            "tiers": grouped(tiers),
        }
    )
    if tiers > 1:
        said.append(
            _("A model is less liked than the first of each tier above it: all that together is %(level)s sure.")
            % {"level": percent(snapshot.parameters["level"])}
        )
    if counts["votes"]:
        said.append(
            _("In %(share)s of the votes, neither of the two answers was found good.")
            % {"share": percent(counts["both_bad"] / counts["votes"])}
        )
    return said


def cannot_be_said(snapshot, ranked, others):
    """Sentences on the limits of these very numbers."""
    said = [_("Which model of a tier is the best one: a place is a range, not a number.")]
    if others:
        said.append(
            ngettext(
                "Where one other model stands: its votes are too few. It is listed below, with the reason.",
                "Where %(count)s other models stand: their votes are too few. They are listed below, with the reason.",
                others,
            )
            % {"count": grouped(others)}
        )
    if share := wider(snapshot):
        said.append(
            _(
                "That votes are independent: those of one visitor go together. The intervals allow for it, and are "
                "%(share)s wider than if each vote came from someone else."
            )
            % {"share": share}
        )
    said.append(_("Which answers were true: a vote says which one was preferred."))
    if not snapshot.can_be_verified:
        said.append(
            _(
                "That these figures are right, if you do not trust us: this board is computed each night from votes "
                "that are not all published. The boards of a release can be recomputed by anyone."
            )
        )
    return said


def reason(rating, parameters):
    """Why a model is not ranked."""
    if rating.not_ranked == Rating.NotRanked.FEW_VOTES:
        return _("Fewer than %(least)s votes against ranked models") % {"least": parameters["least_votes"]}
    if rating.not_ranked == Rating.NotRanked.FEW_VISITORS:
        return _("Votes of fewer than %(least)s visitors") % {"least": parameters["least_visitors"]}
    return capfirst(rating.get_not_ranked_display())


@dataclass(frozen=True)
class Pair:
    """Two models, the better placed first. `chance`: that it is the better one; `votes`: on this very pair;
    `needed`: more votes on it until they can be told apart, 0 if they can, None if no number is enough."""

    first: Rating
    second: Rating
    chance: float
    votes: int
    needed: int | None

    @classmethod
    def of(cls, snapshot, one, other):
        """From a board that keeps its pairs, for two ratings that have a rank."""
        first, second = sorted((one, other), key=lambda rating: rating.rank)
        order = snapshot.pairs["models"]
        row, column = order.index(first.model.slug), order.index(second.model.slug)
        told = [snapshot.pairs[name][row][column - row - 1] for name in ("better", "votes", "votes_to_tell")]
        return cls(first, second, *told)

    @property
    def are_told(self):
        return self.needed == 0

    @property
    def needed_words(self):
        """To two significant digits, which is all that is known of it."""
        return "" if self.needed is None else grouped(int(float(f"{self.needed:.2g}")))

    @property
    def expected(self):
        """Of a hundred visitors, how many would prefer the first one, ties shared."""
        return round(100 / (1 + 10 ** ((self.second.score - self.first.score) / 400)))

    def sentences(self):
        """What can be said of them, the main thing first."""
        names = {"first": self.first.model.name, "second": self.second.model.name}
        if self.are_told:
            main = _("%(first)s is preferred to %(second)s: the votes tell them apart.") % names
        elif self.chance >= 0.9:
            main = _("%(first)s is probably preferred to %(second)s, and the votes do not prove it yet.") % names
        else:
            main = _("The votes do not tell %(first)s and %(second)s apart.") % names
        return [
            main,
            _("The probability that %(first)s is the better one of the two is %(chance)s.")
            % (names | {"chance": sure(self.chance)}),
            _("Of 100 visitors who compare them, about %(expected)s would prefer %(first)s, ties shared.")
            % (names | {"expected": self.expected}),
            self._of_votes(),
            self._of_need(),
        ]

    def _of_votes(self):
        if not self.votes:
            return _(
                "Nobody has compared these two with each other: what is said follows from the models both have met."
            )
        return ngettext(
            "%(votes)s vote was given on this very pair; the others follow from the models that both have met.",
            "%(votes)s votes were given on this very pair; the rest follows from the models that both have met.",
            self.votes,
        ) % {"votes": grouped(self.votes)}

    def _of_need(self):
        if self.are_told:
            return _("No more votes are needed to tell them apart.")
        if self.needed is None:
            return _("They stand equal: no number of votes would tell them apart at that.")
        return ngettext(
            "At this difference, %(needed)s more vote on this pair would tell them apart.",
            "At this difference, about %(needed)s more votes on this pair would tell them apart.",
            self.needed,
        ) % {"needed": self.needed_words}


def rule(code):
    """Why votes are left out, in words; an exclusion has a name of its own."""
    names = {
        "withdrawn": _("withdrawn by the visitor"),
        "erased": _("erased at the visitor’s request"),
        "cohort": _("given for a study, apart"),
        "room": _("given in a class that keeps them"),
        "cannot_say": _("“I cannot say”"),
        "failed_side": _("one of the answers failed"),
        "unfinished": _("one of the answers is not finished"),
        "custom": _("on a pair that the visitor chose: a board of their own"),
    }
    return names.get(code, code)


def trait(code):
    """What answers differ by."""
    return {
        "length": _("length"),
        "headings": _("headings"),
        "lists": _("lists"),
        "bold": _("words in bold"),
    }.get(code, code)
