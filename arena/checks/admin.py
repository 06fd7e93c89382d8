"""What editors see of the checks: the modes of each portal, the help lines, the counts, and a box to try them."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from arena.forms import PromptField
from arena.providers import ProviderError
from portals.models import Portal

from . import distress, moderating, passages
from .models import BY_MODEL, PERSONAL, Category, HelpLine, Mode, PromptCheckCount, PromptRules


class RulesForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        asked = [category for category in BY_MODEL if cleaned.get(category, Mode.OFF) != Mode.OFF]
        if asked and not moderating.is_configured():
            message = _("Only a moderation model finds this, and MODERATION_BASE_URL names none: it stays off.")
            for category in asked:
                self.add_error(category, ValidationError(message))
        return cleaned


class PortalField(forms.ModelChoiceField):
    def label_from_instance(self, portal):
        return f"{portal.name} ({portal.code})"


class TrialForm(forms.Form):
    portal = PortalField(Portal.objects.order_by("name"), label=_("Portal"), empty_label=None)
    prompt = PromptField()


@admin.register(PromptRules)
class PromptRulesAdmin(admin.ModelAdmin):
    form = RulesForm
    list_display = ["portal", "portal__code", "contact", "number", "secret", "name", "self_harm", "by_model"]
    list_select_related = ["portal"]
    change_list_template = "arena/admin_checks.html"
    fieldsets = [
        (None, {"fields": ["portal"]}),
        (_("Found on this machine"), {"fields": [*PERSONAL, Category.SELF_HARM]}),
        (_("Found by the moderation model"), {"fields": [*BY_MODEL, "if_away"]}),
    ]

    @admin.display(description=_("By the moderation model"))
    def by_model(self, rules):
        asked = [category for category in BY_MODEL if rules.mode(category) != Mode.OFF]
        return ", ".join(f"{category.label} ({rules.mode(category).label})" for category in asked) or "–"

    def get_urls(self):
        trial = path("trial/", self.admin_site.admin_view(self.trial), name="arena_promptrules_trial")
        return [trial, *super().get_urls()]

    def trial(self, request):
        """What each check says of a text. Nothing of it is kept, nor counted."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TrialForm(request.POST if request.method == "POST" else None)
        context = self.admin_site.each_context(request) | {
            "title": _("Try the checks"),
            "opts": self.opts,
            "form": form,
            "is_configured": moderating.is_configured(),
        }
        status = 200
        if form.is_bound:
            context |= tried(**form.cleaned_data) if form.is_valid() else {}
            status = 200 if form.is_valid() else 422
        return TemplateResponse(request, "arena/admin_checks_trial.html", context, status=status)


def tried(portal, prompt):
    """What a trial says: passages with the mode of each, distress, and the word of the moderation model."""
    rules = PromptRules.of(portal)
    said, failure = set(), ""
    if moderating.is_configured():
        try:
            said = moderating.found_in(prompt)
        except ProviderError as error:
            failure = error.code
    return {
        "is_tried": True,
        "passages": [
            (passage, rules.mode(passage.category)) for passage in passages.found_in(prompt, portal.default_language)
        ],
        "is_distress": distress.is_said(prompt),
        "distress_mode": rules.mode(Category.SELF_HARM),
        "lines": HelpLine.of(portal),
        "said": [(category, rules.mode(category)) for category in BY_MODEL if category in said],
        "failure": failure,
    }


@admin.register(HelpLine)
class HelpLineAdmin(admin.ModelAdmin):
    list_display = ["name", "country", "phone", "url", "is_always_open", "is_free", "order", "checked_on"]
    list_filter = ["country"]


@admin.register(PromptCheckCount)
class PromptCheckCountAdmin(admin.ModelAdmin):
    """Read, never written."""

    list_display = ["day", "portal", "category", "mode", "outcome", "count"]
    list_filter = ["portal", "category", "mode", "outcome"]
    list_select_related = ["portal"]
    date_hierarchy = "day"
    list_display_links = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
