"""The catalogue as a file, for those who publish: download it, or send one, see what it would change, and accept."""

import hashlib
import secrets
from itertools import groupby
from operator import attrgetter
from pathlib import PurePath

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from staff.models import Event
from staff.recording import record

from . import exchange_file
from .loading import load
from .models import Endpoint, FactSource, LanguageModel, Licence, Organisation
from .reading import LARGEST, FileRefused, Problem

KEPT_SECONDS = 600
MOST_SHOWN = 300
TABLES = {
    "organisations": Organisation,
    "licences": Licence,
    "models": LanguageModel,
    "endpoints": Endpoint,
    "sources": FactSource,
}


class CatalogueForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File (JSON)"), widget=forms.FileInput(attrs={"accept": ".json"}))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        help_text=gettext_lazy("The public register shows it."),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


@require_safe
@permission_required("models_catalog.publish_languagemodel", raise_exception=True)
def export_catalogue(request):
    name = f"catalogue-{timezone.localdate()}.json"
    record(Event.Kind.EXPORTED, request.user, name)
    return HttpResponse(
        exchange_file.export(),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("models_catalog.publish_languagemodel", raise_exception=True)
def import_catalogue(request):
    """The file, then what it would change, then the change: nothing is written before the last."""
    if request.method != "POST":
        return _page(request, "form", form=CatalogueForm())
    if "token" in request.POST:
        return _accept(request, request.POST["token"])
    form = CatalogueForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, "form", 422, form=form)
    name, content = PurePath(form.cleaned_data["file"].name).name, form.cleaned_data["file"].read(LARGEST + 1)
    try:
        report = load(exchange_file.read(content), "", by=request.user, dry_run=True)
    except FileRefused as error:
        return _refusal(request, name, error.problems)
    token = secrets.token_urlsafe(16)
    if not report.changes_nothing:
        cache.set(_kept_at(request, token), (name, content, _digest(report)), KEPT_SECONDS)
    return _changes(request, name, token, report, ReasonForm(initial={"reason": _("Import of %s") % name[:100]}))


def _accept(request, token):
    """Apply the file that was shown, and no other; shown again first, if what it would change is no longer the same."""
    name, content, shown = cache.get(_kept_at(request, token)) or ("", None, "")
    if content is None:
        gone = Problem(0, "", _("it was kept for ten minutes only: send it again"))
        return _refusal(request, _("This file"), [gone])
    form = ReasonForm(request.POST)
    try:
        catalogue = exchange_file.read(content)
        report = load(catalogue, "", request.user, dry_run=True)
        if not form.is_valid():
            return _changes(request, name, token, report, form, 422)
        if _digest(report) != shown:
            cache.set(_kept_at(request, token), (name, content, _digest(report)), KEPT_SECONDS)
            return _changes(request, name, token, report, form, 409)
        report = load(catalogue, form.cleaned_data["reason"], by=request.user)
    except FileRefused as error:
        return _refusal(request, name, error.problems)
    cache.delete(_kept_at(request, token))
    created = sum(count.created for count in report.counts.values())
    updated = sum(count.updated for count in report.counts.values())
    messages.success(
        request,
        _("%(file)s is imported. Rows created: %(created)d, changed: %(updated)d.")
        % {"file": name, "created": created, "updated": updated},
    )
    return redirect("admin:models_catalog_languagemodel_changelist")


def _digest(report):
    """Of what a file would change."""
    return hashlib.sha256(repr((report.added, report.changes)).encode()).hexdigest()


def _kept_at(request, token):
    return f"catalogue-import:{request.user.pk}:{token}"


def _refusal(request, name, problems):
    shown = {"name": name, "problems": problems[:MOST_SHOWN], "more": len(problems[MOST_SHOWN:])}
    return _page(request, "form", 422, form=CatalogueForm(), **shown)


def _changes(request, name, token, report, form, status=200):
    shown = sorted(report.changes[:MOST_SHOWN], key=attrgetter("about"))
    return _page(
        request,
        "changes",
        status,
        name=name,
        token=token,
        form=form,
        report=report,
        added=report.added[:MOST_SHOWN],
        more_added=len(report.added[MOST_SHOWN:]),
        groups=[(about, list(map(_line, changes))) for about, changes in groupby(shown, attrgetter("about"))],
        more=len(report.changes[MOST_SHOWN:]),
        lacking=dict(list(report.lacking.items())[:MOST_SHOWN]),
    )


def _line(change):
    """A change in the words of the forms."""
    table = TABLES[change.table]
    if not change.column:
        return change, capfirst(str(table._meta.verbose_name)), "–", _("added")
    column = table._meta.get_field(change.column)
    return change, capfirst(str(column.verbose_name)), _in_words(column, change.before), _in_words(column, change.after)


def _in_words(column, value):
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return ", ".join(value)
    return dict(column.flatchoices or ()).get(value, value)


def _page(request, page, status=200, **context):
    context |= admin.site.each_context(request) | {"title": _("Import a catalogue"), "opts": LanguageModel._meta}
    return render(request, f"admin/models_catalog/exchange_{page}.html", context, status=status)
