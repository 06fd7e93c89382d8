"""What sways a vote, who votes and who leaves: the scales of the trust page."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portals.templatetags.wording import grouped

from . import telling
from .drawing import Axis
from .scales import FILLED, Line, Scale, between, filled, interval, one_decimal, percents, points


def position(found):
    if not found:
        return None
    chance = found["chance"]
    axis = Axis(min(0.45, chance["low"] - 0.01), max(0.55, chance["high"] + 0.01))
    line = Line(
        _("Answer A"),
        one_decimal(chance["value"]),
        between(one_decimal(chance["low"]), one_decimal(chance["high"])),
        interval(axis, chance),
    )
    step = 5 if axis.high - axis.low < 0.4 else 20
    return Scale(
        _("How often answer A is preferred, between models as strong as each other"),
        _("Side"), _("Preferred"), [line], percents(axis, step), axis.percent(0.5),
    )  # fmt: skip


def style(found):
    if not found:
        return None
    axis = Axis.over([0, *(effect["points"][end] for effect in found for end in ("low", "high"))])
    words = {
        "length": _("Twice as long"),
        "headings": _("Headings, against none"),
        "lists": _("Lists, against none"),
        "bold": _("Words in bold, against none"),
    }
    lines = [
        Line(
            words.get(effect["trait"], effect["trait"]),
            points(effect["points"]["value"]),
            between(points(effect["points"]["low"]), points(effect["points"]["high"])),
            interval(axis, effect["points"]),
            _("preferred %(chance)s of the time") % {"chance": telling.percent(effect["chance"]["value"])},
        )
        for effect in found
    ]
    ticks = [(axis.percent(tick), points(tick, 0)) for tick in axis.ticks()]
    return Scale(
        _("What length and form are worth, in points of score"),
        _("An answer that is, or has"), _("Points"), lines, ticks, axis.percent(0),
    )  # fmt: skip


def agreement(trust):
    axis = Axis(0, 1)
    words = {
        "agreement_of_one_visitor": (_("The same visitor"), _("no visitor voted twice on the same two models")),
        "agreement_between_visitors": (_("Another visitor"), _("no two visitors voted on the same two models")),
    }
    lines = []
    for name, (label, missing) in words.items():
        found = trust[name]
        share = found["share"]
        if not share:
            lines.append(Line(label, _("not known"), note=missing if not found["votes"] else ""))
            continue
        lines.append(
            Line(
                label,
                telling.percent(share["value"]),
                between(telling.percent(share["low"]), telling.percent(share["high"])),
                interval(axis, share),
                ngettext("%(count)s vote of %(visitors)s visitors", "%(count)s votes of %(visitors)s visitors",
                         found["votes"]) % {"count": grouped(found["votes"]), "visitors": grouped(found["visitors"])},
            )
        )  # fmt: skip
    return Scale(
        _("How often another vote on the same two models says the same"),
        _("Another vote, of"), _("Says the same"), lines, percents(axis, 25), axis.percent(1 / 3),
    )  # fmt: skip


def concentration(found):
    if not found:
        return None
    people = found["most_active"] / found["visitors"]
    counted = {"count": grouped(found["most_active"]), "visitors": grouped(found["visitors"])}
    lines = [
        Line(
            _("Of the visitors, they are"),
            one_decimal(people),
            _("%(count)s of %(visitors)s") % counted,
            filled(people),
        ),
        Line(_("Of the votes, they gave"), one_decimal(found["share"]), "", filled(found["share"])),
    ]
    return Scale(_("The most active visitor in a hundred"), _("The most active"), _("Share"), lines, kind=FILLED)


def mean_abandonment(trust):
    told = trust["abandonment"]
    return one_decimal(told["mean"]) if told and told["mean"] is not None else ""


def abandonment(trust, rows, known):
    """None where it is not known, or where nobody ever left."""
    mean = trust["abandonment"] and trust["abandonment"]["mean"]
    found = [row for row in rows if row.get("abandoned")]
    if not mean or not found:
        return None
    axis = Axis(0, min(1, 1.05 * max(row["abandoned"]["high"] for row in found)))
    lines = [
        Line(
            known.name(row["model"]),
            one_decimal(row["abandoned"]["value"]),
            between(one_decimal(row["abandoned"]["low"]), one_decimal(row["abandoned"]["high"])),
            interval(axis, row["abandoned"]),
            _("not like the others") if row["differs"] else "",
            known.address(row["model"]),
        )
        for row in sorted(found, key=lambda row: (not row["differs"], -row["abandoned"]["value"]))
    ]
    step = next(step for step in (1, 2, 5, 10, 20, 50) if axis.high <= step / 20 or step == 50)
    return Scale(
        _("Comparisons left without a vote, by model"),
        _("Model"), _("Left without a vote"), lines, percents(axis, step), axis.percent(mean),
    )  # fmt: skip
