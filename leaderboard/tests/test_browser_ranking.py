"""What a visitor comes to the ranking for, in a real Chromium: with and without JavaScript, on every screen."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from arena.tests.browser import axe
from models_catalog.tests import factories as catalogue

from . import factories

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NAMES = ".ranking-table .col-model a"


@pytest.fixture
def ranked(site):
    """Three models with places, one without; a board of a topic with two of them."""
    closed = catalogue.licence("Terms", "api-only")
    ant = catalogue.model("ant-3", name="Ant 3", total_params=3)
    bee = catalogue.model("bee-70", name="Bee 70", total_params=70, organisation=catalogue.organisation("Bolt"))
    cat = catalogue.model("cat-400", name="Cat 400", total_params=400, licence=closed)
    dog = catalogue.model("dog", name="Dog")
    for days in (3, 2, 1):
        factories.board([ant, bee, cat], at=timezone.now() - datetime.timedelta(days=days))
    trust = factories.trust([ant, bee, cat])
    board = factories.board([ant, bee, cat], not_ranked=[(dog, "few_votes")], trust=trust)
    factories.board([cat, ant], board="topic:Sports", at=board.created_at)


@pytest.mark.parametrize("has_javascript", [True, False], ids=["javascript", "no javascript"])
def test_a_visitor_reads_the_ranking_filters_it_compares_two_and_opens_a_sheet(visit, ranked, has_javascript):
    page = visit(locale="en-GB", java_script_enabled=has_javascript).page

    def apply():
        if not has_javascript:
            page.get_by_role("button", name="Show this ranking").click()

    page.goto("/")
    page.get_by_role("navigation").get_by_role("link", name="Ranking").first.click()
    expect(page.get_by_role("main")).to_contain_text("Ant 3 and Bee 70 lead")
    expect(page.locator(NAMES)).to_have_text(["Ant 3", "Bee 70", "Cat 400"])
    expect(page.get_by_role("row", name="Dog Fewer than 30 votes")).to_have_count(1)

    page.locator(".ranking-filters > summary").click()
    page.check("#size-XS")
    apply()
    expect(page.locator(NAMES)).to_have_text(["Ant 3"])
    assert page.url.endswith("/ranking/?size=XS")
    page.get_by_role("link", name="Clear the filters").click()
    page.select_option("#board", "topic:Sports")
    apply()
    expect(page.locator(NAMES)).to_have_text(["Cat 400", "Ant 3"])
    expect(page.locator("#count")).to_contain_text("Sports")
    expect(page.get_by_role("link", name="CSV")).to_have_attribute("href", "/ranking/export.csv?board=topic%3ASports")
    page.reload()
    expect(page.locator(NAMES)).to_have_text(["Cat 400", "Ant 3"])

    page.get_by_role("link", name="Compare two models").click()
    page.select_option("#pick-a", "bee-70")
    page.select_option("#pick-b", "ant-3")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bee 70 or Ant 3?")
    expect(page.get_by_role("main")).to_contain_text("The probability that Ant 3 is the better one of the two is 80%.")
    page.get_by_role("main").get_by_role("link", name="Ant 3", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ant 3")


@pytest.mark.parametrize("has_javascript", [True, False], ids=["javascript", "no javascript"])
def test_a_visitor_asks_how_far_to_trust_it_and_follows_a_model_over_time(visit, ranked, has_javascript):
    page = visit(locale="en-GB", java_script_enabled=has_javascript).page
    page.goto("/ranking/")
    page.get_by_role("link", name="How far to trust it").click()
    page.get_by_role("link", name="30% of the votes come from the most active visitor in a hundred").click()
    assert page.url.endswith("#concentration")
    expect(page.get_by_role("row", name="Of the votes, they gave")).to_be_in_viewport()
    page.get_by_role("link", name="Its history").click()
    page.select_option("#pick-model", "bee-70")
    page.get_by_role("button", name="Show its history").click()
    expect(page.get_by_role("img", name="Score of Bee 70, night after night")).to_have_count(1)
    expect(page.get_by_role("listitem").filter(has_text="Added to the catalogue").first).to_be_visible()


def test_the_table_answers_while_one_types_and_keeps_the_focus_and_the_way_back(visit, ranked):
    page = visit(locale="en-GB").page
    page.goto("/ranking/")
    page.focus("#search")
    page.keyboard.type("bee")
    expect(page.locator(NAMES)).to_have_text(["Bee 70"])
    expect(page.locator("#search")).to_be_focused()
    page.go_back()
    expect(page.locator(NAMES)).to_have_count(3)


def test_the_keyboard_reaches_each_point_of_the_picture_and_its_sheet(visit, ranked):
    page = visit(locale="en-GB").page
    page.goto("/ranking/energie/")
    page.get_by_role("link", name="Download the picture (SVG)").focus()
    reached = []
    for _stop in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('aria-label').split(':')[0]"))
    assert reached == ["Ant 3", "Bee 70", "Cat 400"]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cat 400")


@pytest.mark.parametrize("state", ["?style=1", "?board=nothing"])
def test_axe_finds_no_fault_in_what_a_filter_makes_of_the_table(visit, ranked, state):
    tab = visit(locale="en-GB")
    tab.expects("404")
    tab.page.goto(f"/ranking/{state}")
    tab.page.set_viewport_size({"width": 360, "height": 740})
    assert (list(axe(tab.page)), tab.page.evaluate(OVERFLOW)) == ([], 0)
