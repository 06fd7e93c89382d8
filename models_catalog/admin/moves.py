"""Actions on the list of models: give several of them another status, with one reason."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import publishing
from ..forms import MoveForm
from ..models import LanguageModel
from ..register import because

Status = publishing.Status


class MovesModels:
    """Each action asks for a reason on a page between; all the models move, or none does."""

    actions = ["send_to_review", "publish", "pause", "archive"]

    def has_publish_permission(self, request):
        return self.has_change_permission(request) and publishing.can_publish(request.user)

    @admin.action(description=gettext_lazy("Send to review"), permissions=["change"])
    def send_to_review(self, request, queryset):
        return self.move(request, queryset, Status.REVIEW)

    @admin.action(description=gettext_lazy("Publish"), permissions=["publish"])
    def publish(self, request, queryset):
        return self.move(request, queryset, Status.ENABLED)

    @admin.action(description=gettext_lazy("Pause"), permissions=["publish"])
    def pause(self, request, queryset):
        return self.move(request, queryset, Status.PAUSED)

    @admin.action(description=gettext_lazy("Archive"), permissions=["publish"])
    def archive(self, request, queryset):
        return self.move(request, queryset, Status.ARCHIVED)

    def move(self, request, queryset, status):
        form = MoveForm(request.POST if "reason" in request.POST else None)
        problems = []
        if form.is_valid():
            try:
                count = self.move_all(request, queryset, status, form.cleaned_data["reason"])
            except publishing.Refused as refused:
                problems = refused.sentences
            else:
                told = ngettext("%(count)d model is now: %(status)s.", "%(count)d models are now: %(status)s.", count)
                self.message_user(request, told % {"count": count, "status": status.label}, messages.SUCCESS)
                return None
        context = self.admin_site.each_context(request) | {
            "title": _("New status: %(status)s") % {"status": status.label},
            "opts": self.opts,
            "models": queryset,
            "form": form,
            "problems": problems,
            "action": request.POST["action"],
            "checkbox": ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/models_catalog/languagemodel/move.html", context)

    def move_all(self, request, queryset, status, reason):
        """Returns how many moved; raises Refused with what each of the others lacks, and then none did."""
        problems = []
        with because(reason):
            chosen = queryset.values_list("pk", flat=True)
            rows = LanguageModel.objects.filter(pk__in=list(chosen)).select_for_update().order_by("pk")
            rows = [model for model in rows if model.status != status]
            for model in rows:
                try:
                    publishing.move(model, status, request.user, reason)
                except publishing.Refused as refused:
                    problems += refused.sentences
                else:
                    self.log_change(request, model, [{"changed": {"fields": ["status"]}}])
            if problems:
                raise publishing.Refused(problems)
        return len(rows)
