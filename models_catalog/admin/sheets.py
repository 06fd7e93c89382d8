"""Models, as an editor thinks of them: what they are, who sees them, what their sheet says in each language."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import CheckboxSelectMultiple
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from modeltranslation.admin import TranslationAdmin

from .. import publishing
from ..availability import State, state_of
from ..cloning import clone
from ..exchange_views import export_catalogue, import_catalogue
from ..forms import CloneForm, FactSourceForm, LanguageModelForm
from ..models import FactSource, LanguageModel
from ..register import because
from ..views import sheet_page
from .endpoints import EndpointInline, badge, health_of
from .filters import MissingSource, MissingText
from .history import HistoryAdmin
from .moves import MovesModels

STATUS_COLOURS = {"draft": "off", "review": "unsure", "enabled": "right", "paused": "wrong", "archived": "off"}


class FactSourceInline(admin.TabularInline):
    model = FactSource
    form = FactSourceForm
    extra = 0


def text_fieldset(text):
    """One text, in all languages side by side."""
    row = tuple(f"{text}_{code}" for code, _name in settings.LANGUAGES)
    field = LanguageModel._meta.get_field(text)
    return (
        capfirst(field.verbose_name),
        {"fields": [row], "classes": ["translations"], "description": field.help_text},
    )


@admin.register(LanguageModel)
class LanguageModelAdmin(MovesModels, HistoryAdmin, TranslationAdmin):
    form = LanguageModelForm
    list_display = ["name", "organisation", "size", "licence", "state", "missing", "answers"]
    list_filter = ["status", MissingText, MissingSource, "licence__distribution", "architecture", "organisation"]
    list_select_related = ["organisation", "licence"]
    list_per_page = 50
    search_fields = ["name", "slug", "organisation__name", "endpoints__api_model_id"]
    autocomplete_fields = ["organisation", "licence"]
    readonly_fields = ["rank_summary", "published_wh_per_million_tokens", "created_at", "updated_at"]
    inlines = [FactSourceInline, EndpointInline]
    save_on_top = True
    change_form_template = "admin/models_catalog/languagemodel/form.html"
    change_list_template = "admin/models_catalog/languagemodel/list.html"
    fieldsets = [
        (None, {"fields": ["name", "slug", "organisation", "licence", "url"]}),
        (gettext_lazy("Publication"), {"fields": ["status", "reason", "portals"]}),
        (
            gettext_lazy("Size and architecture"),
            {
                "fields": [
                    ("total_params", "active_params", "are_params_estimated"),
                    ("architecture", "is_architecture_estimated"),
                    ("quantization", "reasoning", "context_window"),
                ]
            },
        ),
        (
            gettext_lazy("Openness and abilities"),
            {
                "fields": [
                    ("has_open_weights", "has_open_code", "has_open_data"),
                    ("release_date", "knowledge_cutoff"),
                    ("languages", "inputs"),
                ]
            },
        ),
        *(text_fieldset(text) for text in publishing.TEXTS),
        (
            gettext_lazy("Kept by the site"),
            {
                "fields": ["rank_summary", "published_wh_per_million_tokens", ("created_at", "updated_at")],
                "classes": ["collapse"],
            },
        ),
    ]

    # --- The list ---------------------------------------------------------------------------------------

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("endpoints", "sources", "portals")

    def get_changelist_instance(self, request):
        """The states of the endpoints of a whole page are asked for at once."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        endpoints = [endpoint for model in changelist.result_list for endpoint in model.endpoints.all()]
        states = state_of(endpoint.pk for endpoint in endpoints)
        for endpoint in endpoints:
            endpoint.state = states.get(endpoint.pk, State())
        return changelist

    def changelist_view(self, request, extra_context=None):
        in_review = LanguageModel.objects.filter(status=publishing.Status.REVIEW).order_by("updated_at")
        return super().changelist_view(
            request,
            {"in_review": in_review, "can_publish": publishing.can_publish(request.user)} | (extra_context or {}),
        )

    @admin.display(description=gettext_lazy("size"), ordering="total_params")
    def size(self, model):
        return model.size_class or "–"

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, model):
        return badge(STATUS_COLOURS[model.status], model.get_status_display())

    @admin.display(description=gettext_lazy("missing"))
    def missing(self, model):
        texts, sources = len(publishing.missing_texts(model)), len(publishing.missing_sources(model))
        counts = [ngettext("%(count)d text", "%(count)d texts", texts) % {"count": texts}] if texts else []
        if sources:
            counts.append(ngettext("%(count)d source", "%(count)d sources", sources) % {"count": sources})
        return ", ".join(counts) or "–"

    @admin.display(description=gettext_lazy("answers"))
    def answers(self, model):
        """The endpoint that answered last, or else the preferred one, and how it does."""
        endpoints = list(model.endpoints.all())
        if not endpoints:
            return badge("wrong", _("no endpoint"))
        last = max(
            endpoints, key=lambda endpoint: endpoint.answered_at is not None and endpoint.answered_at.timestamp()
        )
        return health_of(last, last.state)

    # --- The form ---------------------------------------------------------------------------------------

    def get_fieldsets(self, request, obj=None):
        """Only a publisher gives a reason to the register."""
        if publishing.can_publish(request.user) and self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        return [
            (name, options | {"fields": [field for field in options["fields"] if field != "reason"]})
            for name, options in super().get_fieldsets(request, obj)
        ]

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.user, form.refused = request.user, getattr(request, "refused", ())
        form.is_restoring = getattr(request, "is_restoring", False)
        return form

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Portals are few: boxes to tick."""
        return super().formfield_for_manytomany(db_field, request, widget=CheckboxSelectMultiple, **kwargs)

    def view_on_site(self, model):
        return None if model.status in publishing.WORK else model.get_absolute_url()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Everything is saved in one go, under the given reason; what publication lacks brings the form back."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with because(self.reason(request)):
                if object_id and object_id.isdecimal():  # one at a time, so that the second sees the rows of the first
                    LanguageModel.objects.select_for_update().filter(pk=object_id).first()
                return super().changeform_view(request, object_id, form_url, extra_context)
        except publishing.Refused as refused:
            if getattr(request, "is_rehearsal", False):
                raise
            request.refused = refused.sentences
            return super().changeform_view(request, object_id, form_url, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        request.is_restoring = True
        with because(self.reason(request)):
            return super().history_form_view(request, object_id, version_id, extra_context)

    def reason(self, request):
        return request.POST.get("reason", "").strip() if publishing.can_publish(request.user) else ""

    def save_model(self, request, obj, form, change):
        obj._change_reason = self.reason(request)[:100]
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        """The history of an endpoint says who changed it."""
        rows = formset.save(commit=False)
        for row in [*rows, *formset.deleted_objects]:
            row._history_user = request.user
        for row in formset.deleted_objects:
            row.delete()
        for row in rows:
            row.save()
        formset.save_m2m()

    def save_related(self, request, form, formsets, change):
        """The rule is asked once all is written, so that it sees what it would publish; refused, nothing is kept."""
        super().save_related(request, form, formsets, change)
        becomes_enabled = form.instance.status == publishing.Status.ENABLED != form.before
        is_rehearsal = getattr(request, "is_rehearsal", False)
        if becomes_enabled or is_rehearsal:
            missing = publishing.lacks(LanguageModel.objects.get(pk=form.instance.pk))
            if missing or is_rehearsal:
                raise publishing.Refused(missing)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        missing = publishing.lacks(LanguageModel.objects.get(pk=obj.pk)) if change else []
        return super().render_change_form(request, {"missing": missing} | context, add, change, form_url, obj)

    # --- More pages -------------------------------------------------------------------------------------

    def get_urls(self):
        ours = self.admin_site.admin_view
        return [
            path("export/", ours(export_catalogue), name="models_catalog_export"),
            path("import/", ours(import_catalogue), name="models_catalog_import"),
            path("<int:pk>/missing/", ours(self.missing_view), name="models_catalog_languagemodel_missing"),
            path("<int:pk>/preview/", ours(self.preview_view), name="models_catalog_languagemodel_preview"),
            path("<int:pk>/clone/", ours(self.clone_view), name="models_catalog_languagemodel_clone"),
            *super().get_urls(),
        ]

    def missing_view(self, request, pk):
        """What publication would lack if the form were saved as it is now: it is saved, asked, and undone."""
        if request.method != "POST":
            raise Http404
        request.is_rehearsal = True
        try:
            self.changeform_view(request, str(pk))
        except publishing.Refused as refused:
            context = {"missing": refused.sentences, "is_asked": True}
        else:
            context = {"is_invalid": True, "is_asked": True}
        return render(request, "admin/models_catalog/languagemodel/_missing.html", context)

    def preview_view(self, request, pk):
        """The sheet as visitors would see it."""
        model = get_object_or_404(LanguageModel.objects.select_related("organisation", "licence"), pk=pk)
        if not self.has_view_permission(request, model):
            raise PermissionDenied
        return sheet_page(request, model, preview=True)

    def clone_view(self, request, pk):
        original = get_object_or_404(LanguageModel, pk=pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        with_endpoints = request.user.has_perm("models_catalog.add_endpoint")
        form = CloneForm(request.POST) if request.method == "POST" else CloneForm.proposing(original)
        if form.is_valid():
            copy = clone(original, user=request.user, with_endpoints=with_endpoints, **form.cleaned_data)
            self.log_addition(request, copy, _("Cloned from %(name)s.") % {"name": original.name})
            self.message_user(request, _("Here is the copy, a draft. Check each fact: they are those of the original."))
            return redirect("admin:models_catalog_languagemodel_change", copy.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("Clone %(name)s") % {"name": original.name},
            "opts": self.opts,
            "original": original,
            "form": form,
            "with_endpoints": with_endpoints,
            "back": reverse("admin:models_catalog_languagemodel_change", args=[original.pk]),
        }
        return TemplateResponse(request, "admin/models_catalog/languagemodel/clone.html", context)
