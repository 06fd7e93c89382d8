"""After the reveal, in a browser: how everyone judged the pair, and sharing the result."""

import base64
import json
import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from arena.tests import factories
from arena.tests.browser import axe
from arena.tests.test_browser_access import SCREENS, STILL, fits

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

QUESTION = "Pourquoi la mer est-elle salée ?"


@pytest.fixture
def pair(models):
    small, large = models("quick-a", "quick-b")
    large.total_params = 400
    large.save()
    yield small, large
    cache.delete_pattern("votes-on:*")


def share_button(tab):
    return tab.page.locator("form[action$='/share/'] button")


def revealed(tab, pair):
    """Ask, vote and reveal a pair that others have judged before: 16 for the first, 5 for the second, 4 ties."""
    for choice, times in (("a_better", 16), ("both_good", 4), ("b_better", 5)):
        for _ in range(times):
            factories.turn(factories.comparison(model_a=pair[0], model_b=pair[1]), choice=choice)
    tab.ask(QUESTION, models=pair)
    tab.sees_both()
    tab.choose("a_better")
    tab.reveal()


def shared(tab, pair):
    revealed(tab, pair)
    share_button(tab).click()
    tab.page.wait_for_url(re.compile("/share/"))


def axe_finds_nothing(tab, name):
    for scheme, rules in (("light", None), ("dark", {"runOnly": ["color-contrast"]})):
        tab.page.emulate_media(color_scheme=scheme)
        tab.page.evaluate(STILL)
        assert (name, scheme, list(axe(tab.page, rules))) == (name, scheme, [])
        tab.picture(f"{name}-1280-{scheme}")


def test_the_reveal_tells_how_everyone_judged_the_pair(visit, pair):
    tab = visit()
    revealed(tab, pair)
    others = tab.page.locator(".others")
    expect(others.locator("svg rect")).to_have_count(4)
    rows = [row.split("\t") for row in others.locator("tbody tr").all_inner_texts()]
    votes = [int(row[1]) for row in rows]
    is_small_first = pair[0].name in rows[0][0]
    assert votes == ([16, 4, 0, 5] if is_small_first else [5, 4, 0, 16])
    expect(others).to_contain_text(pair[0].name)
    axe_finds_nothing(tab, "reveal-others")


def test_a_result_is_shared_by_its_link_without_a_word_of_the_conversation(visit, pair):
    tab = visit(permissions=["clipboard-read", "clipboard-write"])
    shared(tab, pair)
    tab.page.click("[data-comparia-copy-link]")
    expect(tab.page.locator("[data-comparia-announcer]")).not_to_be_empty()
    link = tab.page.evaluate("navigator.clipboard.readText()")
    assert link == tab.page.url
    friend = visit()
    friend.page.goto(link)
    page = friend.page.locator("main")
    expect(page).to_contain_text(pair[0].name)
    expect(page).to_contain_text(pair[1].name)
    expect(page).not_to_contain_text(QUESTION)
    assert "visitor" not in [cookie["name"] for cookie in friend.page.context.cookies()]
    picture = friend.page.locator("meta[property='og:image']").get_attribute("content")
    answer = friend.page.request.get(picture)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    friend.page.click(".shared-ask a[href*='vs=']")
    assert friend.page.input_value("#id_mode") == "custom"
    chosen = {friend.page.input_value(box) for box in ("#id_models", "#id_models_2")}
    assert chosen == {model.slug for model in pair}


def test_a_device_that_shares_by_itself_is_offered_to(visit, pair):
    tab = visit()
    tab.page.add_init_script("navigator.share = async (what) => { window.given = what; }")
    shared(tab, pair)
    tab.page.click("[data-comparia-send]")
    assert tab.page.evaluate("window.given.url") == tab.page.url


def test_a_result_is_shared_without_javascript(visit, pair):
    tab = visit()
    revealed(tab, pair)
    plain = visit(java_script_enabled=False, storage_state=tab.page.context.storage_state())
    plain.page.goto(tab.path)
    share_button(plain).click()
    plain.page.wait_for_url(re.compile("/share/"))
    assert plain.page.input_value("#link") == plain.page.url
    expect(plain.page.locator("[data-comparia-copy-link]")).to_be_hidden()
    plain.page.go_back()
    share_button(plain).click()
    assert plain.page.input_value("#link") == f"{plain.page.url}"


def test_a_result_is_shared_by_keyboard_alone(visit, pair):
    tab = visit(permissions=["clipboard-read", "clipboard-write"])
    revealed(tab, pair)
    reach(tab, "form[action$='/share/'] button")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(re.compile("/share/"))
    reach(tab, "#link")
    reach(tab, "[data-comparia-copy-link]")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("[data-comparia-announcer]")).not_to_be_empty()
    assert tab.page.evaluate("navigator.clipboard.readText()") == tab.page.url


def reach(tab, selector):
    """Press Tab until this element has the focus."""
    for _ in range(60):
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} was not reached.")


@pytest.mark.parametrize("screen", SCREENS)
def test_the_reveal_and_the_shared_page_fit(visit, pair, screen):
    options, text_size = SCREENS[screen]
    tab = visit(**options)
    revealed(tab, pair)
    fits(tab, f"others-{screen.replace(' ', '-')}", text_size)
    share_button(tab).click()
    tab.page.wait_for_url(re.compile("/share/"))
    fits(tab, f"share-{screen.replace(' ', '-')}", text_size)


def test_a_link_of_the_former_site_still_shows_its_result(visit, pair):
    said = {"a": pair[0].slug, "b": pair[1].slug, "ta": 512, "tb": 900, "c": "a"}
    tab = visit()
    tab.page.goto("/share?i=" + base64.b64encode(json.dumps(said).encode()).decode())
    expect(tab.page.locator(".is-preferred")).to_contain_text(pair[0].name)
    expect(tab.page.locator(".cost")).to_contain_text("Wh")
    tab.expects("404")
    tab.page.goto("/share?i=nothing")
    expect(tab.page.locator("h1")).to_be_visible()


def test_a_printed_reveal_has_no_button(visit, pair):
    tab = visit()
    revealed(tab, pair)
    tab.page.emulate_media(media="print")
    assert tab.page.locator("#reveal button:visible, #reveal .next:visible").count() == 0
    expect(tab.page.locator(".others")).to_be_visible()
