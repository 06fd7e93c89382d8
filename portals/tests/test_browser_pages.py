"""The pages that editors write, in a real Chromium: the path of a news item, axe, every width, both themes."""

import re

import pytest
from axe_core_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import expect

from arena.tests import factories
from portals.editorial_views import TABS
from portals.models import NewsItem

from .test_news import news

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
STILL = """async () => {
  for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
  await Promise.allSettled(document.getAnimations().map((one) => one.finished));
}"""
PAGES = {
    "home": "/",
    **{tab: f"/product/{tab}/" for tab in TABS},
    "duel": "/duel/",
    "sheet": "/duel/fiche/",
    "news": "/news/",
    "item": "/news/one/",
}


@pytest.fixture
def published(site):
    news("one", kind="study", is_pinned=True, link="https://example.org/", portals=[factories.portal()])
    news("two", kind="event")
    news("three", title_fr="Trois", summary_fr="Résumé", body_fr="Corps")


@pytest.mark.parametrize("theme", ["dsfr", "neutral"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_fault_and_nothing_is_out_of_the_screen(visit, published, name, theme):
    factories.portal(theme=theme)
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
    assert faults == []
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(OVERFLOW) == 0
    page.evaluate("document.documentElement.style.fontSize = ''")
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate(STILL)
        assert (width, page.evaluate(OVERFLOW)) == (width, 0)


@pytest.mark.parametrize("has_javascript", [True, False], ids=["javascript", "no javascript"])
def test_a_visitor_filters_the_news_reads_one_and_comes_back(visit, published, has_javascript):
    page = visit(locale="en-GB", java_script_enabled=has_javascript).page
    page.goto("/news/")
    page.get_by_role("link", name="Event").click()
    page.wait_for_url(re.compile(r"kind=event"))
    expect(page.locator(".news-card")).to_have_count(1)
    if has_javascript:
        expect(page.locator("#kind-event")).to_be_focused()
        expect(page.locator("#news-count")).to_have_text(re.compile("1 news item"))
    page.get_by_role("link", name="Title two").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Title two")
    page.go_back()
    expect(page.locator(".news-card")).to_have_count(1)


def test_an_editor_writes_a_news_item_sees_it_as_visitors_will_and_publishes_it(visit, site):
    factories.portal()
    User.objects.create_superuser("editor", password="a long password")
    page = visit(locale="en-GB").page
    page.goto("/admin/login/?next=/admin/portals/newsitem/add/")
    page.fill("#id_username", "editor")
    page.fill("#id_password", "a long password")
    page.locator("[type=submit]").click()
    page.select_option("#id_kind", "release")
    page.select_option("#id_portals_from", label="compar:IA (fr)")
    page.locator("#id_portals_add_link, #id_portals_add").first.click()
    page.fill("#id_title_fr", "Les données de l’automne")
    page.fill("#id_body_fr", "Elles sont **en ligne**.")
    save = page.locator("[name=_continue]").first
    save.click()
    expect(page.locator(".errorlist").first).to_contain_text("written in this language")
    assert not NewsItem.objects.exists()
    page.fill("#id_summary_fr", "Relues et publiées.")
    save.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    item = NewsItem.objects.get()
    assert (item.slug, item.published_at) == ("les-donnees-de-lautomne", None)

    page.get_by_role("link", name="See the page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Les données de l’automne")
    expect(page.locator("strong", has_text="en ligne")).to_be_visible()
    visitor = visit()
    visitor.expects("404")
    visitor.page.goto(item.get_absolute_url())
    expect(visitor.page.locator("h1")).not_to_contain_text("automne")
    page.locator(".alert a").first.click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    visitor.page.goto("/news/")
    visitor.page.get_by_role("link", name="Les données de l’automne").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Les données de l’automne")
