"""The facts as they were gathered, as a file: its format, and what is wrong with a copy of it.

docs/catalogue.md describes each field. `exchange_file` is the other format, exact.

An entry's ``values`` are those of the table's columns that the file states; it says nothing of the others.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from . import addresses, impact
from .reading import Node, once, quoted

STATUSES = {"enabled": "enabled", "archived": "archived", "disabled": "paused", "missing_data": "draft"}
ARCHITECTURES = ("dense", "moe", "matformer", "maybe-dense", "maybe-moe", "maybe-matformer")
REASONING = {None: None, False: "no", True: "yes", "hybrid": "hybrid"}
DISTRIBUTIONS = ("api-only", "open-weights", "fully-open-source")
PROTOCOLS = ("openai", "litellm")
QUANTIZATIONS = ("q8", "q4")
HOSTS = {"albert.api.etalab.gouv.fr": "albert", "router.huggingface.co": "huggingface", "openrouter.ai": "openrouter"}
"""Who serves an address, for an endpoint that gives an address and no provider."""
TEXTS = ("description", "size_description", "did_you_know", "known_limits")
TEXT_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
LONGEST_TEXT = 1200


@dataclass(frozen=True, slots=True)
class Provider:
    name: str
    protocol: str
    base_url: str
    api_key_variable: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A row by its natural key: an organisation's slug, a licence's name, an endpoint's (provider, api_model_id)."""

    key: Any
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact (a column of the model) was read, and when."""

    field: str
    url: str
    date: date


@dataclass(frozen=True, slots=True)
class ModelEntry:
    slug: str
    organisation: str
    licence: str
    values: dict[str, Any]
    endpoints: list[Entry] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    portals: list[str] | None = None
    """Codes of the portals that list it; None: the file does not say."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    organisations: list[Entry]
    licences: list[Entry]
    models: list[ModelEntry]
    gathered_on: date | None = None
    """The last day that one of its facts was read, if the file says it."""


def parse(root: Node) -> Catalogue:
    """The catalogue in these JSON values. Raises FileRefused with every mistake."""
    root.text("about", longest=1000)
    root.text("attribution", required=True, longest=1000)
    source = _source(root)
    providers = {name: _provider(name, node) for name, node in root.named_children("providers")}
    licences = [(_licence(node), node) for node in root.children("licenses")]
    distributions = {entry.key: entry.values.get("distribution", "") for entry, _node in licences}
    organisations, models = [], []
    for node in root.children("organisations"):
        organisation = _organisation(node)
        organisations.append((organisation, node))
        for child in node.children("models"):
            models.append((_model(child, organisation.key, distributions, providers, source), child))
        node.close()
    root.close()
    once("id", ((licence.key, node) for licence, node in licences))
    once("name", ((organisation.key, node) for organisation, node in organisations))
    once("id", ((model.slug, node) for model, node in models))
    root.document.check()
    return Catalogue(
        [organisation for organisation, _node in organisations],
        [licence for licence, _node in licences],
        [model for model, _node in models],
        max([source.date, *(fact.date for model, _node in models for fact in model.sources)]),
    )


def parse_texts(root: Node, slugs: Collection[str]) -> dict[str, dict[str, str]]:
    """The texts in this file, for models among these: {slug: {"description_fr": …}}. Raises as ``parse`` does."""
    root.text("about", longest=1000)
    root.moment("date", "%Y-%m-%d", "YYYY-MM-DD", required=True)
    texts = {}
    for slug, node in root.named_children("models"):
        if slug not in slugs:
            node.refuse_whole(_("not a model of the catalogue"))
        texts[slug] = _texts(node)
    root.close()
    root.document.check()
    return texts


def _texts(node: Node) -> dict[str, str]:
    values: dict[str, str | None] = {}
    for language in TEXT_LANGUAGES:
        translation = node.child(language)
        if translation is not None:
            values |= {f"{name}_{language}": translation.text(name, longest=LONGEST_TEXT) for name in TEXTS}
            translation.close()
    node.close()
    return _stated(values)


def _source(node: Node) -> Source:
    origin = node.child("source")
    if origin is None:
        node.refuse("source", _("missing"))
        return Source("", "", date.min)
    return _checked("", origin)


def _provider(name: str, node: Node) -> Provider:
    provider = Provider(
        name=name,
        protocol=node.one_of("protocol", PROTOCOLS, required=True) or "",
        base_url=(node.text("base_url", longest=300) or "").rstrip("/"),
        api_key_variable=node.text("api_key_variable") or "",
    )
    if not addresses.is_key_variable(provider.api_key_variable):
        node.refuse("api_key_variable", _("not the name of a variable that holds a provider’s key"))
    if not addresses.is_address(provider.base_url, settings.LOCAL):
        node.refuse("base_url", _("neither an address nor a variable that holds one"))
    node.close()
    return provider


def _licence(node: Node) -> Entry:
    values = {
        "distribution": node.one_of("distribution", DISTRIBUTIONS, required=True),
        "reuse": node.boolean("reuse"),
        "commercial_use": node.boolean("commercial_use"),
        "url": node.url("url", longest=200),
    }
    entry = Entry(node.text("id", required=True) or "", _stated(values))
    node.close()
    return entry


def _organisation(node: Node) -> Entry:
    name = node.text("name", required=True) or ""
    if name and not _slug(name):
        node.refuse("name", _("%s has no letter that an address can show") % quoted(name))
    country = node.text("country", longest=2)
    if country is not None and not re.fullmatch("[A-Z]{2}", country):
        node.refuse("country", _("%s is not an ISO 3166 code of two letters") % quoted(country))
    return Entry(_slug(name), _stated({"name": name, "country": country, "website": node.url("website", longest=200)}))


def _model(
    node: Node, organisation: str, distributions: dict[str, str], providers: dict[str, Provider], source: Source
) -> ModelEntry:
    slug = node.text("id", required=True) or ""
    if not re.fullmatch(r"[\w.-]*", slug):
        node.refuse("id", _("%s has other signs than letters, digits, dots, hyphens and underscores") % quoted(slug))
    licence = node.text("license", required=True) or ""
    if licence and licence not in distributions:
        node.refuse("license", _("%s is not among the licences of the file") % quoted(licence))
    is_proprietary = distributions.get(licence) == "api-only"
    values = _stated(_facts(node, is_proprietary))
    endpoint = node.child("endpoint")
    endpoints = [_endpoint(endpoint, providers, values)] if endpoint else []
    checked = (
        {fact: _checked(fact, child) for fact, child in node.named_children("checked")} if "checked" in node else {}
    )
    sources = [checked.get(derived.field, derived) for derived in _sources(values, source)]
    for fact in checked.keys() - {derived.field for derived in sources}:
        node.refuse("checked", _("%s is no fact of this model") % quoted(fact))
    model = ModelEntry(slug, organisation, licence, values, endpoints, sources)
    node.close()
    return model


def _facts(node: Node, is_proprietary: bool) -> dict[str, Any]:
    status = node.one_of("status", tuple(STATUSES), required=True)
    architecture = node.one_of("arch", ARCHITECTURES)
    reasoning = node.raw("reasoning")
    if reasoning not in REASONING:
        node.refuse("reasoning", _('%s is neither true, false nor "hybrid"') % quoted(reasoning))
        reasoning = None
    total, active = node.positive("params"), node.positive("active_params")
    if active and not (total and active <= total):
        node.refuse("active_params", _("more active parameters than parameters"))
    is_open = node.boolean("fully_open_source") or None
    return {
        "name": node.text("simple_name", required=True),
        "status": STATUSES.get(status or ""),
        "architecture": architecture and architecture.removeprefix("maybe-"),
        "is_architecture_estimated": architecture and architecture.startswith("maybe-"),
        "total_params": total,
        "active_params": active,
        "are_params_estimated": total and is_proprietary,
        "quantization": node.one_of("quantization", QUANTIZATIONS),
        "reasoning": REASONING[reasoning],
        "release_date": node.moment("release_date", "%m/%Y", "MM/YYYY"),
        "url": node.url("url"),
        "has_open_weights": not is_proprietary,
        "has_open_code": is_open,
        "has_open_data": is_open,
        "published_wh_per_million_tokens": node.positive("published_wh_per_million_tokens"),
    }


def _endpoint(node: Node, providers: dict[str, Provider], model: dict[str, Any]) -> Entry:
    address = node.url("api_base", longest=300)
    name = node.text("api_type", longest=50) or HOSTS.get(urlsplit(address or "").hostname or "")
    api_model_id = node.text("api_model_id", required=True, longest=180) or ""
    provider = providers.get(name or "")
    if name is None:
        node.refuse("api_type", _("missing, and no provider is known at %s") % quoted(address))
    elif provider is None:
        node.refuse("api_type", _("%s is not among the providers of the file") % quoted(name))
    provider = provider or Provider("", "", "", "")
    extra = node.fit("extra")
    if extra is not None and not isinstance(extra, dict):
        node.refuse("extra", _("not an object"))
    values = {
        "protocol": provider.protocol,
        "base_url": address.rstrip("/") if address else provider.base_url,
        "api_key_variable": provider.api_key_variable,
        "extra": extra,
        "electricity_zone": node.one_of("electricity_zone", ("", *sorted(impact.zones()))),
        "quantization": model.get("quantization"),
    }
    node.close()
    route = f"{provider.name}/{api_model_id}" if provider.protocol == "litellm" else api_model_id
    return Entry((provider.name, route), _stated(values))


def _sources(values: dict[str, Any], origin: Source) -> list[Source]:
    """The model's own page, where the file gives one; estimates and judgements are the gatherers'."""
    page = values.get("url") or origin.url
    gathered = {"has_open_weights", "has_open_code", "has_open_data", "published_wh_per_million_tokens"}
    if values.get("are_params_estimated"):
        gathered |= {"total_params", "active_params"}
    if values.get("is_architecture_estimated"):
        gathered |= {"architecture"}
    facts = [name for name in values if name not in {"name", "status", "url"} and not name.startswith(("is_", "are_"))]
    return [Source(name, origin.url if name in gathered else page, origin.date) for name in facts + ["licence"]]


def _checked(fact: str, node: Node) -> Source:
    """Where a fact that was read again since was found."""
    url, day = node.url("url", required=True), node.moment("date", "%Y-%m-%d", "YYYY-MM-DD", required=True)
    node.close()
    return Source(fact, url or "", day or date.min)


def _stated(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
