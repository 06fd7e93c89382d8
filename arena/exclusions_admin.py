"""Where people see what was set aside, and take it back: one by one, a ring at once, or what they tick in the list."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import standing
from .excluding import lift_by_hand
from .models import Exclusion
from .watching import showing


class LiftForm(forms.Form):
    why = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the decision. Copy no text of a conversation here."),
    )


class InForceFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("in-force", _("In force")), ("lifted", _("Lifted"))]

    def queryset(self, request, queryset):
        states = {"in-force": {"lifted_at": None}, "lifted": {"lifted_at__isnull": False}}
        return queryset.filter(**states.get(self.value(), {}))


@admin.register(Exclusion)
class ExclusionAdmin(admin.ModelAdmin):
    """Made by hand here, or by rules; never changed nor deleted: lifted, with a reason."""

    list_display = ["created_at", "rule", "on_model", "scope", "shadow", "comparison", "lifted_at", "lifted_by"]
    list_filter = [InForceFilter, "rule", "scope", "shadow"]
    list_select_related = ["comparison", "lifted_by"]
    list_display_links = ["created_at", "rule"]
    search_fields = ["comparison__id"]
    search_help_text = _("The number of a comparison, or the name of a ring.")
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-pk"]
    fields = ["comparison", "turn", "rule", "scope", "reason"]
    raw_id_fields = ["comparison", "turn"]
    actions = ["lift"]

    @admin.display(description=_("model"))
    def on_model(self, exclusion):
        return exclusion.evidence.get("model", "")

    def get_search_results(self, request, queryset, search_term):
        """The name of a ring finds its votes; anything else, a comparison."""
        of_ring = queryset.filter(evidence__group=search_term.strip())
        return (of_ring, False) if of_ring.exists() else super().get_search_results(request, queryset, search_term)

    def save_model(self, request, obj, form, change):
        obj.by = request.user
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, *arguments, **options):
        """The evidence of one, and the form that lifts it, or its whole ring."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Exclusion.objects.select_related("comparison__portal", "comparison__model_a", "comparison__model_b")
        exclusion = get_object_or_404(rows.select_related("by", "lifted_by"), pk=object_id)
        ring = showing.ring(exclusion)
        form = LiftForm(request.POST or None)
        if request.method == "POST":
            if not self.has_change_permission(request):
                raise PermissionDenied
            if form.is_valid():
                these = ring if "ring" in request.POST else Exclusion.objects.filter(pk=exclusion.pk)
                return self.lifted(request, these, form.cleaned_data["why"])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Set aside by the rule “%(rule)s”") % {"rule": exclusion.rule},
            "opts": self.opts,
            "exclusion": exclusion,
            "sentence": standing.sentence(exclusion.rule),
            "evidence": showing.evidence(exclusion),
            "browser": showing.browser(exclusion),
            "ring": ring.count(),
            "form": form,
            "may_lift": exclusion.lifted_at is None and self.has_change_permission(request),
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/arena/exclusion/evidence.html", context, status=status)

    @admin.action(description=_("Lift the selected exclusions, with a reason"), permissions=["change"])
    def lift(self, request, queryset):
        is_sent = "why" in request.POST
        form = LiftForm(request.POST if is_sent else None)
        standing_ones = Exclusion.objects.filter(pk__in=queryset.order_by().values("pk"), lifted_at=None)
        if is_sent and form.is_valid():
            return self.lifted(request, standing_ones, form.cleaned_data["why"])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Lift exclusions"),
            "opts": self.opts,
            "form": form,
            "rules": standing_ones.order_by("rule").values("rule").annotate(count=Count("pk")),
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/arena/exclusion/lift.html", context, status=422 if is_sent else 200)

    def lifted(self, request, exclusions, why):
        """Lift them, say how many, and go back to the list."""
        each = list(exclusions.filter(lifted_at=None))
        count = lift_by_hand(Exclusion.objects.filter(pk__in=[one.pk for one in each]), request.user, why)
        for exclusion in each:
            self.log_change(request, exclusion, [{"changed": {"fields": ["lifted_at"]}}])
        told = ngettext(
            "%(count)d exclusion lifted: its vote counts again on the next board.",
            "%(count)d exclusions lifted: their votes count again on the next board.",
            count,
        )
        messages.success(request, told % {"count": count})
        return redirect("admin:arena_exclusion_changelist")
