"""The texts of the sheets: what the file holds, and how it reaches the tables."""

import json
import re

import pytest
from django.core.management import CommandError, call_command

from models_catalog.catalogue_file import LONGEST_TEXT, TEXT_LANGUAGES, TEXTS
from models_catalog.management.commands import load_catalog
from models_catalog.models import LanguageModel

COLUMNS = [f"{name}_{language}" for language in TEXT_LANGUAGES for name in TEXTS]


def texts_of(language):
    """{"model, field": text} of the project's own file."""
    models = json.loads(load_catalog.TEXTS.read_text())["models"]
    return {f"{slug}, {name}": text for slug in models for name, text in models[slug][language].items()}


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Put these models in the place of the project's texts."""

    def to_file(models):
        monkeypatch.setattr(load_catalog, "TEXTS", tmp_path / "texts.json")
        load_catalog.TEXTS.write_text(json.dumps({"about": "Texts.", "date": "2026-11-24", "models": models}))

    return to_file


def test_texts_are_there_for_each_enabled_model():
    catalogue = json.loads(load_catalog.DEFAULT.read_text())
    models = [model for organisation in catalogue["organisations"] for model in organisation["models"]]
    wanted = {f"{model['id']}, {name}" for model in models if model["status"] == "enabled" for name in TEXTS}
    for language in TEXT_LANGUAGES:
        assert {key for key, text in texts_of(language).items() if 0 < len(text) <= LONGEST_TEXT} == wanted


def test_french_texts_follow_french_typography():
    wrong = re.compile(r"""['"]|(?<!\N{NO-BREAK SPACE})[:;!?»]|«(?!\N{NO-BREAK SPACE})""")
    assert {key for key, text in texts_of("fr").items() if wrong.search(text)} == set()


@pytest.mark.django_db
def test_load_fills_the_texts_once(capsys):
    call_command("load_catalog")
    assert capsys.readouterr().out.splitlines()[-1] == "texts: 258 filled, 0 unchanged"
    before = list(LanguageModel.objects.order_by("pk").values("updated_at", *COLUMNS))
    call_command("load_catalog")
    assert capsys.readouterr().out.splitlines()[-1] == "texts: 0 filled, 258 unchanged"
    assert list(LanguageModel.objects.order_by("pk").values("updated_at", *COLUMNS)) == before


@pytest.mark.django_db
def test_load_keeps_what_an_editor_wrote(write):
    write({"gpt-5.2": {"fr": {"description": "Le premier texte.", "did_you_know": "Un fait."}}})
    call_command("load_catalog")
    LanguageModel.objects.filter(slug="gpt-5.2").update(description_fr="Un autre texte.", did_you_know_fr="")
    call_command("load_catalog")
    model = LanguageModel.objects.values_list("description_fr", "did_you_know_fr", "description_en").get(slug="gpt-5.2")
    assert model == ("Un autre texte.", "Un fait.", None)


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
    assert str(refusal.value) == f"{load_catalog.TEXTS} is refused, nothing was changed:\n  {problem}"
    assert LanguageModel.objects.count() == 0
