"""What a visitor comes to the catalogue for, in a real Chromium: with and without JavaScript, on every screen."""

import datetime
import re

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import expect

from models_catalog.models import LanguageModel
from models_catalog.register import because

from . import factories

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

STILL = """async () => {
  for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
  await Promise.allSettled(document.getAnimations().map((one) => one.finished));
}"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = {
    "list": "/modeles/?archived=1",
    "found": "/modeles/?size=XS",
    "none": "/modeles/?q=nothing",
    "sheet": "/modeles/ant-3/?zone=FRA",
    "unknown": "/modeles/dog/",
    "compare": "/modeles/comparer/?a=ant-3&b=bee-70",
    "pick": "/modeles/comparer/",
    "journal": "/modeles/journal/",
}


@pytest.fixture
def catalogue(site):
    """A small open model with everything, two others, and one of the past of which nothing is known."""
    texts = {f"{name}_en": f"{name.capitalize()} of Ant. " * 8 for name in ("description", "size_description")}
    texts |= {"did_you_know_en": "Ants are small.", "known_limits_en": "It errs."}
    ant = factories.model(
        "ant-3",
        name="Ant 3",
        served=False,
        total_params=3,
        architecture="dense",
        context_window=128_000,
        release_date=datetime.date(2025, 6, 1),
        languages=["fr", "en"],
        rank_summary={"tier": 2, "score": 1040, "interval": [1020, 1060]},
        url="https://acme.test/a-rather-long-address/of-the-page-of-a-model/ant-3-instruct",
        **texts,
    )
    ant.sources.create(field="total_params", url="https://acme.test/card", date="2026-01-02")
    factories.endpoint(ant, provider="openrouter", input_price=1, output_price=2, system_prompt="Be brief. " * 40)
    factories.model("bee-70", name="Bee 70", total_params=70, organisation=factories.organisation("Bolt"))
    closed = factories.licence("Terms", "api-only")
    factories.model("cat-2", name="Cat 2", total_params=2, licence=closed)
    factories.model("dog", name="Dog", status="archived", served=False)
    with because("The new weights are out."):
        LanguageModel.objects.filter(slug="ant-3").update(quantization="q8")


@pytest.mark.parametrize("has_javascript", [True, False], ids=["javascript", "no javascript"])
def test_a_visitor_finds_a_small_open_model_reads_compares_and_sees_what_changed(visit, catalogue, has_javascript):
    page = visit(locale="en-GB", java_script_enabled=has_javascript).page

    def apply():
        if not has_javascript:
            page.get_by_role("button", name="Show these models").click()

    page.goto("/")
    page.get_by_role("link", name="Models", exact=True).click()
    expect(page.locator(".model-card h3")).to_have_text(["Ant 3", "Bee 70", "Cat 2"])
    page.wait_for_load_state()  # the filters are followed from then on
    if not has_javascript:
        expect(page.locator("#size-XS")).to_be_visible()  # on a large screen the filters are open
    page.check("#size-XS")
    apply()
    expect(page.locator(".model-card h3")).to_have_text(["Ant 3", "Cat 2"])
    page.check("#licence-open-weights")
    apply()
    expect(page.locator(".model-card h3")).to_have_text(["Ant 3"])
    expect(page.get_by_role("status").filter(has_text="1 model")).to_have_count(1)
    assert page.url.endswith("/modeles/?size=XS&licence=open-weights")
    expect(page.locator("#licence-open-weights")).to_be_checked()

    page.reload()
    expect(page.locator(".model-card h3")).to_have_text(["Ant 3"])
    page.get_by_role("link", name="Ant 3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ant 3")
    expect(page.locator("[data-comparia-source]").first).to_contain_text("acme.test")
    page.select_option("#zone", "POL")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("row", name=re.compile("With the electricity of: Poland"))).to_have_count(1)

    page.get_by_role("link", name="Compare with another model").click()
    expect(page.locator("#pick-a")).to_have_value("ant-3")
    page.select_option("#pick-b", "bee-70")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("row", name=re.compile("Size .differs. 3 billion parameters 70 billion"))).to_have_count(1)

    page.get_by_role("table").get_by_role("link", name="Ant 3").click()
    page.get_by_role("link", name="All of its history").click()
    expect(page.get_by_role("main")).to_contain_text("Compression changed: from none to 8 bits")
    expect(page.get_by_role("main")).to_contain_text("The new weights are out.")


def test_the_list_answers_while_one_types_and_keeps_the_focus_and_the_way_back(visit, catalogue):
    page = visit(locale="en-GB").page
    page.goto("/modeles/")
    page.focus("#search")
    page.keyboard.type("bee")
    expect(page.locator(".model-card h3")).to_have_text(["Bee 70"])
    expect(page.locator("#search")).to_be_focused()
    expect(page.locator("#search")).to_have_value("bee")
    page.fill("#search", "")
    expect(page.locator(".model-card h3")).to_have_count(3)
    page.focus("#archived")
    page.keyboard.press("Space")
    expect(page.locator(".model-card h3")).to_have_count(4)
    expect(page.locator("#archived")).to_be_focused()
    page.go_back()
    expect(page.locator(".model-card h3")).to_have_count(3)
    expect(page.locator("#archived")).not_to_be_checked()


def test_the_keyboard_reaches_the_filters_and_the_sheet(visit, catalogue):
    page = visit(locale="en-GB").page
    page.goto("/modeles/")
    reached = []
    for _stop in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.innerText"))
    for wanted in ("search", "sort", "size-XS", "licence-api-only", "organisation", "archived", "Ant 3"):
        assert wanted in reached


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_fault_and_nothing_is_out_of_the_screen(visit, catalogue, name):
    tab = visit(locale="en-GB")
    page = tab.page
    page.goto(PAGES[name])
    page.evaluate("for (const fold of document.querySelectorAll('details.fold')) fold.open = true")
    faults = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(STILL)
        for violation in Axe().run(page)["violations"]:
            faults += [f"{scheme}: {violation['id']}: {node['html'][:150]}" for node in violation["nodes"]]
        tab.picture(f"catalogue-{name}-1280-{scheme}")
    assert faults == []
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(OVERFLOW) == 0
    page.evaluate("document.documentElement.style.fontSize = ''")
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 740})
        tab.picture(f"catalogue-{name}-{width}")
        assert (width, page.evaluate(OVERFLOW)) == (width, 0)
