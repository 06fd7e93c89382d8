"""Where a person judges the sample of a release, a row at a time, with the keyboard alone if they like."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from staff.secrets import UNREADABLE

from .. import audits
from ..bounds import upper_bound
from ..models import Audit, AuditedRow, Span

Verdict = AuditedRow.Verdict
GONE = "gone"
LABELS = dict(Span.Field.choices)


@admin.register(Audit)
class AuditAdmin(admin.ModelAdmin):
    """Drawn by `audit_release`; judged here."""

    list_display = ["release", "created_at", "progress", "found_rows", "bound", "to_judge"]
    list_select_related = ["release"]
    list_display_links = None

    def get_queryset(self, request):
        return audits.with_progress(super().get_queryset(request))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("judged"))
    def progress(self, audit):
        return f"{audit.judged} / {audit.drawn}"

    @admin.display(description=_("personal data remains"))
    def found_rows(self, audit):
        return audit.found

    @admin.display(description=_("at most, 19 times in 20"))
    def bound(self, audit):
        return f"{100 * upper_bound(audit.found, audit.judged):.1f} %" if audit.judged else "–"

    @admin.display(description=_("judge"))
    def to_judge(self, audit):
        if audit.judged == audit.drawn:
            return _("done")
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:datasets_export_audit_judge", args=[audit.pk]), _("go on")
        )

    def get_urls(self):
        of_row = self.admin_site.admin_view(self.row)
        return [
            path("<int:pk>/judge/", of_row, name="datasets_export_audit_judge"),
            path("<int:pk>/judge/<int:place>/", of_row, name="datasets_export_audit_row"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, *args, **kwargs):
        return redirect("admin:datasets_export_audit_judge", object_id)

    def row(self, request, pk, place=None):
        return judging(request, self, pk, place)


@require_http_methods(["GET", "HEAD", "POST"])
def judging(request, model_admin, pk, place):
    """The row of this place, the first to judge without one. A verdict leads to the next."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    audit = get_object_or_404(audits.with_progress(Audit.objects.select_related("release")), pk=pk)
    rows = audit.rows.select_related("turn", "audit__release", "judged_by")
    if place is None:
        row = rows.filter(verdict=Verdict.TO_JUDGE).first()
        if row is None:
            return end(request, audit)
        return redirect("admin:datasets_export_audit_row", audit.pk, row.place)
    row = get_object_or_404(rows, place=place)
    if request.method == "POST":
        return judged(request, audit, row)
    problem, texts = "", None
    try:
        texts = audits.published(row)
    except UNREADABLE:
        problem = _("The key of this release cannot be read: FIELD_KEYS is not the one it was made with.")
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Does personal data remain?"),
        "opts": model_admin.opts,
        "audit": audit,
        "row": row,
        "problem": problem,
        "texts": [(LABELS[name], text) for name, text in texts.items()] if texts is not None else None,
    }
    return render(request, "admin/datasets_export/audit_row.html", context)


def judged(request, audit, row):
    verdict = request.POST.get("verdict")
    if verdict == GONE:
        if row.verdict or audits.published(row) is not None:
            return HttpResponse(_("This row counts in the result of the audit: it stays in the sample."), status=409)
        row.delete()
    elif verdict in (Verdict.CLEAN, Verdict.PERSONAL):
        audits.judge(row, verdict, request.user)
        if verdict == Verdict.PERSONAL and request.POST.get("exclude"):
            audits.exclude(row, request.user)
            messages.success(
                request, _("The text of this turn leaves the next release, and the next revision of this one.")
            )
    else:
        return HttpResponseBadRequest(_("Say whether personal data remains."))
    return redirect("admin:datasets_export_audit_judge", audit.pk)


def end(request, audit):
    bound = 100 * upper_bound(audit.found, audit.judged)
    said = ngettext(
        "All is judged: %(found)d row of %(judged)d holds personal data, so at most %(bound).1f %% of the release.",
        "All is judged: %(found)d rows of %(judged)d hold personal data, so at most %(bound).1f %% of the release.",
        audit.found,
    )
    messages.success(request, said % {"found": audit.found, "judged": audit.judged, "bound": bound})
    return redirect("admin:datasets_export_audit_changelist")
