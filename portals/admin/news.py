"""News: drafts are written and seen as visitors will, in each language, then published."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from .. import pictures
from ..models import NewsItem, Portal
from ..news_views import page_of

TEXTS = ("title", "summary", "body", "picture_alt")


class NewsItemForm(forms.ModelForm):
    class Meta:
        widgets = {
            f"{name}_{code}": forms.Textarea(attrs={"rows": rows, "cols": 90, "lang": code})
            for name, rows in (("summary", 2), ("body", 14))
            for code in dict(settings.LANGUAGES)
        }

    def clean_picture(self):
        picture = self.cleaned_data["picture"]
        return pictures.drawn_anew(picture, pictures.WIDE) if isinstance(picture, UploadedFile) else picture

    def clean(self):
        """A language has its title and its summary, or nothing; and there is at least one."""
        cleaned = super().clean()
        languages = dict(settings.LANGUAGES)
        written = [code for code in languages if any(cleaned.get(f"{name}_{code}") for name in TEXTS)]
        for code in written:
            for name in ("title", "summary"):
                if not cleaned.get(f"{name}_{code}"):
                    self.add_error(f"{name}_{code}", _("Needed, since something is written in this language."))
        if not written:
            raise ValidationError(_("Write a title and a summary in at least one language."))
        return cleaned


@admin.register(NewsItem)
class NewsItemAdmin(admin.ModelAdmin):
    form = NewsItemForm
    list_display = ["__str__", "kind", "is_pinned", "published_at", "languages", "seen"]
    list_filter = [("published_at", admin.EmptyFieldListFilter), "kind", "portals"]
    filter_horizontal = ["portals"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    prepopulated_fields = {"slug": ["title_fr"]}
    view_on_site = False  # the preview shows drafts too
    change_form_template = "admin/portals/newsitem/change_form.html"
    fieldsets = [
        (None, {"fields": ["portals", "kind", "is_pinned", "published_at", "picture", "link"]}),
        *(
            (name, {"fields": [f"{field}_{code}" for field in TEXTS], "classes": [] if code == "fr" else ["collapse"]})
            for code, name in settings.LANGUAGES
        ),
        (gettext_lazy("Address"), {"fields": ["slug"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).order_by("-published_at", "-pk")

    def formfield_for_manytomany(self, db_field, request, **options):
        """Portals may share a name: their code tells them apart."""
        field = super().formfield_for_manytomany(db_field, request, **options)
        field.label_from_instance = lambda portal: f"{portal.name} ({portal.code})"
        return field

    @admin.display(description=gettext_lazy("languages"))
    def languages(self, item):
        return ", ".join(code for code in dict(settings.LANGUAGES) if getattr(item, f"title_{code}"))

    @admin.display(description=gettext_lazy("preview"))
    def seen(self, item):
        return format_html('<a href="{}">{}</a>', reverse("admin:preview_news", args=[item.pk]), _("See the page"))

    def get_urls(self):
        ours = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", ours(require_safe(self.preview)), name="preview_news"),
            path("<int:pk>/publish/", ours(require_POST(self.publish)), name="publish_news"),
            *super().get_urls(),
        ]

    def preview(self, request, pk):
        """The page as visitors will read it: of its first portal, in the language asked for, else in that portal's."""
        item = get_object_or_404(NewsItem, pk=pk)
        if not self.has_view_permission(request, item):
            return redirect("admin:index")
        request.portal = item.portals.order_by("-is_default", "code").first() or Portal.objects.default()
        asked = request.GET.get("language", "")
        language = asked if asked in dict(settings.LANGUAGES) else request.portal.default_language
        with translation.override(language):
            context = page_of(item) | {"is_preview": True, "languages": settings.LANGUAGES, "shown": language}
            return render(request, "portals/news_item.html", context)

    def publish(self, request, pk):
        item = get_object_or_404(NewsItem, pk=pk)
        if not self.has_change_permission(request, item):
            return redirect("admin:index")
        if not item.is_published:
            NewsItem.objects.filter(pk=pk).update(published_at=timezone.now(), updated_at=timezone.now())
            self.log_change(request, item, [{"changed": {"fields": ["published_at"]}}])
            messages.success(request, _("Published. Visitors can read it from now on."))
        return redirect("admin:portals_newsitem_changelist")
