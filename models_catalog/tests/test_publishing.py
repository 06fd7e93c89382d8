"""What a model lacks before publication, and who may give it which status."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation

from models_catalog import publishing
from models_catalog.cloning import clone
from models_catalog.models import LanguageModel
from portals.models import Portal

from . import factories
from .editing import TEXTS, complete_model, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def fresh(model):
    return LanguageModel.objects.get(pk=model.pk)


def test_a_complete_model_lacks_nothing():
    assert publishing.lacks(complete_model()) == []


def test_an_empty_draft_is_told_all_that_it_lacks():
    model = factories.model("m", served=False, status="draft", total_params=8.0, release_date="2026-01-01")
    assert publishing.lacks(fresh(model)) == [
        "Missing source: Size",
        "Missing source: Licence",
        "Missing source: Release date",
        "No endpoint in use has answered a test",
        "Missing text: Description (Français)",
        "Missing text: What its size asks for (Français)",
        "Missing text: Did you know? (Français)",
        "Missing text: Known biases and limits (Français)",
    ]


def test_a_fact_that_is_not_stated_needs_no_source():
    model = complete_model(total_params=None)
    model.sources.filter(field="total_params").delete()
    assert publishing.lacks(fresh(model)) == []


@pytest.mark.parametrize("change", [{"is_enabled": False}, {"answered_at": None}, {"api_key_variable": "NO_API_KEY"}])
def test_an_endpoint_must_have_answered_and_be_usable_now(change):
    model = complete_model()
    model.endpoints.update(**change)
    assert publishing.lacks(fresh(model)) == ["No endpoint in use has answered a test"]


@pytest.mark.parametrize("keys", ["", "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="])
def test_an_endpoint_whose_key_can_no_longer_be_read_is_not_usable(monkeypatch, keys):
    monkeypatch.setenv("FIELD_KEYS", keys)
    model = complete_model()
    model.endpoints.update(encrypted_api_key=b"made with a key that is gone")
    assert publishing.lacks(fresh(model)) == ["No endpoint in use has answered a test"]


def test_texts_are_needed_in_the_language_of_each_portal_that_shows_it():
    model = complete_model(description_fr="  ")
    danish = Portal.objects.create(code="dk", name="Danmark", default_language="da", languages=["da"], objective=1)
    assert {language for _text, language in publishing.missing_texts(fresh(model))} == {"fr", "da"}
    model.portals.add(danish)
    assert publishing.missing_texts(fresh(model)) == [(text, "da") for text in TEXTS]


def test_each_person_is_offered_only_their_moves():
    offered = {
        person("editor", "Editors"): {
            "draft": ["draft", "review"],
            "review": ["draft", "review"],
            "enabled": ["enabled"],
            "paused": ["paused"],
            "archived": ["archived"],
        },
        person("publisher", "Publishers"): {
            "draft": ["draft", "review", "enabled"],
            "review": ["draft", "review", "enabled"],
            "enabled": ["review", "enabled", "paused", "archived"],
            "paused": ["review", "enabled", "paused", "archived"],
            "archived": ["review", "enabled", "paused", "archived"],
        },
    }
    for who, expected in offered.items():
        assert {status: publishing.moves(who, status) for status in expected} == expected
    assert publishing.moves(AnonymousUser(), "enabled") == ["enabled"]


def test_a_move_that_is_refused_changes_nothing():
    model = factories.model("m", status="draft")
    with pytest.raises(publishing.Refused, match="No endpoint in use has answered"):
        publishing.move(model, "enabled", person("publisher", "Publishers"), "why")
    assert fresh(model).status == "draft"


@pytest.mark.parametrize(
    ("statuses", "is_public"),
    [(["draft"], False), (["draft", "review"], False), (["draft", "enabled", "review"], True), (["archived"], True)],
)
def test_a_sheet_once_shown_is_remembered(statuses, is_public):
    model = factories.model("m", status=statuses[0])
    for status in statuses:
        LanguageModel.objects.filter(pk=model.pk).update(status=status)
    assert publishing.was_public(model) is is_public


def test_a_clone_has_everything_but_what_is_its_own():
    original = complete_model(status="enabled", rank_summary={"tier": 1}, description_en=None)
    portal = Portal.objects.create(code="dk", name="Danmark", default_language="da", languages=["da"], objective=1)
    original.portals.add(portal)
    original.endpoints.update(encrypted_api_key=b"secret", answered_at=timezone.now(), system_prompt="Be brief.")
    copy = fresh(clone(original, name="Copy", slug="copy", user=person("editor", "Editors")))
    assert (copy.name, copy.slug, copy.status, copy.rank_summary) == ("Copy", "copy", "draft", None)
    assert (copy.total_params, copy.description_fr, copy.description_en) == (8.0, "description en français.", None)
    assert list(copy.portals.all()) == [portal]
    assert {source.field for source in copy.sources.all()} == {"total_params", "licence", "release_date"}
    served = copy.endpoints.get()
    assert (served.system_prompt, served.encrypted_api_key, served.answered_at) == ("Be brief.", None, None)
    assert original.endpoints.count() == 1
