"""The trust panel of a board, ready for its page: figures in words, and where they stand in the drawings."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portals.templatetags.wording import grouped, significant

from . import swaying, telling
from .scales import FILLED, Line, Scale, filled, one_decimal, points

DOTS = 1000
DEEP = 20
"""Rows of dots."""


@dataclass(frozen=True)
class Fragile:
    """How few are enough: `columns` and `rest` of a thousand dots."""

    few: str
    of: str
    ratio: str
    effect: str
    columns: int = 0
    rest: int = 0
    is_found: bool = True


def doubts(trust, ratings, public):
    """What the page shows of a panel; `ratings` of the same board, `public` the ids of models with a sheet here."""
    known = _Models(ratings, public)
    rows = [row for row in trust["models"] if row["model"] in known.models]
    return {
        "cards": _cards(trust, rows),
        "fragile": _fragile(trust, known),
        "drills": _drills(trust, known),
        "position": swaying.position(trust["position"]),
        "style": swaying.style(trust["style"]),
        "agreement": swaying.agreement(trust),
        "concentration": swaying.concentration(trust["concentration"]),
        "gini": trust["concentration"] and number_format(round(trust["concentration"]["gini"], 2), 2),
        "abandonment": swaying.abandonment(trust, rows, known),
        "mean_abandonment": swaying.mean_abandonment(trust),
        "differing": [known.name(row["model"]) for row in rows if row.get("differs")],
        "sensitivity": _sensitivity(trust, rows, known),
        "moved": sum(bool(_moves(row)) for row in rows),
        "exposure": _exposure(rows, known),
        "shown": len(rows),
    }


class _Models:
    def __init__(self, ratings, public):
        self.models = {rating.model.slug: rating.model for rating in ratings}
        self.public = public

    def name(self, slug):
        model = self.models.get(slug)
        return model.name if model else _("a model that is not shown any more")

    def address(self, slug):
        model = self.models.get(slug)
        return model.get_absolute_url() if model and model.pk in self.public else ""


# --- In short ------------------------------------------------------------------------------------------


def _cards(trust, rows):
    """(figure, what it is of, the anchor of its part), of what is known."""
    found = []
    if (leader := trust["leader_by_votes"]) and leader["verified"]:
        figure = ngettext("%(count)s vote", "%(count)s votes", leader["verified"])
        words = _("of %(of)s: without them, another model would come first") % {"of": grouped(leader["of"])}
        found.append((figure % {"count": grouped(leader["verified"])}, words, "fragility"))
    crowd = [drill for drill in trust["drills"] if drill["naive"]]
    if crowd:
        figure = ngettext("%(count)s vote", "%(count)s votes", crowd[-1]["naive"])
        words = _("from people who cheat would lift a model by one tier")
        found.append((figure % {"count": grouped(crowd[-1]["naive"])}, words, "rigging"))
    if trust["position"]:
        words = _("of the wins go to answer A, between models as strong as each other")
        found.append((one_decimal(trust["position"]["chance"]["value"]), words, "position"))
    for effect in trust["style"]:
        if effect["trait"] == "length":
            words = _("points for an answer twice as long as the other")
            found.append((points(effect["points"]["value"]), words, "style"))
    if same := trust["agreement_of_one_visitor"]["share"]:
        words = _("of the time, a visitor who votes again on two models says the same")
        found.append((telling.percent(same["value"]), words, "agreement"))
    if trust["concentration"]:
        words = _("of the votes come from the most active visitor in a hundred")
        found.append((telling.percent(trust["concentration"]["share"]), words, "concentration"))
    if trust["abandonment"] and trust["abandonment"]["mean"]:
        found.append((swaying.mean_abandonment(trust), _("of the comparisons were left without a vote"), "abandonment"))
    if rows:
        figure = _("%(count)s of %(all)s") % {
            "count": grouped(sum(bool(_moves(row)) for row in rows)),
            "all": grouped(len(rows)),
        }
        words = _("models would change tier, had some choice of the analysis been another")
        found.append((figure, words, "sensitivity"))
    return found


# --- What holds it up ------------------------------------------------------------------------------------


def _fragile(trust, known):
    units = {
        "votes": (lambda n: ngettext("%(count)s vote", "%(count)s votes", n), _("of %(of)s votes")),
        "visitors": (
            lambda n: ngettext("%(count)s visitor", "%(count)s visitors", n),
            _("of %(of)s visitors, with all their votes"),
        ),
    }
    effects = {
        "leader": _("Without them, %(model)s would not be first any more: %(other)s would."),
        "tier": _("Without them, %(model)s would change tier. No other needs fewer."),
    }
    found = []
    for what, effect in effects.items():
        for unit, (few, of) in units.items():
            figure = trust[f"{what}_by_{unit}"]
            if not figure:
                continue
            words = effect % {"model": known.name(figure["model"]), "other": known.name(figure["other"])}
            whole = of % {"of": grouped(figure["of"])}
            if not figure["verified"]:
                found.append(Fragile(_("Not found"), whole, "", _no_few(what), is_found=False))
                continue
            count = figure["verified"]
            dots = max(1, round(DOTS * count / figure["of"]))
            ratio = _("that is one in %(number)s") % {"number": significant(figure["of"] / count)}
            columns, rest = divmod(dots, DEEP)
            found.append(Fragile(few(count) % {"count": grouped(count)}, whole, ratio, words, 10 * columns, 10 * rest))
    return found


def _no_few(what):
    if what == "leader":
        return _("However many were left out in the order that promised most, the first one stayed first.")
    return _("However many were left out in the order that promised most, no tier changed.")


def _drills(trust, known):
    """The attacks on the best liked model of the second tier; None where there is a single tier."""
    if not trust["drills"]:
        return None
    drills = trust["drills"]
    largest = max((drill[way] or 0 for drill in drills for way in ("naive", "filtered")), default=0)

    def line(label, drill, way):
        count = drill[way]
        if not count:
            return Line(label, _("More than %(most)s") % {"most": grouped(drill["most"])}, bar=filled(1))
        words = ngettext("%(count)s vote", "%(count)s votes", count) % {"count": grouped(count)}
        met = significant(count * len(trust["models"]) / 2)
        return Line(label, words, _("about %(count)s comparisons") % {"count": met}, filled(count / largest))

    lines = []
    for drill in drills:
        who = _attack(drill["attack"])
        lines.append(line(_("%(who)s: as the ranking is computed") % {"who": who}, drill, "naive"))
        lines.append(line(_("%(who)s: with a filter") % {"who": who}, drill, "filtered"))
    return {
        "model": known.name(drills[0]["model"]),
        "tier": drills[0]["tier"],
        "above": drills[0]["tier"] - 1,
        "scale": Scale(_("Votes that lift a model by one tier"), _("Who cheats"), _("Votes"), lines, kind=FILLED),
    }


def _attack(attack):
    if attack["visitors"] == 1:
        return _("One person, on one day")
    return _("%(visitors)s people, over %(days)s days") % attack


# --- What was chosen, and who met whom ---------------------------------------------------------------------


def _moves(row):
    """The choices under which a model is ranked in another tier than published."""
    return [choice for choice, tier in row["tiers"].items() if tier and tier != row["tiers"]["published"]]


def _sensitivity(trust, rows, known):
    """The table: heads, [(name, address, cells)], feet. A cell is (tier, how it moved: up, down, or nothing)."""
    names = {
        "published": (_("Published"), _("as on the page of the ranking")),
        "ties_dropped": (_("No ties"), _("only votes for one of the two")),
        "both_bad_dropped": (_("No “neither”"), _("without the votes that find neither answer good")),
        "weighted": (_("Weighted"), _("as if all pairs were drawn as often")),
        "style": (_("Same style"), _("at equal length, headings, lists and bold")),
        "independent": (_("Independent"), _("as if each vote came from another visitor")),
        "first_votes": (_("First votes"), _("each visitor’s first vote on each pair")),
        "without_most_active": (_("Not the busiest"), _("without the most active visitor in a hundred")),
    }
    choices = trust["choices"]

    def cell(row, choice):
        tier, published = row["tiers"][choice], row["tiers"]["published"]
        moved = "" if not tier or tier == published else "up" if tier < published else "down"
        return tier, moved

    return {
        "heads": [names.get(choice, (capfirst(choice), "")) for choice in choices],
        "rows": [
            (known.name(row["model"]), known.address(row["model"]), [cell(row, choice) for choice in choices])
            for row in sorted(rows, key=lambda row: not _moves(row))
        ],
        "tiers": [len({row["tiers"][choice] for row in trust["models"]} - {None}) for choice in choices],
        "moved": [sum(bool(cell(row, choice)[1]) for row in rows) for choice in choices],
    }


def _exposure(rows, known):
    """[(name, address, votes, width of its bar, share on side A, visitors, models met)]."""
    most = max((row["votes"] for row in rows), default=0) or 1
    return [
        (
            known.name(row["model"]),
            known.address(row["model"]),
            grouped(row["votes"]),
            f"{100 * row['votes'] / most:.1f}%",
            telling.percent(row["as_first"] / row["votes"]) if row["votes"] else "",
            grouped(row["visitors"]),
            grouped(row["opponents"]),
        )
        for row in rows
    ]
