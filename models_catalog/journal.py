"""The register in plain sentences, as far as the public may read it: what is not published has no history yet."""

import re

from django.db.models import F
from django.utils.dateparse import parse_date
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portals.templatetags.dates import date as day

from .models import Event, LanguageModel
from .sheets import provider

LOADED = re.compile(r"load_catalog .*, (\d{4}-\d{2}-\d{2})$")
SENTENCES = {
    "added": gettext_lazy("Added to the catalogue"),
    "enabled": gettext_lazy("Put into service: it can be drawn in the arena"),
    "paused": gettext_lazy("Paused: it is not drawn for the time being"),
    "archived": gettext_lazy("Archived: it is no longer compared, its sheet stays"),
    "withdrawn": gettext_lazy("Withdrawn while its sheet is corrected"),
    "endpoint_added": gettext_lazy("Endpoint added: %(after)s"),
    "endpoint_removed": gettext_lazy("Endpoint removed: %(before)s"),
    "endpoint_enabled": gettext_lazy("Endpoint back in service: %(after)s"),
    "endpoint_paused": gettext_lazy("Endpoint paused: %(after)s"),
    "endpoint_changed": gettext_lazy("Endpoint changed: %(after)s"),
    "provider": gettext_lazy("Provider changed: from %(before)s to %(after)s"),
    "quantization": gettext_lazy("Compression changed: from %(before)s to %(after)s"),
    "system_prompt": gettext_lazy("System prompt changed: the instructions that come before each conversation"),
}
ADDED = {
    "enabled": gettext_lazy("Added to the catalogue, and put into service"),
    "paused": gettext_lazy("Added to the catalogue, paused"),
    "archived": gettext_lazy("Added to the catalogue, as a model of the past"),
}


def of_models(models):
    """Events of these models (a QuerySet), the last first, each with its model's `name`."""
    return Event.objects.filter(model__in=models.order_by()).annotate(name=F("model__name"))


def by_day(events):
    """[(day, [(event, sentence)])] of events that come the last first."""
    days = {}
    for event in events:
        event.why = why(event)
        days.setdefault(localtime(event.at).date(), []).append((event, sentence(event)))
    return list(days.items())


def sentence(event):
    """What happened, in words; the reason is beside it."""
    if event.kind == Event.Kind.ADDED and event.after in ADDED:
        return str(ADDED[event.after])
    change = (event.before, event.after)
    if event.kind == Event.Kind.QUANTIZATION:
        names = dict(LanguageModel.Quantization.choices)
        change = [names.get(value, value) for value in change]
    elif event.kind == Event.Kind.PROVIDER:
        change = [provider(value) for value in change]
    elif event.kind.startswith("endpoint"):
        change = [_served(value) for value in change]
    return SENTENCES[event.kind] % dict(zip(("before", "after"), change, strict=True))


def why(event):
    """The reason that an editor gave; for a load, that the file said so."""
    loaded = LOADED.match(event.reason)
    if loaded is None:
        return event.reason
    return _("the catalogue file of %(date)s") % {"date": day(parse_date(loaded[1]), "DATE_FORMAT")}


def _served(endpoint):
    """ "openrouter: acme/model" → "OpenRouter (acme/model)"; without a provider, as it is."""
    code, separator, name = endpoint.partition(": ")
    return f"{provider(code)} ({name})" if separator else endpoint
