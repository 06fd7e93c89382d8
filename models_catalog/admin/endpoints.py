"""Who serves each model, and whether it answers."""

from django.contrib import admin
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from ..availability import State, state_of
from ..forms import EndpointForm
from ..models import Endpoint
from .history import HistoryAdmin

SERVED = (None, {"fields": [("provider", "protocol", "position", "is_enabled"), "api_model_id", "base_url"]})
KEY = (_("Key"), {"fields": [("api_key_variable", "new_api_key")]})
REQUESTS = (
    _("Requests"),
    {"fields": ["system_prompt", ("temperature", "max_tokens"), "extra"], "classes": ["collapse"]},
)
COST = (
    _("Cost"),
    {
        "fields": [("input_price", "output_price", "daily_ceiling"), ("electricity_zone", "quantization")],
        "classes": ["collapse"],
    },
)
HEALTH = (_("Does it answer?"), {"fields": [("health", "answered_at", "trial")]})


def badge(kind, words):
    """A word on the colour of a kind, that static/comparia/admin.css gives."""
    return format_html('<span class="badge badge-{}">{}</span>', kind, words)


def health_of(endpoint, state):
    """How an endpoint does, in a word or two."""
    if not endpoint.is_enabled:
        return badge("off", _("not in use"))
    if not endpoint.is_usable():
        return badge("wrong", _("no key or no address"))
    if state.is_open:
        until = date_format(localtime(state.opened_until), "TIME_FORMAT")
        return badge("wrong", _("fails (%(code)s), left out until %(time)s") % {"code": state.code, "time": until})
    if state.is_on_trial or state.failures:
        return badge("unsure", _("failed (%(code)s), being tried again") % {"code": state.code})
    if endpoint.answered_at or state.answered_at:
        return badge("right", _("answers"))
    return badge("unsure", _("never tested"))


class ShowsHealth:
    """What the list, the form and the form of a model show of an endpoint."""

    @admin.display(description=_("state"))
    def health(self, endpoint):
        if endpoint is None or endpoint.pk is None:
            return "–"
        state = getattr(endpoint, "state", None) or state_of([endpoint.pk])[endpoint.pk]
        return health_of(endpoint, state)

    @admin.display(description=_("test"))
    def trial(self, endpoint):
        if endpoint is None or endpoint.pk is None:
            return _("Once it is saved.")
        address = reverse("endpoint-trial", args=[endpoint.pk])
        return format_html('<a class="trial" href="{}">{}</a>', address, _("Test this endpoint"))


class EndpointInline(ShowsHealth, admin.StackedInline):
    model = Endpoint
    form = EndpointForm
    extra = 0
    readonly_fields = ["health", "answered_at", "trial"]
    show_change_link = True

    def get_fieldsets(self, request, obj=None):
        """Who may not change a key has nothing to see there."""
        return [SERVED, *([KEY] if self.has_change_permission(request, obj) else []), REQUESTS, COST, HEALTH]


@admin.register(Endpoint)
class EndpointAdmin(ShowsHealth, HistoryAdmin):
    form = EndpointForm
    list_display = ["model", "health", "provider", "api_model_id", "answered_at", "position"]
    list_filter = ["is_enabled", "provider", "protocol"]
    list_select_related = ["model"]
    search_fields = ["model__name", "model__slug", "provider", "api_model_id"]
    readonly_fields = ["model", "health", "answered_at", "trial"]

    def get_changelist_instance(self, request):
        """The states of a whole page are asked for at once."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        states = state_of(endpoint.pk for endpoint in changelist.result_list)
        for endpoint in changelist.result_list:
            endpoint.state = states.get(endpoint.pk, State())
        return changelist

    def get_fieldsets(self, request, obj=None):
        key = [KEY] if self.has_change_permission(request, obj) else []
        return [(None, {"fields": ["model"]}), SERVED, *key, REQUESTS, COST, HEALTH]

    def has_add_permission(self, request):
        """An endpoint is added on the form of its model."""
        return False
