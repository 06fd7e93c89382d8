"""What visitors wrote to us, where no mailbox receives it."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Feedback


@admin.register(Feedback)
class FeedbackAdmin(admin.ModelAdmin):
    list_display = ["created_at", "portal", "language", "beginning", "handled_at"]
    list_filter = [("handled_at", admin.EmptyFieldListFilter), "portal"]
    list_select_related = ["portal"]
    readonly_fields = ["portal", "language", "created_at", "message", "email"]
    actions = ["handle"]

    @admin.display(description=_("message"))
    def beginning(self, feedback):
        return feedback.message[:80]

    def has_add_permission(self, request):
        return False

    @admin.action(description=_("Mark as handled"), permissions=["change"])
    def handle(self, request, queryset):
        queryset.filter(handled_at=None).update(handled_at=timezone.now())
