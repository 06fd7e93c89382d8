"""What editors see of the arena. Comparisons are read there, never written."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from .models import Comparison, Exclusion, Suggestion, VoteTag


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
    exclude = ["visitor_key", "submission_key", "receipt"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Exclusion)
class ExclusionAdmin(admin.ModelAdmin):
    list_display = ["comparison", "turn", "rule", "scope", "shadow", "created_at", "lifted_at", "by"]
    list_filter = ["rule", "scope", "shadow"]
    list_select_related = ["comparison", "turn", "by"]
    raw_id_fields = ["comparison", "turn"]
    readonly_fields = ["by"]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.by = request.user
        super().save_model(request, obj, form, change)
