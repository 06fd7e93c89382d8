"""Pages read: a table and a drawing of the last days. Nobody writes there."""

from datetime import timedelta

from django.contrib import admin
from django.utils import timezone

from ..audience import PageCount

DAYS = 30


@admin.register(PageCount)
class PageCountAdmin(admin.ModelAdmin):
    list_display = ["day", "portal", "page", "language", "referrer", "views"]
    list_display_links = None
    list_filter = ["portal", "language", "page", "referrer"]
    list_select_related = ["portal"]
    date_hierarchy = "day"
    ordering = ["-day", "-views"]
    change_list_template = "admin/portals/pagecount/change_list.html"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        listed = getattr(response, "context_data", {}).get("cl")
        if listed is not None:  # else a redirect: a filter of the address means nothing
            response.context_data |= drawing(listed.queryset)
        return response


def drawing(rows):
    """Bars of the last days, of the rows that the filters leave: each day with its views and its place."""
    last = timezone.localdate()
    found = dict(rows.order_by().filter(day__gt=last - timedelta(days=DAYS)).by_day())
    days = [last - timedelta(days=ago) for ago in reversed(range(DAYS))]
    most = max(found.values(), default=0)
    height = {day: round(100 * found.get(day, 0) / most) if most else 0 for day in days}
    bars = [(day, found.get(day, 0), 10 * place, 100 - height[day], height[day]) for place, day in enumerate(days)]
    return {"bars": bars, "most": most, "total": sum(found.values())}
