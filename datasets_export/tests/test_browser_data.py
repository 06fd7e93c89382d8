"""What a visitor comes to the open data for, in a real Chromium: with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from arena.tests.browser import axe
from datasets_export.models import Audit, AuditedRow, Destination, Publication, Release, Reuse

from . import factories, folders

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser


@pytest.fixture
def released(site):
    file = {"path": "turns/fr-fr/part-00000.parquet", "kind": "turns", "portal": "fr", "language": "fr", "revision": 0}
    file |= {"rows": 9, "bytes": 12_345_678, "sha256": "0" * 64}
    made = Release.objects.create(
        **{"name": "2026-02-10", "status": "built", "encrypted_key": b"-", "until": folders.DAY},
        manifest=folders.manifest(files=[file]),
    )
    hub = Destination.objects.create(name="Hugging Face", kind="hub", place="comparia/turns")
    Publication.objects.create(release=made, destination=hub, status="done", url="https://hub.test/x")
    Reuse.objects.create(title="A study", url="https://study.test/", author="Someone", description_en="Of topics.")
    audit = Audit.objects.create(release=made, seed=1)
    row = {"verdict": "clean", "judged_at": folders.DAY, "place": 1}
    AuditedRow.objects.create(audit=audit, turn=factories.turn(), **row)
    return made


@pytest.mark.parametrize("has_javascript", [True, False], ids=["javascript", "no javascript"])
def test_a_visitor_finds_the_data_chooses_a_tool_and_opens_a_release(visit, released, has_javascript):
    page = visit(locale="en-GB", java_script_enabled=has_javascript).page
    page.goto("/")
    page.get_by_role("navigation").get_by_role("link", name="Data").first.click()
    shown = page.locator(".snippet:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text('load_dataset("comparia/turns"')
    page.get_by_role("radio", name="pandas").focus()
    page.keyboard.press("ArrowRight")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("duckdb.sql")
    page.get_by_text("Each column, in words").click()
    expect(page.get_by_role("row", name="draw_probability")).to_be_visible()
    page.get_by_role("link", name="2026-02-10", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Data of 2026-02-10")
    page.get_by_role("link", name="Find it by its receipt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Find a comparison by its receipt")


def test_axe_finds_no_fault_before_the_first_release(visit, site):
    page = visit(locale="en-GB").page
    page.goto("/datasets/")
    assert list(axe(page)) == []
