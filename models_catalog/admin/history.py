"""What each version of a row changed, who wrote it, and a way back to it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from modeltranslation.translator import NotRegistered, translator
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper


class Differences(HistoricalRecordContextHelper):
    """Values as an editor reads them: whole texts up to a point, the words of choices, a dash for nothing."""

    def prepare_delta_change_value(self, change, value):
        value = super().prepare_delta_change_value(change, value)
        choices = dict(self.model._meta.get_field(change.field).flatchoices)
        return choices.get(value, "–" if value in (None, "", []) else value)


class HistoryAdmin(SimpleHistoryAdmin):
    """A version is restored by the very form that makes a change, so its rules and permissions are the same."""

    object_history_list_template = "admin/models_catalog/history_list.html"

    class Media:
        css = {"all": ["comparia/admin.css"]}

    def get_historical_record_context_helper(self, request, historical_record):
        return Differences(self.model, historical_record, max_displayed_delta_change_chars=300)

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        """Without the columns that only repeat that of a language."""
        try:
            repeated = list(translator.get_options_for_model(self.model).all_fields)
        except NotRegistered:
            repeated = []
        records = list(historical_records)
        for newer, older in zip(records, records[1:], strict=False):
            delta = newer.diff_against(older, excluded_fields=repeated, foreign_keys_are_objs=foreign_keys_are_objs)
            helper = self.get_historical_record_context_helper(request, newer)
            changes = helper.context_for_delta_changes(delta)
            newer.history_delta_changes = [change for change in changes if change["old"] != change["new"]]

    @transaction.atomic
    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """Restoring is a change: seeing a version is not enough to write it."""
        if request.method == "POST" and not self.has_change_permission(request):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)
