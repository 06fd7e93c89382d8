"""The texts of the sheets: what the file holds, and how it reaches the tables."""

import json
import re
from collections import Counter
from itertools import combinations

import pytest
from django.core.management import CommandError, call_command

from models_catalog.catalogue_file import LONGEST_TEXT, TEXT_LANGUAGES, TEXTS
from models_catalog.management.commands import load_catalog
from models_catalog.models import LanguageModel

COLUMNS = [f"{name}_{language}" for language in TEXT_LANGUAGES for name in TEXTS]


def models_of_the_file():
    return json.loads(load_catalog.TEXTS.read_text())["models"]


def texts_of(language):
    """{"model, field": text} of the project's own file."""
    models = models_of_the_file()
    return {f"{slug}, {name}": text for slug in models for name, text in models[slug][language].items()}


def sentences(text):
    return re.split(r"(?<=[.?!])\s+(?=[A-ZÀÉÊÅÄÖÆØČŠŽĮŪ«“»”„])", text)


def words(text):
    """Those that are no names: two languages share a few of them, as Danish and Swedish do."""
    return set(re.findall(r"\b[^\W\dA-Z_]{4,}\b", text))


def figures(text):
    """The numbers of a text, however its language writes them: 1 400, 1,400 and 1.400 are 1400, and 1,5 is 1.5."""
    digits = re.sub(r"(?<=\d)[\N{NO-BREAK SPACE},.](?=\d{3}\b)", "", text)
    return sorted(number.replace(",", ".") for number in re.findall(r"\d+(?:[.,]\d+)?", digits))


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Put these models in the place of the project's texts."""

    def to_file(models):
        monkeypatch.setattr(load_catalog, "TEXTS", tmp_path / "texts.json")
        load_catalog.TEXTS.write_text(json.dumps({"about": "Texts.", "date": "2026-11-24", "models": models}))

    return to_file


def test_texts_are_there_for_each_enabled_model_in_each_language():
    catalogue = json.loads(load_catalog.DEFAULT.read_text())
    models = [model for organisation in catalogue["organisations"] for model in organisation["models"]]
    assert {model["id"] for model in models if model["status"] == "enabled"} <= models_of_the_file().keys()
    wanted = {f"{slug}, {name}" for slug in models_of_the_file() for name in TEXTS}
    for language in TEXT_LANGUAGES:
        assert {key for key, text in texts_of(language).items() if 0 < len(text) <= LONGEST_TEXT} == wanted


def test_known_limits_are_two_to_four_sentences():
    for language in TEXT_LANGUAGES:
        limits = {key: text for key, text in texts_of(language).items() if key.endswith(", known_limits")}
        assert {key: len(sentences(text)) for key, text in limits.items() if not 2 <= len(sentences(text)) <= 4} == {}


def test_no_two_texts_share_a_sentence():
    for language in TEXT_LANGUAGES:
        counts = Counter(sentence for text in texts_of(language).values() for sentence in sentences(text))
        assert [sentence for sentence, count in counts.items() if count > 1] == []


def test_french_texts_follow_french_typography():
    wrong = re.compile(
        r"""['"]|\.{3}|(?<!\N{NO-BREAK SPACE})[:;!?»]|«(?!\N{NO-BREAK SPACE})|\d (?:\d{3}|%|Go|Mo|milli\w+)\b|\d%"""
    )
    assert {key for key, text in texts_of("fr").items() if wrong.search(text)} == set()


def test_english_texts_follow_english_typography():
    wrong = re.compile(r"""['"«»]|\.{3}|\s[:;!?]|\d (?:\d{3}|%|GB|MB|million|billion)\b|\d\N{NO-BREAK SPACE}%""")
    assert {key for key, text in texts_of("en").items() if wrong.search(text)} == set()


UNIT = r"(?:GB|MB|%|mlrd|mln|milliard|miljard|million|miljon|bit|m\.|d\.)"


@pytest.mark.parametrize(
    ("language", "quotes", "thousands"),
    [("da", "»«", r"\."), ("sv", "”", "\N{NO-BREAK SPACE}"), ("lt", "„“", "\N{NO-BREAK SPACE}")],
)
def test_other_texts_follow_their_typography(language, quotes, thousands):
    others = "".join(set("\"'«»“”„") - set(quotes))
    wrong = re.compile(rf"[{others}]|\.{{3}}|\s[:;!?]|\d {UNIT}|\d%|\d[ ,]\d{{3}}\b|\b[1-9]\d{{4,}}\b")
    texts = texts_of(language)
    assert {key for key, text in texts.items() if wrong.search(text)} == set()
    assert re.search(rf"\b1{thousands}700\b", texts["grok-4.1-fast, size_description"])


def test_every_language_gives_the_same_figures():
    english = {
        key: figures(text) for key, text in texts_of("en").items() if key.endswith(("size_description", "limits"))
    }
    for language in TEXT_LANGUAGES:
        texts = texts_of(language)
        assert {key: figures(texts[key]) for key in english} == english


def test_no_text_is_left_in_another_language():
    texts = {language: texts_of(language) for language in TEXT_LANGUAGES}
    copies = {
        (key, one, other)
        for one, other in combinations(TEXT_LANGUAGES, 2)
        for key in texts[one]
        for mine, theirs in [(words(texts[one][key]), words(texts[other][key]))]
        if 2 * len(mine & theirs) > min(len(mine), len(theirs))
    }
    assert copies == set()


def test_texts_have_no_stray_space():
    wrong = re.compile(r"^\s|\s$|\s\s|[^\S \N{NO-BREAK SPACE}]")
    for language in TEXT_LANGUAGES:
        assert {key for key, text in texts_of(language).items() if wrong.search(text)} == set()


@pytest.mark.django_db
def test_load_fills_the_texts_once():
    call_command("load_catalog", verbosity=0)
    wanted = {
        slug: {f"{name}_{language}": texts[language][name] for language in TEXT_LANGUAGES for name in TEXTS}
        for slug, texts in models_of_the_file().items()
    }
    rows = LanguageModel.objects.filter(slug__in=wanted).order_by("pk").values("slug", "updated_at", *COLUMNS)
    before = list(rows)
    assert {row["slug"]: {column: row[column] for column in COLUMNS} for row in before} == wanted
    call_command("load_catalog", verbosity=0)
    assert list(rows.all()) == before


@pytest.mark.django_db
def test_load_keeps_what_an_editor_wrote_or_emptied(write):
    write(
        {"gpt-5.2": {"fr": {"description": "Le premier texte.", "did_you_know": "Un fait.", "known_limits": "Aucune."}}}
    )
    call_command("load_catalog")
    model = LanguageModel.objects.get(slug="gpt-5.2")
    model.description_fr, model.did_you_know_fr = "Un autre texte.", ""
    model.save()
    write({"gpt-5.2": {"fr": {"description": "Mieux.", "did_you_know": "Un fait.", "known_limits": "Des erreurs."}}})
    call_command("load_catalog")
    texts = LanguageModel.objects.values_list("description_fr", "did_you_know_fr", "known_limits_fr", "description_en")
    assert texts.get(slug="gpt-5.2") == ("Un autre texte.", "", "Des erreurs.", None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("models", "problem"),
    [
        ({"gpt-6": {}}, "models.gpt-6: not a model of the catalogue"),
        ({"gpt-5.2": {"fr": {"story": "Il était une fois."}}}, "models.gpt-5.2.fr.story: unknown field"),
        ({"gpt-5.2": {"la": {"description": "Exemplar."}}}, "models.gpt-5.2.la: unknown field"),
        (
            {"gpt-5.2": {"en": {"description": "a" * 1201}}},
            "models.gpt-5.2.en.description: longer than 1200 characters",
        ),
    ],
)
def test_load_refuses_bad_texts_whole(write, models, problem):
    write(models)
    with pytest.raises(CommandError) as refusal:
        call_command("load_catalog")
    assert str(refusal.value) == f"{load_catalog.TEXTS} is refused, nothing was changed:\n  line 1, {problem}"
    assert LanguageModel.objects.count() == 0
