"""What editors see of the arena. Comparisons are read there, never written."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from portals.models import Portal

from .checks.admin import HelpLineAdmin, PromptCheckCountAdmin, PromptRulesAdmin  # noqa: F401
from .exclusions_admin import ExclusionAdmin  # noqa: F401
from .exposure import exposures
from .models import Comparison, Suggestion, VoteTag


@admin.register(VoteTag)
class VoteTagAdmin(TranslationAdmin):
    list_display = ["code", "label", "polarity", "order", "is_archived"]
    list_filter = ["polarity", "is_archived"]


@admin.register(Suggestion)
class SuggestionAdmin(admin.ModelAdmin):
    list_display = ["text", "language", "category", "code", "is_archived"]
    list_filter = ["language", "category", "is_archived"]
    search_fields = ["text", "code"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []

    def has_delete_permission(self, request, obj=None):
        return False  # archived, since questions keep its code


@admin.register(Comparison)
class ComparisonAdmin(admin.ModelAdmin):
    """Without the texts, nor the visitor's key."""

    list_display = ["id", "created_at", "portal", "language", "mode", "model_a", "model_b", "revealed_at"]
    list_filter = ["origin", "portal", "mode", "is_replaced"]
    list_select_related = ["portal", "model_a", "model_b"]
    date_hierarchy = "created_at"
    change_list_template = "arena/admin_comparisons.html"
    exclude = ["visitor_key", "submission_key", "receipt", "share_token"]

    def get_urls(self):
        exposure = path("exposure/", self.admin_site.admin_view(self.exposure), name="arena_comparison_exposure")
        return [exposure, *super().get_urls()]

    def exposure(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        portals = Portal.objects.order_by("name")
        portal = next((portal for portal in portals if str(portal.pk) == request.GET.get("portal")), None)
        since, draws, found = exposures(portal)
        most = max((max(exposure.drawn, exposure.expected) for exposure in found), default=0)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Draws of each model"),
            "opts": self.opts,
            "portals": portals,
            "portal": portal,
            "since": since,
            "draws": draws,
            "exposures": found,
            "most": most,
        }
        return TemplateResponse(request, "arena/admin_exposure.html", context)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
