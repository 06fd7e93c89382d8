"""A conversation that goes on, in a real browser: further questions, names hidden, drafts, long answers, its end."""

import re

import pytest
from playwright.sync_api import expect

from arena.models import Answer, Comparison, Turn, Vote
from arena.tests.test_browser_access import SCREENS, Keyboard, examine, fits  # noqa: F401 (a fixture)

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

QUICK = ("quick-a", "quick-b")
ENDLESS = ("paced-a?chunks=4000&delay=0.03", "paced-b?chunks=4000&delay=0.03")
NAMED = "Bonjour ! Je suis ChatGPT, un modèle développé par OpenAI. Le mistral souffle sur la Provence."
HIDDEN = "Bonjour ! Je suis █████, un modèle développé par █████. Le mistral souffle sur la Provence."
COMPOSING = """(init) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init }))"""


def test_a_name_is_hidden_while_it_comes_when_copied_and_until_the_reveal(visit, models):
    tab = visit(permissions=["clipboard-read", "clipboard-write"])
    echo = "paced-{}?source=echo&size=3&delay=0.03"
    tab.ask(NAMED, models=models(echo.format("a"), echo.format("b")))
    tab.page.evaluate(
        """() => {
          window.seen = "";
          new MutationObserver(() => { window.seen += document.querySelector("#a1").textContent; })
            .observe(document.querySelector("#turns"), { subtree: true, childList: true, characterData: true });
        }"""
    )
    tab.sees_both()
    assert not re.search("ChatGPT|OpenAI", tab.page.evaluate("window.seen"))
    assert tab.shown("a") == HIDDEN
    expect(tab.side("a")).to_contain_text("█████")
    tab.side("a").locator(".tool-copy").click()
    expect(tab.side("a").locator(".tool-copy")).not_to_have_text("Copier")
    assert tab.page.evaluate("navigator.clipboard.readText()") == HIDDEN
    tab.page.reload()
    assert tab.shown("a") == HIDDEN
    tab.choose("both_good")
    tab.reveal()
    assert tab.shown("a") == tab.written("a") == NAMED


@pytest.mark.parametrize("screen", SCREENS)
def test_what_a_conversation_may_come_to_fits_and_works(visit, models, scripted, own_site, screen):
    """A failed pair asked again by one button, a side that cannot read so much, the last question, and the end."""
    scripted.reset()
    options, text_size = SCREENS[screen]
    name = screen.replace(" ", "-")
    tab = visit(at=own_site(ARENA_MOST_TURNS="2"), **options)
    tab.ask(models=models("flaky-once-a", "flaky-once-b?status=429"))
    expect(tab.page.locator(".trouble")).to_have_count(2)
    fits(tab, f"both-failed-{name}", text_size)
    tab.page.locator(".retry-both button").click()
    tab.sees_both()
    tab.choose("both_good")
    expect(tab.page.locator("#follow-up-left")).to_be_visible()
    fits(tab, f"last-question-{name}", text_size)
    tab.follow_up("Et sur Mars ?")
    tab.sees_both(number=2)
    tab.choose("a_better", number=2)
    fits(tab, f"full-{name}", text_size)
    tab.page.fill("#follow-up-prompt", "Et sur Vénus ?")
    tab.page.reload()
    expect(tab.page.locator("#follow-up-prompt")).to_have_value("Et sur Vénus ?")
    tab.page.locator("#follow-up .ask-send button").click()
    tab.page.wait_for_url(lambda url: str(Comparison.objects.order_by("created_at").last().pk) in url)
    assert Turn.objects.get(comparison=tab.comparison).prompt == "Et sur Vénus ?"

    long, fine = models("context-too-long", "quick-b")
    tab.ask("Une question", models=[long, fine])
    expect(tab.page.locator(".trouble")).to_contain_text("trop longue")
    fits(tab, f"too-long-{name}", text_size)
    before = tab.path
    if "px" in screen:
        tab.page.check("#turn-1-views input[value=both]")
    tab.page.locator(".anew button").click()
    tab.page.wait_for_url(lambda url: "/arene/" in url and before not in url)
    assert (Turn.objects.filter(prompt="Une question").count(), tab.comparison.mode) == (2, "random")


def test_a_question_refused_by_a_conversation_that_is_full_is_asked_elsewhere_as_it_is(visit, models, own_site):
    site = own_site(ARENA_MOST_TURNS="2")
    tab = visit(at=site)
    tab.expects("status of 409", "htmx:", "Response Status Error Code 409")
    tab.ask(models=models(*QUICK))
    tab.sees_both()
    tab.choose("both_good")
    second = tab.another()
    second.follow_up("Une autre, ailleurs")
    second.sees_both(number=2)
    tab.page.evaluate("document.querySelector('#follow-up [name=number]').value = 3")
    tab.follow_up("Et sur Mars ?")
    notice = tab.page.locator("#notices .anew")
    expect(notice).to_be_visible()
    expect(tab.page.locator("#follow-up-prompt")).to_have_value("Et sur Mars ?")
    before = tab.path
    notice.get_by_role("button").click()
    tab.page.wait_for_url(lambda url: before not in url)
    assert Turn.objects.get(comparison=tab.comparison).prompt == "Et sur Mars ?"


def test_the_keyboard_alone_asks_both_again_and_goes_on_in_a_new_comparison(visit, models, scripted):
    scripted.reset()
    tab = visit()
    keys = Keyboard(tab)
    tab.ask(models=models("flaky-once-a", "flaky-once-b?status=429"))
    expect(tab.page.locator(".retry-both")).to_be_visible()
    keys.go_to(tag="BUTTON", name="aux deux|both again")
    tab.page.keyboard.press("Enter")
    tab.sees_both()
    assert tab.page.evaluate("document.activeElement.closest('#turn-1') !== null")
    keys.go_to(tag="INPUT", name="^choice$")
    tab.page.keyboard.press("Space")
    expect(tab.saved()).to_contain_text("Vote enregistré")
    keys.go_to(tag="TEXTAREA", name="prompt|follow")
    tab.page.keyboard.type("Première")
    tab.page.keyboard.press("Shift+Enter")
    tab.page.keyboard.type("Seconde")
    assert tab.page.evaluate(COMPOSING, {"isComposing": True})
    assert tab.page.evaluate(COMPOSING, {"keyCode": 229})
    assert Turn.objects.count() == 1
    tab.page.keyboard.press("Enter")
    tab.sees_both(number=2)
    assert Turn.objects.get(number=2).prompt == "Première\nSeconde"

    tab.ask("Une question", models=models("context-too-long", "quick-b"))
    expect(tab.page.locator(".anew")).to_be_visible()
    before = tab.path
    keys.go_to(tag="BUTTON", name="nouvelle comparaison|new comparison")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(lambda url: before not in url)
    assert Turn.objects.filter(prompt="Une question").count() == 2


def test_drafts_of_the_next_question_and_of_a_comment_survive_a_reload(visit, models):
    tab = visit()
    tab.ask(models=models(*QUICK))
    tab.sees_both()
    tab.choose("a_better")
    tab.page.fill("#follow-up-prompt", "Et sur Mars ?")
    tab.page.locator(".why-side[data-side=b] summary").click()
    tab.page.locator("[name=comment_b]").press_sequentially("Trop court")
    assert Vote.objects.get().comment_b == ""
    tab.page.reload()
    expect(tab.page.locator("#follow-up-prompt")).to_have_value("Et sur Mars ?")
    expect(tab.page.locator("[name=comment_b]")).to_be_visible()
    expect(tab.page.locator("[name=comment_b]")).to_have_value("Trop court")
    tab.until(lambda: Vote.objects.get().comment_b == "Trop court")
    tab.page.reload()
    expect(tab.page.locator("[name=comment_b]")).to_have_value("Trop court")
    assert tab.page.evaluate("Object.keys(sessionStorage).filter((key) => key.includes('comment')).length") == 0


def test_the_page_follows_the_end_only_while_the_reader_is_there_and_never_jumps(visit, models, own_site):
    tab = visit(at=own_site(ARENA_ABANDON_SECONDS="60"), viewport={"width": 1280, "height": 600})
    tab.ask(models=models("paced-a?chunks=2000&delay=0.01", "paced-b?chunks=2000&delay=0.01"))
    tab.sees_both_being_written()
    height = "document.documentElement.scrollHeight"
    bottom = "Math.round(document.querySelector('#turn-1').getBoundingClientRect().bottom - innerHeight)"
    tab.page.wait_for_function(f"() => {bottom} > 900")
    tab.page.mouse.move(600, 300)
    tab.page.mouse.wheel(0, 200)
    tab.page.wait_for_function("() => scrollY > 100")
    tab.page.wait_for_timeout(200)
    place, grown = tab.page.evaluate("scrollY"), tab.page.evaluate(height)
    tab.page.wait_for_function(f"() => {height} > {grown} + 300")
    assert tab.page.evaluate("scrollY") == place

    tab.page.evaluate("document.querySelector('#turn-1').scrollIntoView({ block: 'end' })")
    tab.page.wait_for_timeout(200)
    grown = tab.page.evaluate(height)
    tab.page.wait_for_function(f"() => {height} > {grown} + 300")
    assert abs(tab.page.evaluate(bottom)) < 160


SWIPE = """([from, to]) => {
  const target = document.querySelector("[data-comparia-swipe] .answer-body");
  const touch = (x) => new Touch({ identifier: 1, target, clientX: x, clientY: 300 });
  const send = (name, touches, changed) =>
    target.dispatchEvent(new TouchEvent(name, { bubbles: true, touches, changedTouches: changed }));
  send("touchstart", [touch(from)], [touch(from)]);
  send("touchend", [], [touch(to)]);
}"""


def test_on_a_phone_a_swipe_goes_from_one_answer_to_the_other_and_both_can_be_stacked(visit, models):
    tab = visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    tab.ask(models=models(*QUICK))
    tab.sees_both()
    for swipe, shown, hidden in (([250, 90], "b", "a"), ([90, 250], "a", "b"), ([200, 170], "a", "b")):
        tab.page.evaluate(SWIPE, swipe)
        expect(tab.side(shown)).to_be_visible()
        expect(tab.side(hidden)).to_be_hidden()
    tab.page.check("#turn-1-views input[value=both]")
    tab.page.evaluate(SWIPE, [250, 90])
    first, second = (tab.side(side).bounding_box() for side in "ab")
    assert second["y"] >= first["y"] + first["height"]


def test_reasoning_is_folded_with_how_long_it_took(visit, models):
    tab = visit()
    tab.ask(models=models("reasoning-a", "quick-b"))
    tab.sees_both()
    side = "a" if Answer.objects.exclude(reasoning="").get().side == "a" else "b"
    fold = tab.side(side).locator(".reasoning")
    expect(fold.locator("summary")).to_have_text("A réfléchi moins d’une seconde")
    expect(fold.locator("p")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.locator("p")).to_contain_text("La personne attend une réponse claire.")
    expect(tab.side("b" if side == "a" else "a").locator(".reasoning")).to_have_count(0)


def test_axe_finds_no_fault_where_a_conversation_ends(visit, models, scripted, own_site, examine):  # noqa: F811
    scripted.reset()
    tab = visit(at=own_site(ARENA_MOST_TURNS="1"))
    tab.ask(models=models("rate-limited-a", "rate-limited-b"))
    expect(tab.page.locator(".retry-both")).to_be_visible()
    examine(tab, "both-failed")
    tab.ask(models=models("context-too-long", "quick-b"))
    expect(tab.page.locator(".anew")).to_be_visible()
    examine(tab, "too-long")
    tab.ask(NAMED, models=models("echo-a", "echo-b"))
    tab.sees_both()
    tab.choose("a_better")
    examine(tab, "masked-and-full")
