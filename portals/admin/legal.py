"""Legal texts: drafts are written and seen as visitors will, then published; a published one never changes."""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ..legal import page_of
from ..models import LegalVersion


@admin.register(LegalVersion)
class LegalVersionAdmin(admin.ModelAdmin):
    list_display = ["kind", "language", "portal", "published_at", "seen"]
    list_filter = ["kind", "language", "portal"]
    list_select_related = ["portal"]
    fields = ["portal", "kind", "language", "text"]
    change_form_template = "admin/portals/legalversion/change_form.html"

    def get_queryset(self, request):
        return super().get_queryset(request).order_by("-published_at", "-pk")

    @admin.display(description=gettext_lazy("preview"))
    def seen(self, version):
        return format_html('<a href="{}">{}</a>', reverse("admin:preview_legal", args=[version.pk]), _("See the page"))

    def has_change_permission(self, request, obj=None):
        is_published = obj is not None and obj.published_at is not None
        return not is_published and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        is_published = obj is not None and obj.published_at is not None
        return not is_published and super().has_delete_permission(request, obj)

    def get_urls(self):
        ours = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", ours(require_safe(self.preview)), name="preview_legal"),
            path("<int:pk>/publish/", ours(require_POST(self.publish)), name="publish_legal"),
            *super().get_urls(),
        ]

    def preview(self, request, pk):
        """The page as visitors will read it, in its portal's theme and its own language."""
        version = get_object_or_404(LegalVersion.objects.select_related("portal"), pk=pk)
        if not self.has_view_permission(request, version):
            return redirect("admin:index")
        request.portal = version.portal
        with translation.override(version.language):
            return render(request, "portals/legal.html", page_of(version) | {"is_preview": True})

    def publish(self, request, pk):
        """Terms that are published ask every visitor for their consent again."""
        version = get_object_or_404(LegalVersion, pk=pk, published_at=None)
        if not self.has_change_permission(request, version):
            return redirect("admin:index")
        LegalVersion.objects.filter(pk=pk, published_at=None).update(published_at=timezone.now())
        self.log_change(request, version, [{"changed": {"fields": ["published_at"]}}])
        messages.success(request, _("Published. Visitors read this version from now on."))
        return redirect("admin:portals_legalversion_changelist")
