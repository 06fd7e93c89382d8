"""Every page speaks the visitor's language alone; what visitors and editors write is short here, and not looked at."""

from html.parser import HTMLParser

import polib
import py3langid
import pytest
from django.conf import settings

from arena.tests import factories
from comparia.tests import places
from portals.offering import offer

pytestmark = pytest.mark.django_db
LANGUAGES = list(dict(settings.LANGUAGES))
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = {"a", "abbr", "b", "bdi", "code", "em", "i", "q", "small", "span", "strong", "sub", "sup", "time", "wbr"}
NOT_OURS = {"script", "style", "code", "pre", "kbd", "samp"}
SPOKEN = {"title", "alt", "aria-label", "placeholder", "label"}
"""Attributes that are read aloud or shown."""
LETTERS = 25
"""With fewer, the language of a text may be told wrong."""
FOREIGN = ("République Française", "Pourquoi le ciel est-il bleu ?", "Défenseur des droits")
"""A motto, what a visitor asked, an address: the same in every language."""


class Texts(HTMLParser):
    """The texts of a page, a block at a time: `found` is a list of (language they are marked with, text)."""

    def __init__(self):
        super().__init__()
        self.found, self.inside, self.words = [], [("", "")], []

    @property
    def language(self):
        return self.inside[-1][1]

    def end_block(self):
        if text := " ".join("".join(self.words).split()):
            self.found.append((self.language, text))
        self.words = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        language = attributes.get("lang", self.language)
        if tag not in INLINE or language != self.language:
            self.end_block()
        spoken = [attributes[name] for name in SPOKEN & attributes.keys() if attributes[name]]
        if tag == "meta" and ("description" in str(attributes) or "title" in str(attributes)):
            spoken.append(attributes.get("content", ""))
        self.found += [(language, " ".join(text.split())) for text in spoken]
        if tag not in VOID:
            self.inside.append((tag, language))

    def handle_endtag(self, tag):
        if tag not in VOID:
            if tag not in INLINE or self.inside[-2][1] != self.language:
                self.end_block()
            assert self.inside[-1][0] == tag, f"{tag} closes {self.inside[-1][0]}"
            self.inside.pop()

    def handle_data(self, data):
        if not NOT_OURS & {tag for tag, _language in self.inside}:
            self.words.append(data)


def texts(html):
    parser = Texts()
    parser.feed(html)
    parser.close()
    return parser.found


@pytest.fixture(scope="module")
def told():
    """Among the five languages, which one a text is in, and how sure that is."""
    identifier = py3langid.langid.LanguageIdentifier.from_model_file(py3langid.langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier.classify


def untranslated(language):
    """The sentences of the code that this language says otherwise."""
    if language == "en":
        return set()
    entries = polib.pofile(str(settings.BASE_DIR / f"locale/{language}/LC_MESSAGES/django.po"))
    return {entry.msgid for entry in entries if " " in entry.msgid} - {entry.msgstr for entry in entries}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_says_anything_of_ours_in_another_language(client, told, language):
    pages = places.furnish()
    offer(factories.portal(), LANGUAGES)
    client.cookies[settings.VISITOR_COOKIE] = places.KEY
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    english, leaks = untranslated(language), {}
    for path in (path for paths in pages.values() for path in paths):
        for marked, text in texts(client.get(path).text):
            if any(words in text for words in FOREIGN):
                continue
            is_long = sum(map(str.isalpha, text)) >= LETTERS
            spoken, sure = told(text) if marked == language else (marked, 1)
            if text in english or (is_long and spoken != language and sure > 0.95):
                leaks[text] = path
    assert leaks == {}


def test_a_text_in_another_language_is_found_unless_it_is_marked_so():
    page = """<html lang="da"><title>Velkommen</title><body><p>Sådan <b>virker</b> det</p>
        <p lang="en">How it works</p><img alt="Read the terms" src="x"><script>let bonjour = "oui";</script>"""
    assert texts(page) == [
        ("da", "Velkommen"),
        ("da", "Sådan virker det"),
        ("en", "How it works"),
        ("da", "Read the terms"),
    ]
