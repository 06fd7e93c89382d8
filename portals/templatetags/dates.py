"""Instead of Django's own filter, in every template: French writes the first of a month "1er"."""

import re

from django import template
from django.template import defaultfilters
from django.utils.translation import get_language

register = template.Library()
_first = re.compile(r"^1(?= \D)")


@register.filter(expects_localtime=True, is_safe=False)
def date(value, format=None):
    """As Django's: "1er décembre 2026" in French, "Dec. 1, 2026" in English."""
    shown = defaultfilters.date(value, format)
    return _first.sub("1er", shown) if get_language() == "fr" else shown
