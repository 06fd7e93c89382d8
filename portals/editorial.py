"""The long pages, as Markdown files: texts/<language>/<page>.md.

A file begins with "# Title" and a first paragraph, the lead; each "## Heading" after them opens a section.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.text import slugify

from .prose import as_html

TEXTS = Path(__file__).parent / "texts"
FALLBACK = ("en", "fr")


@dataclass(frozen=True)
class Section:
    anchor: str
    title: str
    body: SafeString


@dataclass(frozen=True)
class Page:
    """`language` is the text's own, which may be another than the visitor's."""

    language: str
    title: str
    lead: SafeString
    sections: tuple[Section, ...]


def preferred(language):
    """The languages in which a text is looked for, in this order, for a visitor who reads this one."""
    return list(dict.fromkeys([language, *FALLBACK, *dict(settings.LANGUAGES)]))


def page(name, language):
    """The Page of this name in the first language that has it; raises FileNotFoundError where none has."""
    return read(next((path for path in paths(name, language) if path.exists()), TEXTS / language / f"{name}.md"))


def paths(name, language):
    return (TEXTS / code / f"{name}.md" for code in preferred(language))


@cache
def read(path):
    """The Page that a file holds."""
    beginning, *rest = re.split(r"^## +", path.read_text(), flags=re.MULTILINE)
    title, _newline, lead = beginning.strip().removeprefix("# ").partition("\n")
    return Page(path.parent.name, title.strip(), as_html(lead), tuple(section(text) for text in rest))


def section(text):
    title, _newline, body = text.partition("\n")
    return Section(slugify(title), title.strip(), as_html(body))
