from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from .forms import EndpointForm
from .models import Endpoint, FactSource, LanguageModel, Licence, Organisation


class CountsModels(admin.ModelAdmin):
    """A list that says how many models each row has."""

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(model_count=Count("models"))

    @admin.display(description=_("models"), ordering="model_count")
    def how_many(self, row):
        return row.model_count


@admin.register(Organisation)
class OrganisationAdmin(CountsModels):
    list_display = ["name", "country", "how_many"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Licence)
class LicenceAdmin(CountsModels):
    list_display = ["name", "distribution", "reuse", "commercial_use", "how_many"]
    list_filter = ["distribution"]
    search_fields = ["name"]


class EndpointInline(admin.StackedInline):
    model = Endpoint
    form = EndpointForm
    extra = 0
    readonly_fields = ["answered_at"]
    fieldsets = [
        (None, {"fields": [("provider", "protocol", "position", "is_enabled"), "api_model_id", "base_url"]}),
        (_("Key"), {"fields": [("api_key_variable", "new_api_key")]}),
        (_("Requests"), {"fields": ["system_prompt", ("temperature", "max_tokens"), "extra"], "classes": ["collapse"]}),
        (
            _("Cost"),
            {
                "fields": [
                    ("input_price", "output_price", "daily_ceiling"),
                    ("electricity_zone", "quantization"),
                    "answered_at",
                ]
            },
        ),
    ]


class FactSourceInline(admin.TabularInline):
    model = FactSource
    extra = 0
    classes = ["collapse"]


@admin.register(LanguageModel)
class LanguageModelAdmin(TranslationAdmin):
    list_display = ["name", "organisation", "size", "licence", "status", "can_answer"]
    list_filter = ["status", "licence__distribution", "architecture", "organisation"]
    list_select_related = ["organisation", "licence"]
    search_fields = ["name", "slug", "organisation__name", "endpoints__api_model_id"]
    autocomplete_fields = ["organisation", "licence"]
    filter_horizontal = ["portals"]
    readonly_fields = ["rank_summary", "published_wh_per_million_tokens", "created_at", "updated_at"]
    inlines = [EndpointInline, FactSourceInline]
    save_on_top = True
    fieldsets = [
        (None, {"fields": ["name", "slug", "organisation", "status", "portals"]}),
        (
            _("Size and architecture"),
            {
                "fields": [
                    ("total_params", "active_params", "are_params_estimated"),
                    ("architecture", "is_architecture_estimated"),
                    ("quantization", "reasoning", "context_window"),
                ]
            },
        ),
        (
            _("Licence and openness"),
            {"fields": ["licence", ("has_open_weights", "has_open_code", "has_open_data"), "url"]},
        ),
        (_("Abilities"), {"fields": [("release_date", "knowledge_cutoff"), "languages", "inputs"]}),
        (_("Sheet"), {"fields": ["description", "size_description", "did_you_know"]}),
        (
            _("Kept by the site"),
            {
                "fields": ["rank_summary", "published_wh_per_million_tokens", ("created_at", "updated_at")],
                "classes": ["collapse"],
            },
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("endpoints")

    @admin.display(description=_("size"), ordering="total_params")
    def size(self, model):
        return model.size_class or "–"

    @admin.display(description=_("can answer"), boolean=True)
    def can_answer(self, model):
        return model.usable_endpoint() is not None
