"""Every page of the site, in each theme: what the RGAA asks of all of them, looked at in one go.

A page that is added joins `places.furnish`, or the tests say that it is missing.
"""

from itertools import islice

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from arena.tests import factories
from arena.tests.browser import axe
from arena.tests.test_browser_access import OVERFLOW, STILL
from comparia.tests import places

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

PARTS = 3
"""Of all pages, so that workers share them."""

SEEN = """() => {
  const all = (query) => Array.from(document.querySelectorAll(query));
  const shown = (element) => element.checkVisibility();
  const headings = all("h1, h2, h3, h4, h5, h6").filter((one) => shown(one) && !one.closest(".answer-body"));
  const levels = headings.map((one) => Number(one.tagName[1]));
  const described = (one) => (one.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
  return {
    title: document.title,
    lang: document.documentElement.lang,
    h1: levels.filter((level) => level === 1).length,
    skipped: levels.filter((level, place) => place && level > levels[place - 1] + 1).length,
    main: all("main").length,
    banner: all("header[role=banner]").length,
    contentinfo: all("footer[role=contentinfo]").length,
    unnamedNavigation: all("nav:not([aria-label]):not([aria-labelledby])").length,
    deadSkips: all("[href='#content'], [href='#navigation'], [href='#footer']").map((one) => one.hash)
      .filter((hash) => !document.querySelector(hash)),
    skips: all("nav a[href='#content']").length,
    unsized: all("img:not([width]), img:not([height])").map((one) => one.src),
    missing: all("[aria-describedby]").filter((one) => described(one).some((id) => !document.getElementById(id)))
      .map((one) => one.outerHTML.slice(0, 100)),
    charts: all("svg[role=img], svg[role=group], figure svg").filter(shown).length,
    tables: all("table").length,
    wordless: all("svg[role=img]:not([aria-label]):not([aria-labelledby]):not(:has(title))")
      .map((one) => one.outerHTML.slice(0, 100)),
    newWindows: all("a[target=_blank]").length,
    tabindex: all("[tabindex]").filter((one) => one.tabIndex > 0).length,
    moving: document.getAnimations().filter((one) => one.effect.getComputedTiming().duration > 100).length,
  };
}"""
EXPECTED = {
    **{"lang": "fr", "h1": 1, "skipped": 0, "main": 1, "banner": 1, "contentinfo": 1, "unnamedNavigation": 0},
    **{"deadSkips": [], "skips": 1, "unsized": [], "missing": [], "wordless": [], "newWindows": 0, "tabindex": 0},
    "moving": 0,
}
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
CUT = """() => Array.from(document.querySelectorAll("button, .button, label, summary, h1, h2, h3, th, td, nav a"))
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.clientWidth > 1)
  .filter((one) => {
    for (let within = one; within; within = within.parentElement)
      if (getComputedStyle(within).clipPath !== "none") return false;  // for screen readers alone
    return !one.closest(".sr-only, .table-scroll, [class*=skip]");
  })
  .filter((one) => {
    const style = getComputedStyle(one);
    return (style.overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1)
      || (style.overflowY !== "visible" && one.scrollHeight > one.clientHeight + 1);
  })
  .map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 30)}`)"""


@pytest.fixture
def pages(site):
    return places.furnish()


def routes(patterns, inside=""):
    """The names of all routes of the public site."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver) and not f"{inside}{pattern.pattern}".startswith("admin/"):
            yield from routes(pattern.url_patterns, f"{inside}{pattern.pattern}")
        elif isinstance(pattern, URLPattern) and not f"{inside}{pattern.pattern}".startswith("admin/"):
            yield pattern.name


def test_no_page_is_forgotten(pages):
    named = {name for name in routes(get_resolver().url_patterns) if name} - places.NOT_PAGES
    assert named == set(pages) - {"no such page"}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("theme", ["dsfr", "neutral"])
def test_every_page_has_what_all_need_and_axe_finds_no_fault(visit, site, pages, theme, part):
    factories.portal(theme=theme)
    tab = visit()
    tab.expects("status of 404")
    tab.page.context.add_cookies([places.cookie(site)])
    addresses = [address for found in pages.values() for address in found]
    faults, titles = [], {}
    for address in islice(addresses, part, None, PARTS):
        answered = tab.page.goto(address)
        if answered.status != (404 if address == "/rien/" else 200):
            faults.append(f"{address}: answered {answered.status}")
            continue
        faults += [f"{address}: {fault}" for fault in looked_at(tab.page, titles)]
    assert "\n".join(faults) == ""
    assert tab.hosts == {site.url}


def looked_at(page, titles):
    """The faults of the page that is open; `titles` are those of the pages before."""
    page.emulate_media(color_scheme="light")
    page.evaluate("for (const fold of document.querySelectorAll('details.fold')) fold.open = true")
    page.evaluate(STILL)
    seen = page.evaluate(SEEN)
    yield from (f"{name} is {seen[name]!r}" for name, wanted in EXPECTED.items() if seen[name] != wanted)
    if seen["charts"] and not seen["tables"]:
        yield "a chart without a table"
    if titles.setdefault(seen["title"], page.url) != page.url:
        yield f"the title of {titles[seen['title']]}"
    yield from (f"light: {fault}" for fault in axe(page))
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 740})
    page.evaluate(STILL)
    yield from (f"dark, 360 px: {fault}" for fault in axe(page))
    yield from fitting(page)


def fitting(page):
    """320 px wide, text at 200 %, and the spacing that the RGAA lets visitors choose: nothing overflows nor is cut."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate(STILL)
    yield from (f"320 px: {one}" for one in page.evaluate(OVERFLOW))
    page.evaluate(SPACING)
    page.evaluate(STILL)
    yield from (f"spacing at 320 px: {one}" for one in [*page.evaluate(OVERFLOW), *page.evaluate(CUT)])
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate(STILL)
    yield from (f"spacing: {one}" for one in [*page.evaluate(OVERFLOW), *page.evaluate(CUT)])
    page.evaluate("document.adoptedStyleSheets = []; document.documentElement.style.fontSize = '200%'")
    yield from (f"200 %: {one}" for one in [*page.evaluate(OVERFLOW), *page.evaluate(CUT)])
    page.evaluate("document.documentElement.style.fontSize = ''")


@pytest.mark.parametrize("theme", ["dsfr", "neutral"])
def test_the_skip_link_is_first_and_leads_to_the_content(visit, site, theme):
    factories.portal(theme=theme)
    page = visit().page
    page.goto("/contact/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize(
    ("address", "wrong", "field"),
    [
        ("/contact/", {"#id_message": "", "#id_email": "nobody"}, "#id_message"),
        ("/recu/", {"#code": "nonsense"}, "#code"),
    ],
)
def test_errors_are_tied_to_their_fields(visit, site, address, wrong, field):
    tab = visit()
    tab.expects("status of 422", "status of 404")
    page = tab.page
    page.goto(address)
    for box, text in wrong.items():
        page.fill(box, text)
    page.locator("main form button[type=submit]").click()
    invalid = page.locator("[aria-invalid=true]")
    invalid.first.wait_for()
    assert invalid.first.evaluate("(it) => `#${it.id}`") == field
    told = invalid.evaluate_all(
        """(boxes) => boxes.map((one) => one.getAttribute("aria-describedby").split(" ")
          .some((id) => document.getElementById(id)?.matches("[id$=error], [role=alert]")))"""
    )
    assert told == [True] * (2 if address == "/contact/" else 1)
