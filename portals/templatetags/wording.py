"""Numbers, ranges and countries as the visitor's language writes them."""

import textwrap

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import format_decimal
from django import template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language

register = template.Library()


def locale():
    """The Babel locale of the language in use; French where it has none."""
    try:
        return Locale.parse((get_language() or "fr").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("fr")


@register.filter
def grouped(value):
    """1234567 → "1 234 567" in French, "1,234,567" in English; what is no number is left as it is."""
    return number_format(value, force_grouping=True) if isinstance(value, (int, float)) else value


@register.filter
def wrapped(value, width):
    """A title in lines of so many characters at most, where nothing else breaks it."""
    return textwrap.wrap(str(value), width)


@register.filter
def significant(value):
    """Two significant digits, since an estimate holds no more: 0.01234 → "0.012", 1234 → "1,200"."""
    if not isinstance(value, (int, float)):
        return ""
    return format_decimal(float(f"{value:.2g}"), format="#,##0.########", locale=locale())


@register.filter
def thousandfold(value):
    """From grams to milligrams, from litres to millilitres; empty for what is not known."""
    return value * 1000 if isinstance(value, (int, float)) else ""


@register.filter
def coded(text):
    """What stands between backticks as code, the rest as it is; all escaped."""
    parts = enumerate(str(text).split("`"))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if place % 2 else part,) for place, part in parts)
    )


@register.filter
def country(code):
    """The name of a country from its ISO 3166 code of two or three letters, "WOR" being the world; else the code."""
    code = (code or "").upper()
    code = "001" if code == "WOR" else get_global("territory_aliases").get(code, [code])[0]
    return locale().territories.get(code, code)


@register.filter
def initials(name):
    """One or two letters that stand for a name: "Mistral AI" → "MA"."""
    words = [word for word in str(name).replace("-", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper()
