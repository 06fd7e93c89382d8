"""A visitor's rights in a real browser: receipt, withdrawal, erasure; by keyboard, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from arena.models import Comparison, Turn
from arena.tests.browser import axe

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

QUICK = ("quick-a", "quick-b")


def press(tab, locator):
    """Come to a link or a button with the keyboard alone, and press it."""
    for _ in range(80):
        if locator.evaluate("element => element === document.activeElement"):
            break
        tab.page.keyboard.press("Tab")
    expect(locator).to_be_focused()
    tab.page.keyboard.press("Enter")


def is_accessible(tab):
    assert list(axe(tab.page)) == []


def voted(visit, models, **options):
    """A visitor who has just voted, and the link of their receipt."""
    tab = visit(**options)
    tab.ask(models=models(*QUICK))
    tab.sees_both()
    tab.choose("a_better")
    return tab, tab.saved().get_by_role("link")


def test_from_the_vote_to_the_withdrawal_by_keyboard_alone(visit, models):
    tab, receipt = voted(visit, models)
    comparison = tab.comparison
    expect(receipt).to_have_text(comparison.receipt_in_groups)
    press(tab, receipt)
    tab.page.wait_for_url(f"**{comparison.receipt_url}")
    is_accessible(tab)
    press(tab, tab.page.locator("a[href$='/retrait/']"))
    tab.page.wait_for_url("**/retrait/")
    is_accessible(tab)
    assert Turn.objects.for_custom_board().count() == 1
    press(tab, tab.page.locator("main form button"))
    tab.page.wait_for_url(f"**{comparison.receipt_url}")
    expect(tab.page.locator(".alert-success")).to_be_visible()
    is_accessible(tab)
    assert not Turn.objects.for_custom_board().exists()
    assert not Turn.objects.publishable().exists()


@pytest.mark.parametrize("has_script", [True, False])
def test_what_will_be_published_is_read_before_the_vote_and_the_way_back_loses_nothing(visit, models, has_script):
    tab = visit(java_script_enabled=has_script)
    pair = models(*QUICK)
    tab.ask(models=pair)
    tab.sees_both()
    tab.page.locator("a[href$='/publication/']").click()
    expect(tab.page.locator(".cells").first).to_contain_text("Pourquoi le ciel")
    source = tab.page.content()
    assert [word for model in pair for word in (model.name, model.slug) if word in source] == []
    tab.page.locator("main .row a").click()
    tab.page.wait_for_url(f"**{tab.path}")
    tab.sees_both()


def test_a_browser_erases_all_it_gave_without_javascript(visit, models):
    tab = visit(java_script_enabled=False)
    tab.ask(models=models(*QUICK))
    tab.sees_both()
    path, comparison = tab.path, tab.comparison
    tab.page.goto("/mes-comparaisons/")
    expect(tab.page.locator(".mine-one")).to_have_count(1)
    tab.page.locator("a[href$='/effacer/']").click()
    tab.page.locator("main form button").click()
    expect(tab.page.locator(".mine-none")).to_be_visible()
    tab.expects("404")
    assert tab.page.goto(path).status == 404
    tab.page.goto(comparison.receipt_url)
    expect(tab.page.locator(".alert-success")).to_be_visible()
    assert list(Comparison.objects.filter(erased_at__isnull=False)) == [comparison]
