"""The pages that editors write, in a real Chromium: the paths of a news item and of new terms of use."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from arena.models import Comparison
from arena.tests import factories
from portals.models import LegalVersion, NewsItem

from .test_news import news

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser


@pytest.fixture
def published(site):
    news("one", kind="study", is_pinned=True, link="https://example.org/", portals=[factories.portal()])
    news("two", kind="event")
    news("three", title_fr="Trois", summary_fr="Résumé", body_fr="Corps")


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


def test_an_editor_publishes_new_terms_and_visitors_agree_to_these_from_then_on(visit, models):
    before = factories.terms()
    models("quick-a", "quick-b")
    visitor = visit()
    visitor.ask()
    visitor.sees_both()
    told_before = visitor.comparison

    User.objects.create_superuser("editor", password="a long password")
    page = visit(locale="en-GB").page
    page.goto("/admin/login/?next=/admin/portals/legalversion/add/")
    page.fill("#id_username", "editor")
    page.fill("#id_password", "a long password")
    page.locator("[type=submit]").click()
    page.select_option("#id_portal", label="compar:IA (fr)")
    page.select_option("#id_kind", "terms")
    page.select_option("#id_language", "fr")
    page.fill("#id_text", "## Nouvelle règle\n\nVos questions sont **toujours** publiées.")
    page.locator("[name=_continue]").first.click()
    page.get_by_role("link", name="See the page").click()
    expect(page.get_by_role("heading", name="Nouvelle règle")).to_be_visible()
    visitor.page.goto("/modalites/")
    expect(visitor.page.locator("main")).not_to_contain_text("Nouvelle règle")
    visitor.page.goto("/arene/")
    expect(visitor.page.locator("#id_consent")).to_have_count(0)

    page.locator(".alert a").first.click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    after = LegalVersion.objects.latest("pk")
    visitor.page.goto("/modalites/")
    expect(visitor.page.locator("main strong", has_text="toujours")).to_be_visible()
    visitor.page.get_by_text("Autres versions").click()
    expect(visitor.page.locator(f"a[href='?version={before.pk}']")).to_be_visible()
    visitor.page.goto("/arene/")
    expect(visitor.page.locator("#id_consent")).to_be_visible()
    visitor.ask("Et maintenant ?")
    assert visitor.comparison.consent == after
    assert (Comparison.objects.get(pk=told_before.pk).consent, before.pk != after.pk) == (before, True)


@pytest.mark.parametrize("theme", ["dsfr", "neutral"])
def test_drawings_follow_the_scheme_that_the_visitor_chose_and_else_the_device(visit, site, theme):
    factories.portal(theme=theme)
    page = visit(color_scheme="light").page

    ground = page.locator(".drawn-ground").first

    page.goto("/product/problem/")
    light = ground.evaluate("(it) => getComputedStyle(it).fill")
    page.emulate_media(color_scheme="dark")
    expect(ground).not_to_have_css("fill", light)
    page.locator(".menu:has([data-comparia-scheme-choice]) summary").click()
    page.check("[data-comparia-scheme-choice][value=light]")
    expect(ground).to_have_css("fill", light)
    page.emulate_media(color_scheme="light")
    page.check("[data-comparia-scheme-choice][value=dark]")
    expect(ground).not_to_have_css("fill", light)
    page.goto("/")
    expect(ground).not_to_have_css("fill", light)
