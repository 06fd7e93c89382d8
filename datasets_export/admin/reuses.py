"""What others made of the data, told on its page."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from ..models import Reuse


@admin.register(Reuse)
class ReuseAdmin(TranslationAdmin):
    list_display = ["title", "author", "url", "is_shown", "created_at"]
    list_filter = ["is_shown"]
    search_fields = ["title", "author", "url"]
