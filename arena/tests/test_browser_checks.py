"""A question that holds a phone number, in a browser: warned, changed, sent, by keyboard; without JavaScript too."""

import re

import pytest
from playwright.sync_api import expect

from arena.models import HelpLine, PromptCheckCount, PromptRules
from arena.tests import factories
from arena.tests.test_browser_access import examine  # noqa: F401

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

PHONE = "06 12 34 56 78"
TEXT = f"Écris un message poli pour demander qu'on me rappelle au {PHONE} demain matin."
UNPROCESSABLE = "status of 422"


def outcomes():
    return {(row.category, row.outcome): row.count for row in PromptCheckCount.objects.all()}


@pytest.fixture
def warned(visit, models):
    """A visitor whose first question was not sent."""

    def bring(**options):
        models("quick-a", "quick-b")
        PromptRules.objects.update_or_create(portal=factories.portal(), defaults={"contact": "warn"})
        tab = visit(**options)
        tab.expects(UNPROCESSABLE)
        tab.write(TEXT)
        tab.page.get_by_role("button", name="Comparer").click()
        expect(tab.page.locator("#check mark")).to_have_text(PHONE)
        expect(tab.page.locator("#id_prompt")).to_have_value(TEXT)
        return tab

    return bring


def test_warned_a_visitor_changes_the_text_and_sends_it_by_keyboard(warned):
    tab = warned()
    expect(tab.page.locator("#check")).to_be_focused()
    for _key in range(9):
        tab.page.keyboard.press("Shift+Tab")
        if tab.page.locator("#id_prompt").evaluate("(box) => box === document.activeElement"):
            break
    expect(tab.page.locator("#id_prompt")).to_be_focused()
    tab.page.keyboard.press("Control+A")
    tab.page.keyboard.type("Écris un message poli pour demander qu'on me rappelle.")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(re.compile("/arene/.{36}/"))
    tab.sees_both()
    assert outcomes() == {("contact", "warned"): 1}


def test_warned_a_visitor_sends_it_anyway_by_keyboard(warned):
    tab = warned()
    tab.page.keyboard.press("Tab")
    expect(tab.page.locator("#check button")).to_be_focused()
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(re.compile("/arene/.{36}/"))
    tab.sees_both()
    expect(tab.page.locator(".question-text")).to_have_text(TEXT)
    assert outcomes() == {("contact", "warned"): 1, ("contact", "insisted"): 1}


@pytest.mark.parametrize("has_script", [True, False])
def test_a_further_question_stays_in_its_box_until_it_is_sent(warned, has_script):
    tab = warned(java_script_enabled=has_script)
    tab.page.locator("#check button").click()
    tab.page.wait_for_url(re.compile("/arene/.{36}/"))
    if has_script:
        tab.sees_both()
        tab.choose("a_better")
    expect(tab.page.locator("#follow-up-prompt")).to_be_visible()
    path = tab.path
    tab.page.fill("#follow-up-prompt", f"Et en anglais, avec le {PHONE} ?")
    tab.page.get_by_role("button", name="Envoyer aux deux").click()
    expect(tab.page.locator("#follow-up-check mark")).to_have_text(PHONE)
    expect(tab.page.locator("#follow-up-prompt")).to_have_value(f"Et en anglais, avec le {PHONE} ?")
    expect(tab.page.locator("#check")).to_be_focused()
    assert tab.path == path
    tab.page.fill("#follow-up-prompt", "Et en anglais ?")
    tab.page.get_by_role("button", name="Envoyer aux deux").click()
    expect(tab.page.locator("#turn-2 .question-text")).to_have_text("Et en anglais ?")
    expect(tab.page.locator("#check")).to_have_count(0)


def test_axe_finds_no_fault_in_a_warning_a_refusal_and_the_help_lines(warned, examine, visit):  # noqa: F811
    HelpLine.objects.get_or_create(
        country="FRA",
        name="Numéro national de prévention du suicide",
        defaults={"phone": "3114", "url": "https://3114.fr/", "is_free": True, "is_always_open": True},
    )
    tab = warned()
    examine(tab, "check-warned")
    PromptRules.objects.update(contact="block")
    tab.page.get_by_role("button", name="Comparer").click()
    expect(tab.page.locator("#check button")).to_have_count(0)
    examine(tab, "check-blocked")
    tab.ask("Je ne veux plus vivre. Que puis-je faire ?")
    tab.sees_both()
    expect(tab.page.get_by_role("link", name="3114", exact=True)).to_have_attribute("href", "tel:3114")
    examine(tab, "check-help")
    phone = warned_on_a_phone(visit)
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 360


def warned_on_a_phone(visit):
    tab = visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    tab.expects(UNPROCESSABLE)
    tab.write(TEXT)
    tab.page.get_by_role("button", name="Comparer").click()
    expect(tab.page.locator("#check mark")).to_have_text(PHONE)
    tab.picture("check-360")
    tab.ask("Je ne veux plus vivre. Que puis-je faire ?")
    tab.sees_both()
    tab.picture("check-help-360")
    return tab
