"""Which suggestions are shown: a few at a time, of different categories, others on demand."""

from itertools import zip_longest
from random import Random

from .models import Suggestion

SHOWN = 4


def offered(language, category="", page=0):
    """Four suggestions, the same for the same page: of one category, or of as many as there are."""
    found = [suggestion for suggestion in Suggestion.offered(language) if category in ("", suggestion.category)]
    rng = Random(page)
    rng.shuffle(found)
    by_category = {}
    for suggestion in found:
        by_category.setdefault(suggestion.category, []).append(suggestion)
    rounds = zip_longest(*by_category.values())
    return [suggestion for together in rounds for suggestion in together if suggestion][:SHOWN]


def named(language, code):
    """The suggestion of this code; None if there is none."""
    return next((suggestion for suggestion in Suggestion.offered(language) if suggestion.code == code), None)
