"""What models cost: the days of a period as a picture and as tables, the ceilings of today, and all of it as CSV."""

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..spending import DRAWN_UNTIL, TOLD_FROM, Spending, with_ceiling

PERIODS = (7, 30, 90)
DRAWN_APART = 6
"""Models that have a colour of their own in the picture; the rest are one."""
WIDTH, HEIGHT = 10, 100
"""Of a day in the picture, the space beside it included, and of the dearest day."""
SUMS = ("answers", "input_tokens", "output_tokens", "dollars")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""
STATES = {"right": _("in the draw"), "unsure": _("near its ceiling"), "wrong": _("left out of the draw")}


@dataclass
class Line:
    """A model over the period; `colour` is its place in the picture."""

    name: str
    colour: int
    share: float
    answers: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    dollars: Decimal = Decimal(0)
    is_unpriced: bool = False


@dataclass
class Day:
    """A bar: its parts from the bottom, as (colour, y, height, name, dollars)."""

    day: date
    x: int
    dollars: Decimal = Decimal(0)
    parts: list = field(default_factory=list)


@dataclass
class Ceiling:
    endpoint: object
    dollars: Decimal

    @property
    def share(self):
        return self.dollars / self.endpoint.daily_ceiling if self.endpoint.daily_ceiling else Decimal(1)

    @property
    def percent(self):
        return min(round(100 * self.share), 100)

    @property
    def kind(self):
        return "wrong" if self.share >= DRAWN_UNTIL else "unsure" if self.share >= TOLD_FROM else "right"

    @property
    def state(self):
        return {"wrong": _("left out of the draw"), "unsure": _("near its ceiling"), "right": _("in the draw")}[
            self.kind
        ]


@admin.register(Spending)
class SpendingAdmin(admin.ModelAdmin):
    """Read, never written."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        days = next((days for days in PERIODS if str(days) == request.GET.get("days")), 30)
        last = timezone.localdate()
        rows = Spending.objects.filter(day__gt=last - timedelta(days=days), day__lte=last)
        if "csv" in request.GET:
            return table(rows)
        lines = lines_of(rows)
        drawn, most = bars(rows, lines, [last - timedelta(days=ago) for ago in reversed(range(days))])
        context = {
            **self.admin_site.each_context(request),
            "title": _("What models cost"),
            "opts": self.opts,
            "period": days,
            "periods": PERIODS,
            "lines": lines,
            "total": {name: sum(getattr(line, name) for line in lines) for name in SUMS},
            "bars": drawn,
            "most": most,
            "width": WIDTH * days,
            "others": DRAWN_APART,
            "ceilings": [Ceiling(endpoint, dollars) for endpoint, dollars in with_ceiling()],
        }
        return TemplateResponse(request, "models_catalog/admin_spending.html", context)


def lines_of(rows):
    """A Line for each model, the dearest first."""
    found = list(rows.order_by().values("model", "model__name").annotate(**{name: Sum(name) for name in SUMS}))
    found.sort(key=lambda row: (-row["dollars"], -row["output_tokens"], row["model__name"]))
    unpriced = set(rows.filter(dollars=0, output_tokens__gt=0).values_list("model", flat=True))
    total = sum(row["dollars"] for row in found)
    return [
        Line(
            name=row["model__name"],
            colour=min(place, DRAWN_APART),
            share=float(row["dollars"] / total) if total else 0,
            is_unpriced=row["model"] in unpriced,
            **{name: row[name] for name in SUMS},
        )
        for place, row in enumerate(found)
    ]


def bars(rows, lines, days):
    """([Day], dollars of the dearest day)."""
    colours = {line.name: line.colour for line in lines}
    spent = defaultdict(lambda: defaultdict(Decimal))
    by_day = rows.order_by().values_list("day", "model__name").annotate(Sum("dollars"))
    for day, name, dollars in by_day:
        colour = colours[name]
        spent[day][(colour, name if colour < DRAWN_APART else _("others"))] += dollars
    most = max((sum(parts.values()) for parts in spent.values()), default=Decimal(0))
    found = []
    for place, day in enumerate(days):
        bar, y = Day(day, place * WIDTH, sum(spent[day].values(), Decimal(0))), float(HEIGHT)
        for (colour, name), dollars in sorted(spent[day].items(), key=lambda part: part[0][0]):
            height = round(HEIGHT * float(dollars / most), 2) if most else 0
            y -= height
            bar.parts.append((colour, round(y, 2), height, name, dollars))
        found.append(bar)
    return found, most


def table(rows):
    """Every day of every model and provider, as CSV."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="spending.csv"'
    writer = csv.writer(response)
    columns = ("day", "model__slug", "provider", *SUMS, "reserved")
    writer.writerow(["day", "model", "provider", *SUMS, "reserved"])
    for row in rows.order_by("day", "model__slug", "provider").values_list(*columns):
        writer.writerow([f"'{cell}" if str(cell).startswith(FORMULA) else cell for cell in row])
    return response
