"""A reviewer decides with the keyboard alone, in a real browser, on a page that says everything it needs."""

from importlib import import_module

import pytest
from axe_core_python.sync_playwright import Axe
from django.apps import apps
from playwright.sync_api import expect

from arena.tests import factories
from datasets_export.enrichment import enriching
from datasets_export.models import Analysis
from models_catalog.tests.editing import person

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

HOSTILE = "Écris à Mme Berthelot, stp. <script>document.title='taken'</script> Zinedine sera là, 06 39 98 12 34."


@pytest.fixture
def reviewer(visit, site):
    """Someone of the group, whose rights the test before emptied."""
    import_module("datasets_export.migrations.0005_review_rights").grant(apps, None)
    person("reviewer", "Reviewers")
    for prompt in (HOSTILE, "Skriv et svar til fru Østergaard, som klager over støj om natten."):
        factories.turn(factories.comparison(), prompt=prompt, choice="a_better")
    enriching.run()
    tab = visit(locale="en-GB")
    tab.expects("status of 422")
    page = tab.page
    page.goto("/admin/login/?next=/admin/datasets_export/analysis/")
    page.fill("#id_username", "reviewer")
    page.fill("#id_password", "a long password")
    page.keyboard.press("Enter")
    return page


def violations(page, *parts):
    found = Axe().run(page, {"include": [[part] for part in parts]})["violations"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found]


def press(page, key, until, most=60):
    """Press a key until this has the focus: it must be reached, and seen where it is."""
    for _time in range(most):
        if until.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError("The keyboard does not reach it.")


def test_a_turn_is_redacted_with_the_keyboard_alone(reviewer):
    page = reviewer
    expect(page.get_by_role("heading", name="Turns to review")).to_be_visible()
    page.get_by_role("link", name=str(Analysis.objects.earliest("pk").turn_id), exact=True).press("Enter")
    expect(page.locator(".review mark")).to_have_text(["Berthelot1", "06 39 98 12 342"])
    assert page.title().startswith("Turn")
    assert violations(page, ".review") == []

    redact = page.get_by_role("button", name="Redact what is ticked")
    press(page, "Tab", redact)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Say why, in 500 characters at most.")
    expect(page.get_by_role("alert")).to_be_focused()
    assert violations(page, ".review") == []

    phone = page.get_by_role("checkbox", name="06 39 98 12 34")
    press(page, "Tab", phone)
    page.keyboard.press("Space")
    press(page, "Tab", page.get_by_label("Passage, exactly as it is written").first)
    page.keyboard.type("Zinedine")
    press(page, "Tab", page.get_by_label("Reason"))
    page.keyboard.type("Two people who did not ask for it.")
    press(page, "Tab", redact)
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("redacted")
    expect(page.locator(".review mark")).to_have_text(["Østergaard1"])

    analysis = Analysis.objects.earliest("pk")
    spans = analysis.spans.order_by("start").values_list("start", "end", "is_kept")
    assert [(HOSTILE[start:end], kept) for start, end, kept in spans] == [
        ("Berthelot", False),
        ("Zinedine", False),
        ("06 39 98 12 34", True),
    ]
    assert analysis.review == "redacted"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_is_readable_at_each_width_in_both_schemes(reviewer, scheme, width):
    page = reviewer
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.get_by_role("link", name=str(Analysis.objects.earliest("pk").turn_id), exact=True).click()
    expect(page.locator(".review")).to_be_visible()
    assert violations(page, ".review") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
