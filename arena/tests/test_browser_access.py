"""The arena for everyone: small screens, large text, a keyboard alone, a screen reader, light and dark."""

import re

import pytest
from playwright.sync_api import expect

from arena.models import Comparison, Turn, Vote
from arena.tests.browser import axe

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

QUICK = ("quick-a", "quick-b")
ENDLESS = ("paced-a?chunks=4000&delay=0.03", "paced-b?chunks=4000&delay=0.03")
SCREENS = {
    "360 px": ({"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}, 100),
    "320 px": ({"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}, 100),
    "large text": ({"viewport": {"width": 1280, "height": 800}}, 200),
}
STILL = """async () => {
  const moving = () => document.getAnimations().filter((one) => one.effect.getComputedTiming().iterations !== Infinity);
  do {
    for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
    await Promise.allSettled(moving().map((one) => one.finished));
  } while (moving().length);
}"""
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const scrolls = (element) =>
    element && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
  const wide = Array.from(document.querySelectorAll("body *"))
    .filter((element) => element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement))
    .map((element) => `${element.tagName}.${element.className} ${element.textContent.trim().slice(0, 30)}`);
  return [`${document.documentElement.scrollWidth} px wide on ${width}`, ...wide.slice(0, 10)];
}"""
CLIPPED = """() => Array.from(document.querySelectorAll("button, label, summary, h1, h2, h3, .choice-face, .state"))
  .filter((element) => element.checkVisibility({ visibilityProperty: true }))
  .filter((element) => !element.closest(".sr-only, .table-scroll, .fr-skiplinks"))
  .filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    const isCut = getComputedStyle(element).overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
    return isCut || left < -1 || right > innerWidth + 1;
  })
  .map((element) => `${element.tagName}.${element.className} ${element.textContent.trim().slice(0, 30)}`)"""
PAST_ITS_BOX = """() => Array.from(document.querySelectorAll(".choice-text, .views-name, .tag > span, .state"))
  .filter((element) => element.checkVisibility() && element.offsetParent)
  .filter((element) => {
    const box = element.closest(".choice-face, label, .answer").getBoundingClientRect();
    const text = document.createRange();
    text.selectNodeContents(element);
    const { left, right, top, bottom } = text.getBoundingClientRect();
    return left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1;
  })
  .map((element) => element.textContent.trim())"""


def fits(tab, name, text_size):
    """Nothing is out of the screen, nor out of the box that it stands in; a picture is kept."""
    if text_size != 100:
        tab.page.evaluate(f"document.documentElement.style.fontSize = '{text_size}%'")
    tab.picture(name)
    assert (name, *(tab.page.evaluate(test) for test in (OVERFLOW, CLIPPED, PAST_ITS_BOX))) == (name, [], [], [])


@pytest.mark.parametrize("screen", SCREENS)
def test_everything_fits_and_can_be_reached(visit, models, screen):
    options, text_size = SCREENS[screen]
    is_phone = "px" in screen
    tab = visit(**options)
    name = screen.replace(" ", "-")
    tab.page.goto("/")
    fits(tab, f"home-{name}", text_size)
    tab.page.goto("/arene/")
    fits(tab, f"start-{name}", text_size)
    tab.ask(models=models("reasoning-a", "huge-line-b?size=3000"))
    tab.sees_both()
    fits(tab, f"vote-{name}", text_size)
    expect(tab.side("a")).to_be_visible()
    if is_phone:
        expect(tab.side("b")).to_be_hidden()
        tab.page.check("#turn-1-views input[value=b]")
        expect(tab.side("b")).to_be_visible()
        expect(tab.side("a")).to_be_hidden()
        tab.page.check("#turn-1-views input[value=both]")
    expect(tab.side("a")).to_be_visible()
    expect(tab.side("b")).to_be_visible()
    heights = [choice.bounding_box()["height"] for choice in tab.page.locator("#turn-1 .choice").all()]
    assert len(heights) == 5
    assert min(heights) >= 44
    tab.choose("a_better")
    fits(tab, f"voted-{name}", text_size)
    tab.follow_up("Et sur Mars ?")
    tab.sees_both(number=2)
    tab.choose("b_better", number=2)
    tab.reveal()
    fits(tab, f"reveal-{name}", text_size)


@pytest.fixture
def examine():
    """Look at a page with axe in light and in dark, its folds open, and keep a picture of each: no fault is found."""
    faults = []

    def look(tab, name):
        tab.page.evaluate("for (const fold of document.querySelectorAll('.fold')) fold.open = true")
        for scheme, rules in (("light", None), ("dark", {"runOnly": ["color-contrast"]})):
            tab.page.emulate_media(color_scheme=scheme)
            tab.page.evaluate(STILL)
            faults.extend(f"{name}, {scheme}: {fault}" for fault in axe(tab.page, rules))
            tab.picture(f"{name}-1280-{scheme}")

    yield look
    assert "\n".join(faults) == ""


def test_axe_finds_no_fault_up_to_the_answers(visit, models, own_site, examine):
    tab = visit(at=own_site(ARENA_ABANDON_SECONDS="60"))
    tab.expects("status of 422")
    pair = models(*ENDLESS)
    tab.write(models=[pair[0], pair[0]])
    tab.page.get_by_role("button", name="Comparer").click()
    expect(tab.page.locator("#id_models_error")).to_be_visible()
    examine(tab, "start-error")
    tab.ask(models=pair)
    tab.sees_both_being_written()
    examine(tab, "writing")
    tab.page.get_by_role("button", name="Arrêter les réponses").click()
    tab.sees_both("arrêté")
    examine(tab, "stopped")


def test_axe_finds_no_fault_from_the_answers_to_the_reveal(visit, models, examine):
    tab = visit()
    tab.ask(models=models("rate-limited", "cut"))
    expect(tab.page.locator(".trouble")).to_have_count(2)
    examine(tab, "failed")
    tab.ask(models=models("reasoning-a", "quick-b"))
    tab.sees_both()
    examine(tab, "vote")
    tab.choose("a_better")
    examine(tab, "voted")
    tab.reveal()
    examine(tab, "reveal")


def test_a_screen_reader_hears_the_end_of_each_answer_once_and_no_token(visit, models):
    tab = visit()
    tab.ask(models=models("paced-a?chunks=60&delay=0.03", "paced-b?chunks=90&delay=0.03"))
    tab.page.evaluate(
        """() => {
          window.heard = [];
          new MutationObserver((changes) => {
            for (const { target } of changes) {
              const element = target.nodeType === 1 ? target : target.parentElement;
              const region = element?.closest("[aria-live], [role=status], [role=alert], [role=log]");
              const text = region?.textContent.trim();
              if (text && text !== window.heard.at(-1)) window.heard.push(text);
            }
          }).observe(document.body, { subtree: true, childList: true, characterData: true });
        }"""
    )
    tab.sees_both_being_written()
    live = ":is([aria-live=polite], [aria-live=assertive], [role=log], [role=status], [role=alert])"
    assert tab.page.locator(f"{live} .answer-body, .answer-body {live}, .answer-body{live}").count() == 0
    tab.sees_both()
    tab.until(lambda: tab.page.evaluate("window.heard.length") >= 2 or None)
    heard = ". ".join(tab.page.evaluate("window.heard"))
    assert (heard.count("Réponse A terminée"), heard.count("Réponse B terminée")) == (1, 1)
    assert len(heard) < 100


FOCUSED = """() => {
  const element = document.activeElement;
  const face = element.matches("[type=radio], [type=checkbox]") ? element.nextElementSibling ?? element : element;
  const box = element.closest(".ask-box");
  const styles = [element, face, box].filter(Boolean).flatMap((one) =>
    [null, "::before", "::after"].map((part) => getComputedStyle(one, part)));
  const rectangle = element.getBoundingClientRect();
  return {
    tag: element.tagName,
    name: element.innerText?.trim() || element.getAttribute("aria-label") || element.name || "",
    value: element.value ?? "",
    isSeen: styles.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
      || style.boxShadow !== "none"),
    isOnScreen: rectangle.bottom > 0 && rectangle.top < innerHeight,
  };
}"""


class Keyboard:
    """A visitor with no pointer: each stop of the focus must be seen, and on the screen."""

    def __init__(self, tab):
        self.tab = tab

    def press(self, key):
        self.tab.page.keyboard.press(key)
        self.tab.page.evaluate(STILL)
        return self.tab.page.evaluate(FOCUSED)

    def go_to(self, *, backwards=False, **wanted):
        """Press Tab until what has the focus is as wanted."""
        for _stop in range(60):
            focused = self.press("Shift+Tab" if backwards else "Tab")
            assert focused["tag"] == "BODY" or (focused["isSeen"] and focused["isOnScreen"]), focused
            if all(re.search(pattern, focused[what]) for what, pattern in wanted.items()):
                return focused
        raise AssertionError(f"The keyboard does not reach {wanted}.")


def test_the_keyboard_alone_goes_from_the_skip_link_to_the_reveal(visit, models):
    models(*QUICK)
    tab = visit()
    keys = Keyboard(tab)
    tab.page.goto("/arene/")
    keys.go_to(tag="A", name="Contenu")
    tab.page.keyboard.press("Enter")
    keys.go_to(tag="TEXTAREA")
    tab.page.keyboard.type("Première ligne")
    tab.page.keyboard.press("Shift+Enter")
    tab.page.keyboard.type("Seconde ligne")
    keys.go_to(tag="INPUT", name="consent")
    tab.page.keyboard.press("Space")
    keys.go_to(backwards=True, tag="TEXTAREA")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(re.compile("/arene/.{36}/"))
    tab.sees_both()
    assert Turn.objects.get().prompt == "Première ligne\nSeconde ligne"

    keys.go_to(tag="INPUT", name="^choice$")
    tab.page.keyboard.press("ArrowRight")
    expect(tab.saved()).to_contain_text("Vote enregistré")
    assert tab.page.evaluate("document.activeElement.name") == "choice"
    keys.go_to(tag="INPUT", name="tags_a")
    tab.page.keyboard.press("Space")
    tab.until(lambda: Vote.objects.filter(tags_a=["useful"]).first())
    assert tab.page.evaluate("document.activeElement.name") == "tags_a"
    keys.go_to(tag="TEXTAREA", name="prompt|follow")
    tab.page.keyboard.type("Et sur Mars ?")
    tab.page.keyboard.press("Enter")
    tab.sees_both(number=2)
    assert tab.page.evaluate("document.activeElement.closest('#turn-2') !== null")
    keys.go_to(tag="INPUT", name="^choice$")
    tab.page.keyboard.press("Space")
    expect(tab.saved(2)).to_contain_text("Vote enregistré")
    keys.go_to(tag="BUTTON", name="Révéler")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("#reveal-title")).to_be_focused()


def test_after_a_retry_and_a_stop_the_focus_is_not_lost(visit, models):
    tab = visit()
    tab.ask(models=models(*ENDLESS))
    tab.sees_both_being_written()
    tab.page.get_by_role("button", name="Arrêter les réponses").focus()
    tab.page.keyboard.press("Enter")
    tab.sees_both("arrêté")
    expect(tab.page.locator("#turn-1 input[name=choice]")).to_have_count(5)
    after_stop = tab.page.evaluate("document.activeElement.tagName")
    tab.side("b").get_by_role("button", name="Redemander").focus()
    tab.page.keyboard.press("Enter")
    expect(tab.state("b")).to_have_text("écrit")
    after_retry = tab.page.evaluate("document.activeElement.tagName")
    assert "BODY" not in (after_stop, after_retry), (after_stop, after_retry)


def test_enter_does_not_send_while_an_input_method_composes(visit, models):
    tab = visit()
    tab.write("日本", models=models(*QUICK))
    tab.page.focus("#id_prompt")
    composing = """(init) => document.activeElement.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init }))"""
    assert tab.page.evaluate(composing, {"isComposing": True})
    assert tab.page.evaluate(composing, {"keyCode": 229})
    assert (tab.page.url.endswith("/arene/"), Comparison.objects.count()) == (True, 0)
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(re.compile("/arene/.{36}/"))
    assert Turn.objects.get().prompt == "日本"
