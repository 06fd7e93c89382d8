"""Providers, prices and addresses of sources as a visitor reads them."""

from urllib.parse import urlsplit

from babel.numbers import format_decimal
from django import template

from models_catalog import sheets
from portals.templatetags.wording import locale

register = template.Library()


@register.filter
def provider(code):
    """Who serves, by name: "openrouter" → "OpenRouter"."""
    return sheets.provider(code)


@register.filter
def price(amount):
    """Dollars, without zeros that say nothing: 0.250000 → "0.25", 3.000000 → "3"."""
    return format_decimal(amount, format="#,##0.######", locale=locale())


@register.filter
def host(url):
    """The site of an address: "https://huggingface.co/a/b" → "huggingface.co"."""
    return urlsplit(url).netloc.removeprefix("www.")
