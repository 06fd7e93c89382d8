"""Visitors in a real Chromium: one browser for each worker, one visitor for each call of `visit`.

A test module takes the fixtures with `pytest_plugins = ["arena.tests.browser"]`. What a page logs as an error, a
violation of its policy included, fails the test, unless the test said that it expects it.
"""

import asyncio
import os
import re
import time
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from arena import markdown
from arena.models import Answer, Comparison
from deploy.local import browser as local

ARGUMENTS = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run")
SCREENSHOTS = Path(__file__).resolve().parents[2] / "var/screenshots"
PROMPT = "Pourquoi le ciel est-il bleu le jour et noir la nuit ?"
TEN_SECONDS = 10_000

expect.set_options(timeout=TEN_SECONDS)


@pytest.fixture(scope="session")
def chromium():
    """The browser of this worker."""
    path = local.find()
    if path is None and os.environ.get("CI"):
        pytest.fail("No Chromium or Chrome was found, and CI is set.")
    if path is None:
        pytest.skip("No Chromium or Chrome was found.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, "--no-sandbox", "--disable-sync"])
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def browser(chromium, monkeypatch):
    """The browser, during one test.

    Playwright's synchronous calls leave its event loop marked as running in this thread. Django is told not to mind;
    asyncio forgets it after the test, for those that run a loop of their own.
    """
    running, loop = chromium
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    asyncio._set_running_loop(loop)
    yield running
    asyncio._set_running_loop(None)


@pytest.fixture
def visit(site, browser):
    """Bring a visitor: `visit()` gives their first tab; takes the options of a Playwright context, and a site."""
    opened = []

    def bring(at=site, **options):
        options = {"locale": "fr-FR", "reduced_motion": "reduce", "base_url": at.url} | options
        context = browser.new_context(**options)
        context.set_default_timeout(TEN_SECONDS)
        tab = Tab(context)
        opened.append(tab)
        return tab

    yield bring
    errors = [error for tab in opened for error in tab.errors]
    for tab in opened:
        tab.page.context.close()
    assert "\n".join(errors) == ""


class Tab:
    """A visitor's tab: what they do in the arena, and what the page complained of."""

    def __init__(self, context):
        self.errors = []
        self.expected = []
        self.hosts = set()
        self.page = context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self._complain(f"{error}"))
        self.page.on("request", lambda request: self.hosts.add(re.sub(r"^(\w+://[^/]*).*", r"\1", request.url)))

    def _note(self, message):
        if message.type == "error":
            self._complain(f"{message.text} ({message.location.get('url', '')})")

    def _complain(self, text):
        if not any(re.search(pattern, text) for pattern in self.expected):
            self.errors.append(text)

    def expects(self, *patterns):
        """Errors that match these are part of the test."""
        self.expected += patterns

    def another(self):
        """One more tab of the same visitor, on the same page."""
        tab = Tab(self.page.context)
        tab.page.goto(self.page.url)
        return tab

    # --- Doing ------------------------------------------------------------------------------------------

    def write(self, prompt=PROMPT, models=()):
        """Fill the form of a first question, without sending it."""
        self.page.goto("/arene/")
        self.page.fill("#id_prompt", prompt)
        if models:
            self.page.select_option("#id_mode", "custom")
            for box, model in zip(("#id_models", "#id_models_2"), models, strict=False):
                self.page.select_option(box, model.slug)
        for consent in self.page.locator("#id_consent").all():
            consent.check()

    def ask(self, prompt=PROMPT, models=()):
        """Ask a first question; ends on the page of the comparison."""
        self.write(prompt, models)
        self.page.get_by_role("button", name="Comparer").click()
        self.page.wait_for_url(re.compile("/arene/.{36}/"))

    def choose(self, choice, number=1):
        """Vote, and see that the vote is saved."""
        self.page.check(f"#turn-{number} input[value={choice}]")
        expect(self.saved(number)).to_contain_text("Vote enregistré")

    def reveal(self):
        self.page.get_by_role("button", name=re.compile("^Révéler")).click()
        expect(self.page.locator("#reveal")).to_be_visible()

    def follow_up(self, prompt):
        self.page.fill("#follow-up-prompt", prompt)
        self.page.get_by_role("button", name="Envoyer aux deux").click()

    # --- Looking ----------------------------------------------------------------------------------------

    def side(self, side, number=1):
        """The card of one answer."""
        return self.page.locator(f"#{side}{number}x")

    def body(self, side, number=1):
        """The text of one answer."""
        return self.page.locator(f"#{side}{number}")

    def state(self, side, number=1):
        return self.page.locator(f"#{side}{number}s")

    def saved(self, number=1):
        return self.page.locator(f"#turn-{number}-saved")

    def sees_both(self, state="terminé", number=1):
        """Wait until both answers are in this state."""
        for side in "ab":
            expect(self.state(side, number)).to_have_text(state)

    def sees_both_being_written(self, number=1):
        """Wait until both answers show some text, and neither is over."""
        self.page.wait_for_function(
            """(number) => ["a", "b"].every((side) =>
                document.getElementById(`${side}${number}`)?.textContent.trim()
                && document.getElementById(`${side}${number}s`).dataset.state === "writing")""",
            arg=number,
        )

    def until(self, condition):
        """Wait for a condition outside of the page, and give what it returned."""
        deadline = time.monotonic() + TEN_SECONDS / 1000
        while not (found := condition()):
            assert time.monotonic() < deadline, "What was waited for did not come."
            self.page.wait_for_timeout(20)
        return found

    @property
    def path(self):
        return re.search("/arene/.{36}/", self.page.url)[0]

    @property
    def comparison(self):
        """The row behind the page."""
        return Comparison.objects.get(pk=self.path.split("/")[2])

    def answer(self, side, number=1):
        """The row behind one answer."""
        return Answer.objects.get(turn__comparison=self.comparison, turn__number=number, side=side)

    def shown(self, side, number=1):
        """The words of an answer on the page, without buttons and with single spaces."""
        return self.page.evaluate(WORDS, self.body(side, number).inner_html())

    def written(self, side, number=1):
        """The words of the answer's row, rendered once."""
        return self.page.evaluate(WORDS, markdown.render(self.answer(side, number).text))

    def source(self):
        """The page as the server sends it now."""
        return self.page.request.get(self.path).text()

    def picture(self, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def axe(page, rules=None):
    """What axe finds, a line each. The order of headings inside an answer is its author's: docs/accessibility.md."""
    for violation in Axe().run(page, options=rules)["violations"]:
        for node in violation["nodes"]:
            found = page.locator(node["target"][0]).first
            if violation["id"] == "heading-order" and found.evaluate("(it) => Boolean(it.closest('.answer-body'))"):
                continue
            yield f"{violation['id']}: {node['html'][:150]}"


WORDS = """(html) => {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  for (const button of body.querySelectorAll("button")) button.remove();
  return body.textContent.replace(/\\s+/g, " ").trim();
}"""
