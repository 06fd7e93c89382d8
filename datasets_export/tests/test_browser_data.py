"""What a visitor comes to the open data for, in a real Chromium: with and without JavaScript, on every screen."""

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import expect

from datasets_export.models import Audit, AuditedRow, Destination, Publication, Release, Reuse

from . import factories, folders

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

STILL = """async () => {
  for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
  await Promise.allSettled(document.getAnimations().map((one) => one.finished));
}"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = {"data": "/datasets/", "release": "/datasets/2026-02-10/"}


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


@pytest.mark.parametrize("name", [*PAGES, "none"])
def test_axe_finds_no_fault_and_nothing_is_out_of_the_screen(visit, released, name):
    if name == "none":
        Publication.objects.all().delete()
        Release.objects.all().delete()
    tab = visit(locale="en-GB")
    page = tab.page
    page.goto(PAGES.get(name, "/datasets/"))
    page.evaluate("for (const fold of document.querySelectorAll('details.fold')) fold.open = true")
    faults = []
    for scheme, width in (("light", 1280), ("light", 360), ("dark", 360), ("dark", 1280)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate(STILL)
        for violation in Axe().run(page)["violations"]:
            faults += [f"{width} {scheme}: {violation['id']}: {node['html'][:150]}" for node in violation["nodes"]]
        tab.picture(f"data-{name}-{width}-{scheme}")
    assert faults == []
    for width in (360, 320, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        assert (width, page.evaluate(OVERFLOW)) == (width, 0)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(OVERFLOW) == 0
