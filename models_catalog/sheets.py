"""What a sheet says of a model: its facts with their sources, its cost, who serves it, which models are near it."""

from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from django.utils.formats import date_format
from django.utils.html import json_script
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from modeltranslation.utils import build_localized_fieldname, resolution_order

from portals.templatetags.wording import country, grouped, locale, significant

from . import impact
from .models import LanguageModel

PROVIDERS = {
    "openrouter": "OpenRouter",
    "huggingface": "Hugging Face",
    "albert": "Albert API",
    "vertex_ai": "Google Vertex AI",
}
TEXTS = ("description", "size_description", "did_you_know", "known_limits")
SIMILAR = 4


@dataclass(frozen=True)
class Fact:
    """A line of a sheet. An empty `value` is one that nobody knows; `sources` are the FactSources of the field."""

    field: str
    label: str
    value: str
    note: str = ""
    url: str = ""
    sources: tuple = ()


@dataclass(frozen=True)
class Text:
    """What a sheet says at length, and the language it is in: that of the page, or another that has it."""

    words: str
    language: str


@dataclass(frozen=True)
class Cost:
    """What 1,000 tokens cost, as ranges in words; `where` says who computes, on which electricity."""

    where: str
    energy: str
    carbon: str
    water: str
    everyday: str = ""


def texts(model):
    """{name: Text} of the texts that there are."""
    found = {}
    for name in TEXTS:
        for language in resolution_order(get_language()):
            if words := getattr(model, build_localized_fieldname(name, language)):
                found[name] = Text(words, language)
                break
    return found


def facts(model):
    """[(title, [Fact])] of everything that is known or not. Uses the prefetched sources."""
    sources = {}
    for source in model.sources.all():
        sources.setdefault(source.field, []).append(source)

    def fact(field, label, value, note="", url=""):
        return Fact(field, label, str(value or ""), str(note or ""), url, tuple(sources.get(field, ())))

    licence = model.licence
    return [
        (
            _("Who makes it, and when"),
            [
                fact("organisation", _("Organisation"), model.organisation.name, url=model.organisation.website),
                fact("country", _("Country"), country(model.organisation.country)),
                fact("release_date", _("Released"), month(model.release_date)),
                fact(
                    "knowledge_cutoff",
                    _("Knows the world until"),
                    month(model.knowledge_cutoff),
                    _("It read nothing more recent while it was trained."),
                ),
                fact("url", _("Its maker’s page"), model.url.split("://")[-1].rstrip("/"), url=model.url),
            ],
        ),
        (
            _("What one may do with it"),
            [
                fact("licence", _("Licence"), licence_name(licence), openness(licence), licence.url),
                fact("licence", _("Commercial use"), allowed(licence.commercial_use)),
                fact("licence", _("Making another model from it"), allowed(licence.reuse)),
                fact(
                    "has_open_weights",
                    _("Weights"),
                    published(model.has_open_weights),
                    _("The numbers that the model is made of: with them, anyone can run it."),
                ),
                fact("has_open_code", _("Training code"), published(model.has_open_code)),
                fact("has_open_data", _("Training data"), published(model.has_open_data)),
            ],
        ),
        (
            _("How it is built"),
            [
                fact("total_params", _("Size"), parameters(model.total_params), size_note(model)),
                fact(
                    "active_params",
                    _("In use for each word"),
                    parameters(model.active_params if model.active_params else dense_params(model)),
                ),
                fact("architecture", _("Architecture"), architecture(model), ARCHITECTURES[model.architecture]()),
                fact(
                    "quantization",
                    _("Compression"),
                    model.get_quantization_display(),
                    _("Weights rounded to fewer bits: lighter to run, sometimes a little less precise."),
                ),
                fact(
                    "reasoning",
                    _("Reasons before it answers"),
                    model.get_reasoning_display(),
                    _("A draft written before the answer: it helps with hard questions, and takes more energy."),
                ),
                fact(
                    "context_window",
                    _("Reads at once"),
                    _("%(tokens)s tokens") % {"tokens": grouped(model.context_window)} if model.context_window else "",
                    _("A token is a piece of a word: 1,000 tokens are about 750 words."),
                ),
                fact("inputs", _("Can be given"), ", ".join(map(str, model.inputs))),
                fact("languages", _("Languages its maker names"), ", ".join(languages(model))),
            ],
        ),
        (
            _("What running it takes"),
            [
                fact("", _("Memory"), memory(model), _("To hold the whole model, in a graphics card or a computer.")),
                fact(
                    "",
                    _("Energy class"),
                    model.energy_class,
                    _("From A, the most sparing, to G, for 1,000 tokens. This is not the European label."),
                ),
                fact("", _("Electricity for 1,000 tokens"), energy(model)),
            ],
        ),
    ]


def compared(first, second):
    """[(title, [(fact of one, fact of the other, whether they differ)])]. Addresses, which always do, are left out."""
    return [
        (
            title,
            [
                (one, other, one.value != other.value)
                for one, other in zip(ones, others, strict=True)
                if one.field != "url"
            ],
        )
        for (title, ones), (_title, others) in zip(facts(first), facts(second), strict=True)
    ]


def serving(model):
    """The endpoints that answer in its name; none for a model of the past."""
    is_past = model.status == LanguageModel.Status.ARCHIVED
    return [endpoint for endpoint in model.endpoints.all() if endpoint.is_enabled and not is_past]


def costs(model, zone=""):
    """Costs of 1,000 tokens: one for each place that serves the model, then with the chosen zone's electricity."""
    endpoints = serving(model)
    places = {(each.provider, each.electricity_zone, each.quantization): each for each in endpoints}
    rows = [cost(model, provider_and_zone(each), "", each) for each in places.values()]
    if not rows:
        rows = [cost(model, _("In a data centre that is not known"), "", None)]
    if zone:
        where = _("With the electricity of: %(zone)s") % {"zone": country(zone)}
        rows.append(cost(model, where, zone, endpoints[0] if endpoints else None))
    return [row for row in rows if row]


def cost(model, where, zone, endpoint):
    found = model.impact_of_1000_tokens(zone, endpoint)
    if found is None:
        return None
    bulb = next((each for each in impact.equivalents(found) if each.code == "led_bulb"), None)
    return Cost(
        where=where,
        energy=amount(found.energy_wh, "Wh"),
        carbon=amount(found.gco2, _("g CO₂ eq")),
        water=amount(found.water_l.times(1000), "ml"),
        everyday=bulb and lasting(bulb),
    )


def zones():
    """[(code, name)] of the electricity zones, by name, the world first."""
    named = [(code, country(code)) for code in impact.zones() if code != "WOR"]
    return [("WOR", country("WOR")), *sorted(named, key=lambda pair: pair[1].casefold())]


def similar(model, others):
    """The few of these models that are nearest in size: the same size class first, then the same organisation."""

    def distance(other):
        sizes = (model.total_params or 0, other.total_params or 0)
        return (
            other.size_class != model.size_class,
            other.organisation_id != model.organisation_id,
            abs(sizes[0] - sizes[1]),
        )

    near = [other for other in others if other.pk != model.pk]
    return sorted(
        (other for other in near if other.size_class == model.size_class or other.organisation == model.organisation),
        key=distance,
    )[:SIMILAR]


def structured(model, address):
    """The sheet for search engines (schema.org), as a data block: it is not executed, and closes no element early."""
    organisation = {"@type": "Organization", "name": model.organisation.name, "url": model.organisation.website}
    data = {
        "@context": "https://schema.org",
        "@type": "SoftwareApplication",
        "applicationCategory": "Large language model",
        "name": model.name,
        "url": address,
        "description": model.description,
        "author": {name: value for name, value in organisation.items() if value},
        "datePublished": model.release_date.isoformat() if model.release_date else "",
        "license": model.licence.url,
    }
    block = json_script({name: value for name, value in data.items() if value})
    return mark_safe(block.replace("application/json", "application/ld+json", 1))


# --- Words --------------------------------------------------------------------------------------------


def month(date):
    return date_format(date, "YEAR_MONTH_FORMAT") if date else ""


def allowed(value):
    return {True: _("allowed"), False: _("not allowed")}.get(value, "")


def published(value):
    return {True: pgettext("weights, code or data", "published"), False: _("not published")}.get(value, "")


def licence_name(licence):
    """A maker's own terms have no name of their own: they are said in the language of the page."""
    return licence.name if licence.distribution != "api-only" else licence.get_distribution_display()


def openness(licence):
    """What the kind of licence means, in a sentence."""
    return {
        "api-only": _("Proprietary: it can only be used through its maker’s service or those it chose."),
        "open-weights": _("Open weights: anyone can download the model and run it."),
        "fully-open-source": _("Open source: the weights, the code and the training data are published."),
    }[licence.distribution]


def parameters(count):
    """Billions as words: 0.135 → "135 million parameters"."""
    if not count:
        return ""
    if count < 1:
        return _("%(shown)s million parameters") % {"shown": significant(count * 1000)}
    shown = grouped(int(count)) if count == int(count) else significant(count) if count < 10 else grouped(round(count))
    return ngettext("%(shown)s billion parameters", "%(shown)s billion parameters", int(count)) % {"shown": shown}


def dense_params(model):
    return model.total_params if model.architecture == LanguageModel.Architecture.DENSE else None


def size_note(model):
    if not model.size_class:
        return ""
    named = {"name": model.size_class.label, "code": model.size_class}
    if model.are_params_estimated:
        return _("Size class: %(name)s (%(code)s). This is an estimate: its maker does not say.") % named
    return _("Size class: %(name)s (%(code)s).") % named


def architecture(model):
    if not model.architecture:
        return ""
    name = model.get_architecture_display()
    return _("%(architecture)s (estimated)") % {"architecture": name} if model.is_architecture_estimated else name


ARCHITECTURES = {
    "dense": lambda: _("The whole network works for each word."),
    "moe": lambda: _("For each word, only some parts of the network work: it holds much and computes less."),
    "matformer": lambda: _("Smaller models are nested in it, and can be used alone."),
    "": lambda: "",
}


def languages(model):
    """Their names in the language of the page."""
    for code in model.languages:
        try:
            yield Locale.parse(code, sep="-").get_display_name(locale()) or code
        except (UnknownLocaleError, ValueError):
            yield code


def memory(model):
    found = model.memory_gb
    return amount(found, _("GB")) if found else ""


def energy(model):
    found = model.impact_of_1000_tokens()
    return amount(found.energy_wh, "Wh") if found else ""


def amount(found, unit):
    """A Range in words; one figure where both ends are written the same."""
    low, high = significant(float(found.min)), significant(float(found.max))
    if low == high:
        return f"{low} {unit}"
    return _("%(low)s to %(high)s %(unit)s") % {"low": low, "high": high, "unit": unit}


def lasting(equivalent):
    found = {"low": significant(equivalent.amount.min), "high": significant(equivalent.amount.max)}
    if equivalent.unit == "hours":
        return _("%(low)s to %(high)s hours") % found
    if equivalent.unit == "minutes":
        return _("%(low)s to %(high)s minutes") % found
    return _("%(low)s to %(high)s seconds") % found


def provider(code):
    return _("a machine of this site") if code == "local" else PROVIDERS.get(code, code)


def provider_and_zone(endpoint):
    named = {"provider": provider(endpoint.provider), "zone": country(endpoint.electricity_zone)}
    if endpoint.electricity_zone:
        return _("Served by %(provider)s, %(zone)s") % named
    return _("Served by %(provider)s, in a place that is not known") % named
