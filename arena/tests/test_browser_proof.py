"""Too many questions, under a visitor's eyes: the browser proves by itself, or waits without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from arena.models import Turn
from arena.tests.test_browser_access import examine  # noqa: F401

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser


def test_the_browser_proves_by_itself_and_the_question_goes_on(visit, models, own_site):
    tab = visit(at=own_site(ARENA_PROOF_ADDRESS_PROMPTS="0"))
    tab.expects("429")
    tab.ask("Pourquoi <b>la mer</b> ?", models=models("quick-a", "quick-b"))
    tab.sees_both()
    tab.choose("a_better")
    tab.follow_up("Et les lacs ?")
    tab.sees_both(number=2)
    assert [turn.prompt for turn in Turn.objects.order_by("number")] == ["Pourquoi <b>la mer</b> ?", "Et les lacs ?"]


def test_a_proof_in_the_making_is_told_and_axe_finds_no_fault(visit, models, own_site, examine):  # noqa: F811
    tab = visit(at=own_site(ARENA_PROOF_ADDRESS_PROMPTS="0", ARENA_PROOF_COST="20000000"))
    tab.expects("429")
    tab.write("Pourquoi la mer ?", models("quick-a", "quick-b"))
    tab.page.get_by_role("button", name="Comparer").click()
    expect(tab.page.locator("[data-comparia-status]")).to_be_visible()
    expect(tab.page.locator(".proof progress")).to_be_visible()
    expect(tab.page.locator("#proof-prompt")).to_have_value("Pourquoi la mer ?")
    expect(tab.page.locator("[data-comparia-slow]")).to_be_hidden()
    examine(tab, "proof")


def test_where_the_browser_has_no_cryptography_the_question_waits_and_goes_on(visit, models, own_site):
    tab = visit(at=own_site(ARENA_PROOF_ADDRESS_PROMPTS="0", ARENA_PROOF_WAIT_SECONDS="1"))
    tab.expects("429")
    tab.page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    tab.ask(models=models("quick-a", "quick-b"))
    tab.sees_both()


def test_without_javascript_a_visitor_waits_and_goes_on(visit, models, own_site):
    tab = visit(at=own_site(ARENA_PROOF_ADDRESS_PROMPTS="0", ARENA_PROOF_WAIT_SECONDS="1"), java_script_enabled=False)
    tab.expects("429")
    tab.write("Pourquoi la mer ?", models("quick-a", "quick-b"))
    tab.page.get_by_role("button", name="Comparer").click()
    expect(tab.page.locator("#proof-prompt")).to_have_value("Pourquoi la mer ?")
    tab.page.wait_for_timeout(1100)
    tab.page.locator("[data-comparia-slow] button").press("Enter")
    tab.page.wait_for_url(re.compile("/arene/.{36}/"))
    assert Turn.objects.get().prompt == "Pourquoi la mer ?"


def test_who_must_wait_keeps_their_question_even_after_leaving_the_page(visit, models, own_site, examine):  # noqa: F811
    tab = visit(at=own_site(ARENA_VISITOR_PROMPTS_PER_HOUR="0"))
    tab.expects("429")
    tab.write("Pourquoi la mer ?", models("quick-a", "quick-b"))
    tab.page.get_by_role("button", name="Comparer").click()
    expect(tab.page.locator("#again-prompt")).to_have_value("Pourquoi la mer ?")
    examine(tab, "too-many")
    tab.page.goto("/arene/")
    expect(tab.page.locator("#id_prompt")).to_have_value("Pourquoi la mer ?")
