"""Rows of figures on one axis, each with its words: what the trust page draws."""

from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from . import telling
from .presenting import Bar

FILLED, INTERVAL = "filled", "interval"


@dataclass(frozen=True)
class Line:
    """A row; without a bar where the votes do not allow to say."""

    label: str
    figure: str
    range: str = ""
    bar: Bar | None = None
    note: str = ""
    address: str = ""


@dataclass(frozen=True)
class Scale:
    """`ticks` are (position, text); `reference` is where a line stands across all rows: chance, or the mean."""

    caption: str
    subject: str
    figure: str
    lines: list
    ticks: list = field(default_factory=list)
    reference: str = ""
    kind: str = INTERVAL


def one_decimal(share):
    """A share of one, in percents with a decimal; empty if there is none."""
    return "" if share is None else _("%(percent)s%%") % {"percent": number_format(round(100 * share, 1), 1)}


def points(value, decimals=1):
    """Of score, with its sign."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{number_format(round(abs(value), decimals), decimals)}"


def between(low, high):
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def interval(axis, found):
    """An estimate on an axis."""
    return Bar(axis.percent(found["low"]), axis.percent(found["high"]), axis.percent(found["value"]))


def filled(share):
    """A bar from nothing to this share of the width."""
    return Bar("0%", f"{100 * share:.2f}%", f"{100 * share:.2f}%")


def percents(axis, step):
    """Ticks at each so many percents."""
    inside = [number for number in range(0, 101, step) if axis.low <= number / 100 <= axis.high]
    return [(axis.percent(number / 100), telling.percent(number / 100)) for number in inside]
