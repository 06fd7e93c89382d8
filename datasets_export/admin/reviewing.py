"""The queue of turns in which the rules found something uncertain, and the page where a person decides."""

from dataclasses import dataclass, field

from django.contrib import admin, messages
from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from arena.models import Turn

from ..enrichment import deciding
from ..enrichment.forms import PassageForms, ReviewForm
from ..enrichment.showing import cut
from ..enrichment.turns import texts_of
from ..models import Analysis, Span

KINDS = dict(Span.Kind.choices)
Review = Analysis.Review


class DecisionFilter(admin.SimpleListFilter):
    """What waits comes first, without asking."""

    title = _("decision")
    parameter_name = "decision"

    def lookups(self, request, model_admin):
        return [(review.value, review.label) for review in (Review.ACCEPTED, Review.REDACTED, Review.EXCLUDED)]

    def choices(self, changelist):
        waiting, *others = super().choices(changelist)
        yield waiting | {"display": Review.WAITING.label}
        yield from others

    def queryset(self, request, queryset):
        return queryset.filter(review=self.value() or Review.WAITING)


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return Span.Kind.choices

    def queryset(self, request, queryset):
        has_kind = Span.objects.filter(kind=self.value(), is_certain=False).values("analysis")
        return queryset.filter(pk__in=has_kind) if self.value() else queryset


class LanguageFilter(admin.SimpleListFilter):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        known = Analysis.objects.exclude(review=Review.NOT_NEEDED).order_by("turn__prompt_language")
        codes = known.values_list("turn__prompt_language", flat=True).distinct()
        return [(code or "und", code or _("unknown")) for code in codes]

    def queryset(self, request, queryset):
        language = self.value()
        return queryset.filter(turn__prompt_language="" if language == "und" else language) if language else queryset


@admin.register(Analysis)
class AnalysisAdmin(admin.ModelAdmin):
    """Only what a person had, or has, to look at; the list shows no text."""

    list_display = ["turn_number", "language", "portal", "kinds", "since", "decision", "reviewer"]
    list_filter = [DecisionFilter, KindFilter, LanguageFilter, "turn__comparison__portal"]
    list_select_related = ["turn__comparison__portal", "reviewed_by"]
    ordering = ["finished_at", "pk"]
    actions = None

    def get_queryset(self, request):
        kinds = ArrayAgg("spans__kind", filter=Q(spans__is_certain=False), distinct=True, default=[])
        return (
            super()
            .get_queryset(request)
            .exclude(review=Review.NOT_NEEDED)
            .filter(turn__in=Turn.objects.for_analysis())
            .annotate(uncertain_kinds=kinds)
        )

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("turn"), ordering="turn_id")
    def turn_number(self, analysis):
        return analysis.turn_id

    @admin.display(description=_("language"), ordering="turn__prompt_language")
    def language(self, analysis):
        return analysis.turn.prompt_language or "–"

    @admin.display(description=_("portal"))
    def portal(self, analysis):
        return analysis.turn.comparison.portal

    @admin.display(description=_("to judge"))
    def kinds(self, analysis):
        return ", ".join(str(KINDS[kind]) for kind in analysis.uncertain_kinds)

    @admin.display(description=_("since"), ordering="finished_at")
    def since(self, analysis):
        return analysis.finished_at

    @admin.display(description=_("decision"))
    def decision(self, analysis):
        return analysis.get_review_display()

    @admin.display(description=_("by"))
    def reviewer(self, analysis):
        return analysis.reviewed_by

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Turns to review")} | (extra_context or {}))

    def change_view(self, request, object_id, *arguments, **options):
        return reviewing(request, self, object_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reviewing(request, model_admin, pk):
    """One turn. A decision leads to the next that waits."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    rows = model_admin.get_queryset(request).select_related("turn__vote", "turn__comparison", "reviewed_by")
    analysis = get_object_or_404(rows, pk=pk)
    is_sent = request.method == "POST"
    spans = list(analysis.spans.order_by("start", "-end"))
    form = ReviewForm(request.POST if is_sent else None, spans=spans, initial={"seen": deciding.stamp(analysis)})
    added = PassageForms(request.POST if is_sent else None, prefix="added")
    status = 200
    if is_sent:
        status = 422
        if form.is_valid() and added.is_valid():
            problem = decided(request, analysis, form, added)
            if problem is None:
                model_admin.log_change(request, analysis, [{"changed": {"fields": ["review"]}}])
                return to_the_next(model_admin, request, analysis)
            status, sentence = problem
            form.add_error(None, sentence)
    ticked = set(form.data.getlist("spans")) if is_sent else {str(span.pk) for span in spans if not span.is_kept}
    context = model_admin.admin_site.each_context(request) | {
        "title": _("Turn %(number)s") % {"number": analysis.turn_id},
        "opts": model_admin.opts,
        "analysis": analysis,
        "passages": passages(analysis, spans, ticked),
        "form": form,
        "added": added,
        "left": rows.filter(review=Review.WAITING).count(),
    }
    return render(request, "admin/datasets_export/review.html", context, status=status)


def decided(request, analysis, form, added):
    """Do what was decided; None, or the status and the sentence that say why nothing was changed."""
    data = form.cleaned_data
    common = (analysis, data["seen"], request.user, data["reason"])
    try:
        if data["decision"] == form.ACCEPT:
            deciding.accept(*common)
        elif data["decision"] == form.EXCLUDE:
            deciding.exclude(*common)
        else:
            passages = [(row["passage"], row["kind"]) for row in added.cleaned_data if row.get("passage")]
            if not passages and not data["spans"]:
                return 422, _("Nothing is ticked nor added: there is nothing to redact.")
            deciding.redact(*common, ticked=data["spans"], added=passages)
    except deciding.NotFound:
        return 422, _("A passage to add stands in none of the texts: copy it exactly as it is written.")
    except deciding.Outdated:
        return 409, _("The texts, or what was decided, changed since this page was shown: reload it and look again.")
    return None


def to_the_next(model_admin, request, analysis):
    """The oldest that waits, else the list."""
    told = _("Turn %(number)s: %(decision)s.")
    decision = Analysis.objects.get(pk=analysis.pk).get_review_display()
    messages.success(request, told % {"number": analysis.turn_id, "decision": decision})
    after = model_admin.get_queryset(request).filter(review=Review.WAITING).order_by("finished_at", "pk").first()
    if after is None:
        return redirect("admin:datasets_export_analysis_changelist")
    return redirect(reverse("admin:datasets_export_analysis_change", args=[after.pk]))


@dataclass
class Passage:
    """One text of the turn, cut at its spans, each with its number and whether it is ticked."""

    label: str
    pieces: list
    found: list = field(default_factory=list)


def passages(analysis, spans, ticked):
    """The texts that are not empty, those with spans first."""
    texts = texts_of(analysis.turn)
    shown = []
    number = 1
    for name, text in texts.items():
        own = [span for span in spans if span.field == name]
        if text:
            found = [
                {
                    "number": place,
                    "span": span,
                    "text": text[span.start : span.end],
                    "is_ticked": str(span.pk) in ticked,
                }
                for place, span in enumerate(own, number)
            ]
            shown.append(Passage(Span.Field(name).label, cut(text, own, number), found))
            number += len(own)
    return sorted(shown, key=lambda passage: not passage.found)
