"""An editor and a publisher bring a model to the public, in a real browser, and meet each refusal on the way."""

import re
from importlib import import_module

import pytest
from axe_core_python.sync_playwright import Axe
from django.apps import apps
from playwright.sync_api import expect

from models_catalog.models import LanguageModel

from . import factories
from .editing import person

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

TEXTS = {
    "description": "Un petit modèle.",
    "size_description": "Il tient sur un ordinateur portable.",
    "did_you_know": "Son nom vient d’une étoile.",
    "known_limits": "Il se trompe souvent dans les calculs.",
}


@pytest.fixture
def staff(site):
    """An editor and a publisher; the groups that a migration made were emptied by the test before."""
    import_module("models_catalog.migrations.0004_staff_groups").create(apps, None)
    person("editor", "Editors")
    person("publisher", "Publishers")
    factories.organisation("Acme")
    factories.licence("MIT")


def enter(visit, name):
    tab = visit(locale="en-GB")
    tab.page.goto("/admin/login/?next=/admin/models_catalog/languagemodel/")
    tab.page.fill("#id_username", name)
    tab.page.fill("#id_password", "a long password")
    tab.page.get_by_role("button", name="Log in").click()
    return tab.page


def choose(page, field, words):
    page.locator(f".field-{field} .select2-selection").click()
    page.locator(".select2-search__field").fill(words)
    page.locator(".select2-results__option", has_text=words).click()


def save(page):
    page.locator("[name=_continue]").first.click()


def saved(page):
    expect(page.locator(".messagelist .success")).to_be_visible()


def add_source(page, number, fact, address):
    page.locator("#sources-group .add-row a").click()
    page.select_option(f"#id_sources-{number}-field", fact)
    page.fill(f"#id_sources-{number}-url", address)


def test_a_model_goes_from_a_draft_to_the_public(visit, staff, scripted):
    page = enter(visit, "editor")
    page.get_by_role("link", name="Add model").click()
    page.fill("#id_name", "Étoile 8B")
    page.fill("#id_slug", "étoile")
    choose(page, "organisation", "Acme")
    choose(page, "licence", "MIT")
    expect(page.locator("#id_status option")).to_have_text(["draft", "in review"])
    page.fill("#id_total_params", "8")
    page.fill("#id_active_params", "80")
    save(page)
    expect(page.locator(".errorlist")).to_have_text(
        ["Only letters without accents, digits, dots, hyphens and underscores.", re.compile("More than the size")]
    )
    assert LanguageModel.objects.count() == 0
    page.fill("#id_slug", "etoile-8b")
    page.fill("#id_active_params", "")
    save(page)
    saved(page)

    missing = page.locator("#missing li")
    expect(missing).to_have_count(7)
    for text, words in TEXTS.items():
        page.fill(f"#id_{text}_fr", words)
    page.fill("#id_description_en", "A small model.")
    page.keyboard.press("Tab")
    expect(missing).to_have_text(
        ["Missing source: Size", "Missing source: Licence", "No endpoint in use has answered a test"]
    )
    assert LanguageModel.objects.get().description_fr in ("", None)
    add_source(page, 0, "total_params", "https://acme.test/etoile")
    add_source(page, 1, "licence", "https://acme.test/etoile")
    page.select_option("#id_status", "review")
    save(page)
    saved(page)
    expect(missing).to_have_text(["No endpoint in use has answered a test"])
    axe = Axe().run(page, {"include": [["#missing"], [".translations"]]})
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in axe["violations"]] == []
    expect(page.locator("#id_status option")).to_have_text(["draft", "in review"])
    expect(page.locator("#endpoints-group .add-row a")).to_have_count(0)
    page.get_by_role("link", name="Preview of the sheet").click()
    expect(page.get_by_text("A small model.")).to_be_visible()
    model = LanguageModel.objects.get()
    assert page.request.get(model.get_absolute_url()).status == 404

    page = enter(visit, "publisher")
    page.locator(".missing").get_by_role("link", name="Étoile 8B").click()
    page.select_option("#id_status", "enabled")
    save(page)
    expect(page.locator(".errorlist")).to_have_text("Say why the status changes: the public register tells it.")
    page.fill("#id_reason", "Its weights were published.")
    page.locator("#endpoints-group .add-row a").click()
    page.fill("#id_endpoints-0-provider", "scripted")
    page.fill("#id_endpoints-0-api_model_id", "quick-a")
    page.fill("#id_endpoints-0-base_url", scripted.url)
    save(page)
    expect(page.locator(".field-status .errorlist")).to_have_text("No endpoint in use has answered a test")
    model = LanguageModel.objects.get()
    assert (model.status, model.endpoints.count()) == ("review", 0)
    page.select_option("#id_status", "review")
    save(page)
    saved(page)

    page.get_by_role("link", name="Test this endpoint").click()
    if page.locator("#id_prompt").input_value() == "":
        page.fill("#id_prompt", "Bonjour ?")
    page.locator("form .submit-row [type=submit]").click()
    expect(page.locator(".trial-figures")).to_be_visible()

    page.goto(f"/admin/models_catalog/languagemodel/{model.pk}/change/")
    expect(page.locator("#missing")).to_have_text(re.compile("Nothing is missing"))
    page.select_option("#id_status", "enabled")
    page.fill("#id_reason", "Its weights were published.")
    save(page)
    saved(page)
    page.goto("/modeles/journal/")
    expect(page.locator(".events")).to_contain_text("Its weights were published.")
    page.goto(model.get_absolute_url())
    expect(page.get_by_role("heading", name="Étoile 8B", level=1)).to_be_visible()
