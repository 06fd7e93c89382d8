"""Journeys of who chooses before asking: a suggestion, a mode, the models."""

import re

import pytest
from playwright.sync_api import expect

from arena.models import Suggestion

pytest_plugins = ["arena.tests.browser"]


@pytest.fixture
def suggestions(site):
    """Written anew: those of the migrations are there or not, according to the tests before."""
    Suggestion.objects.all().delete()
    for number, category in enumerate(Suggestion.Category.values):
        for letter in "abc":
            Suggestion.objects.create(
                code=f"{category}-{letter}",
                language="fr",
                category=category,
                text=f"Raconte l’histoire {number}{letter} [d’un chat] en deux phrases.",
            )


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, {"width": 360, "height": 740}])
def test_a_suggestion_fills_the_box_with_its_part_to_change_selected(visit, models, suggestions, size):
    models("quick-a", "quick-b")
    tab = visit(viewport=size)
    page = tab.page
    page.goto("/arene/")
    shown = page.locator(".suggestions-list a")
    expect(shown).to_have_count(4)
    before = shown.all_inner_texts()
    page.get_by_role("link", name="D’autres").click()
    expect(shown).not_to_have_text(before)
    page.get_by_role("link", name="Rédiger", exact=True).click()
    expect(page.locator(".suggestions-categories [aria-current]")).to_have_text("Rédiger")
    expect(shown).to_have_count(3)
    shown.first.click()
    expect(page.locator("#id_prompt")).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "d’un chat"
    page.keyboard.type("d’un âne")
    for consent in page.locator("#id_consent").all():
        consent.check()
    page.get_by_role("button", name="Comparer").click()
    page.wait_for_url(re.compile("/arene/.{36}/"))
    turn = tab.comparison.turns.get()
    assert "d’un âne en deux phrases" in turn.prompt
    assert turn.suggestion.startswith("write-")
    assert turn.is_prompt_edited


def test_without_javascript_a_suggestion_is_a_link_that_fills_the_box(visit, models, suggestions):
    models("quick-a", "quick-b")
    tab = visit(java_script_enabled=False)
    tab.page.goto("/arene/")
    tab.page.locator(".suggestions-list a").first.click()
    expect(tab.page.locator("#id_prompt")).to_have_value(
        re.compile("^Raconte l’histoire .* d’un chat en deux phrases.$")
    )


@pytest.mark.parametrize(("mode", "sizes"), [("small-models", {7.0, 9.0}), ("big-vs-small", {7.0, 9.0, 400.0})])
def test_a_mode_is_chosen_drawn_from_and_remembered(visit, models, mode, sizes):
    models("quick-a", total_params=7.0), models("quick-b", total_params=9.0), models("quick-c", total_params=400.0)
    tab = visit()
    tab.write()
    tab.page.select_option("#id_mode", mode)
    tab.page.get_by_role("button", name="Comparer").click()
    tab.page.wait_for_url(re.compile("/arene/.{36}/"))
    tab.sees_both()
    made = tab.comparison
    assert made.mode == mode
    found = {made.model_a.total_params, made.model_b.total_params}
    assert found <= sizes
    assert (400.0 in found) is (mode == "big-vs-small")
    tab.page.goto("/arene/")
    expect(tab.page.locator("#id_mode")).to_have_value(mode)


def test_an_address_that_names_two_models_opens_the_choice_and_by_keyboard_alone_leads_to_them(visit, models):
    first, second, _other = models("quick-a", "quick-b", "quick-c")
    tab = visit()
    page = tab.page
    page.goto(f"/arene/?vs={first.slug},{second.slug}")
    expect(page.locator("#id_models")).to_have_value(first.slug)
    expect(page.locator("#id_models_2")).to_have_value(second.slug)
    page.locator("#id_consent").focus()
    page.keyboard.press("Space")
    page.locator("#id_prompt").focus()
    page.keyboard.type("Pourquoi ?")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/arene/.{36}/"))
    tab.sees_both()
    made = tab.comparison
    assert {made.model_a, made.model_b} == {first, second}
    assert made.mode == "custom"
    assert made.draw_probability is None
