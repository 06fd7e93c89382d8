"""The whole catalogue as a file, exactly: what is written here and read back gives the same rows.

Each field is a column of the table, by its name, and follows that column's own rules; docs/catalogue.md says more.
"""

import json
import re
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.fields import TranslationField
from modeltranslation.translator import translator

from portals.models import Portal

from . import addresses, catalogue_file, impact
from .catalogue_file import Catalogue, Entry, ModelEntry, Source
from .models import Endpoint, FactSource, LanguageModel, Licence, Organisation
from .reading import decode, once, quoted

FORMAT = "comparia-catalogue-1"
NOT_CARRIED = {
    "id",
    "model",
    "created_at",
    "updated_at",
    "rank_summary",  # the ranking's
    "answered_at",  # the checks'
    "encrypted_api_key",
}
SECRET = re.compile(r"api_?key|secret|password|authorization|credential|access_?token", re.IGNORECASE)
KINDS = {  # what a column is in JSON, and what a person calls it
    models.BooleanField: (bool, gettext_lazy("true or false")),
    models.FloatField: (int | float, gettext_lazy("a number")),
    models.DecimalField: (int | float, gettext_lazy("a number")),
    models.IntegerField: (int, gettext_lazy("a whole number")),
    models.JSONField: (dict, gettext_lazy("an object")),
}


# --- Writing -----------------------------------------------------------------------------------------


def export():
    """The catalogue as JSON: every model whatever its status, every endpoint, never a key."""
    rows = LanguageModel.objects.select_related("organisation", "licence").order_by("slug")
    rows = rows.prefetch_related(
        "portals", "endpoints", models.Prefetch("sources", FactSource.objects.order_by("field", "url"))
    )
    catalogue = {
        "format": FORMAT,
        "organisations": [_values(row) for row in Organisation.objects.order_by("slug")],
        "licences": [_values(row) for row in Licence.objects.order_by("name")],
        "models": [_model_values(row) for row in rows],
    }
    return json.dumps(catalogue, indent=1, ensure_ascii=False) + "\n"


def _model_values(model):
    facts = _values(model)
    return {
        "slug": facts.pop("slug"),
        "name": facts.pop("name"),
        "organisation": model.organisation.slug,
        "licence": model.licence.name,
        "portals": sorted(portal.code for portal in model.portals.all()),
        **facts,
        "texts": {
            language: {name: getattr(model, f"{name}_{language}") for name in names}
            for language, names in _texts_by_language().items()
        },
        "sources": [_values(source) for source in model.sources.all()],
        "endpoints": [_without_secrets(_values(endpoint)) for endpoint in model.endpoints.all()],
    }


def _values(row):
    return {column.name: _plain(column.value_from_object(row)) for column in _columns(type(row))}


def _plain(value):
    if isinstance(value, Decimal):
        return float(value)  # at most 12 digits: exact both ways
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, models.fields.files.FieldFile):
        return value.name or ""
    return value


def _without_secrets(values):
    """A key can hide in the request's fields or in an address: what holds one is left out, and so let be when read."""
    return {name: value for name, value in values.items() if not _holds_secret(name, value)}


def _holds_secret(name, value):
    if name == "base_url":
        return "@" in value or bool(SECRET.search(value.partition("?")[2]))
    return name == "extra" and any(SECRET.search(key) for key in _keys(value))


def _keys(value):
    for key, inner in value.items():
        yield key
        for part in inner if isinstance(inner, list) else [inner]:
            if isinstance(part, dict):
                yield from _keys(part)


def _columns(table):
    """The columns that the file states under their own names: not the relations, not the texts."""
    translated = translator.get_options_for_model(table).get_field_names() if table is LanguageModel else ()
    return [
        column
        for column in table._meta.concrete_fields
        if column.name not in NOT_CARRIED
        and not column.is_relation
        and not isinstance(column, TranslationField)
        and column.name not in translated
    ]


def _texts_by_language():
    columns = [column for column in LanguageModel._meta.concrete_fields if isinstance(column, TranslationField)]
    texts = {}
    for column in columns:
        texts.setdefault(column.language, []).append(column.translated_field.name)
    return texts


# --- Reading -----------------------------------------------------------------------------------------


def read(content: bytes) -> Catalogue:
    """The catalogue in this file, of either format. Raises FileRefused with every mistake."""
    root = decode(content)
    if "format" not in root:
        return catalogue_file.parse(root)
    root.one_of("format", (FORMAT,))
    organisations = [(_entry(node, Organisation, "slug"), node) for node in root.children("organisations")]
    licences = [(_entry(node, Licence, "name"), node) for node in root.children("licences")]
    known = (
        {entry.key for entry, _node in organisations},
        {entry.key for entry, _node in licences},
        set(Portal.objects.values_list("code", flat=True)),
    )
    entries = [(_model(node, *known), node) for node in root.children("models")]
    root.close()
    once("slug", ((entry.key, node) for entry, node in organisations))
    once("name", ((entry.values.get("name"), node) for entry, node in organisations))
    once("name", ((entry.key, node) for entry, node in licences))
    once("slug", ((entry.slug, node) for entry, node in entries))
    root.document.check()
    return Catalogue(
        [entry for entry, _node in organisations],
        [entry for entry, _node in licences],
        [entry for entry, _node in entries],
    )


def _entry(node, table, key):
    values = _read_columns(node, table, required={key})
    node.close()
    return Entry(values.pop(key, None), values)


def _model(node, organisations: Collection[str], licences: Collection[str], portals: Collection[str]) -> ModelEntry:
    values = _read_columns(node, LanguageModel, required={"slug", "name", "status"})
    slug = values.pop("slug", "")
    if not re.fullmatch(r"[\w.-]*", slug):
        node.refuse("slug", _("%s has other signs than letters, digits, dots, hyphens and underscores") % quoted(slug))
    total, active = values.get("total_params"), values.get("active_params")
    if total is not None and active is not None and active > total:
        node.refuse("active_params", _("more active parameters than parameters"))
    texts = node.child("texts")
    if texts:
        values |= _read_texts(texts)
    entry = ModelEntry(
        slug,
        _among(node, "organisation", organisations),
        _among(node, "licence", licences),
        values,
        list(_endpoints(node)),
        list(_sources(node)),
        _listed(node, portals),
    )
    node.close()
    return entry


def _among(node, key, known):
    value = node.text(key, required=True)
    if value is not None and value not in known:
        node.refuse(key, _("%s is not in the file") % quoted(value))
    return value or ""


def _listed(node, known):
    if "portals" not in node:
        return None
    codes = node.fit("portals", required=True)
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        node.refuse("portals", _("not a list of texts"))
        return None
    for code in codes:
        if code not in known:
            node.refuse("portals", _("%s is no portal of this site") % quoted(code))
    return sorted(set(codes))


def _read_texts(node):
    values = {}
    for language, names in _texts_by_language().items():
        texts = node.child(language)
        if texts:
            columns = [LanguageModel._meta.get_field(f"{name}_{language}") for name in names]
            values |= _read_columns_as(texts, zip(names, columns, strict=True))
            texts.close()
    node.close()
    return values


def _endpoints(node) -> Iterable[Entry]:
    pairs = []
    for child in node.children("endpoints") if "endpoints" in node else ():
        values = _read_columns(child, Endpoint, required={"provider", "api_model_id", "position"})
        for name in ("extra", "base_url"):
            if values.get(name) and _holds_secret(name, values[name]):
                child.refuse(name, _("a key is never in the file: give it in the admin, or name its variable"))
        if not addresses.is_key_variable(values.get("api_key_variable") or ""):
            child.refuse("api_key_variable", _("not the name of a variable that holds a provider’s key"))
        if not addresses.is_address(values.get("base_url") or "", settings.LOCAL):
            child.refuse("base_url", _("neither an address nor a variable that holds one"))
        zone = values.get("electricity_zone")
        if zone and zone not in impact.zones():
            child.refuse("electricity_zone", _("%s is no zone that EcoLogits knows") % quoted(zone))
        child.close()
        pairs.append((Entry((values.pop("provider", None), values.pop("api_model_id", None)), values), child))
    once("api_model_id", ((entry.key, child) for entry, child in pairs))
    return [entry for entry, _child in pairs]


def _sources(node) -> Iterable[Source]:
    pairs = []
    for child in node.children("sources") if "sources" in node else ():
        values = _read_columns(child, FactSource, required={"field", "url", "date"})
        child.close()
        pairs.append((Source(values.get("field", ""), values.get("url", ""), values.get("date")), child))
    once("url", (((source.field, source.url), child) for source, child in pairs))
    return [source for source, _child in pairs]


def _read_columns(node, table, required=frozenset()):
    for name in sorted(required):
        node.raw(name, required=True)
    return _read_columns_as(node, ((column.name, column) for column in _columns(table)))


def _read_columns_as(node, named_columns):
    """{column: value} of those that the node states, each as its column takes it."""
    values = {}
    for name, column in named_columns:
        if name not in node:
            continue
        value = node.fit(name)
        if value is None and (column.null or node.raw(name) is not None):
            values[column.name] = None
            continue
        try:
            values[column.name] = _clean(column, value)
        except ValidationError as error:
            node.refuse(name, " ".join(error.messages))
    return values


def _clean(column, value):
    """The value for this column. Raises ValidationError, by the column's rules or for its kind."""
    if value is None:
        return column.clean(None, None)
    kind, called = next((KINDS[base] for base in type(column).__mro__ if base in KINDS), (str, _("a text")))
    if isinstance(column, models.FileField):
        if not isinstance(value, str) or not re.fullmatch(r"(logos/[\w.-]{1,80})?", value):
            raise ValidationError(_("%s is not the name of a logo") % quoted(value))
        return value
    if hasattr(column, "base_field"):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValidationError(_("not a list of texts"))
    elif not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValidationError(_("%(value)s is not %(kind)s") % {"value": quoted(value), "kind": called})
    elif kind in (int, int | float) and value < 0:
        raise ValidationError(_("%s is below zero") % quoted(value))
    return column.clean(Decimal(repr(value)) if isinstance(column, models.DecimalField) else value, None)
