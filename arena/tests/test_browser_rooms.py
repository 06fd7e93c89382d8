"""A class in real browsers: the teacher's projector, the pupils' phones."""

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from arena.models import Comparison, Room, RoomVote
from arena.tests.test_browser_access import CLIPPED, OVERFLOW, Keyboard, examine  # noqa: F401

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

PROMPT = "Pourquoi le ciel est-il bleu le jour et noir la nuit ?"
PACED = ("paced-a?chunks=60&delay=0.03", "paced-b?chunks=60&delay=0.03")
QUICK = ("quick-a", "quick-b")
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
PROJECTOR = {"viewport": {"width": 1920, "height": 1080}}


def opened(teacher, **ticked):
    """The teacher opens a room; its code."""
    teacher.page.goto("/salle/")
    for name in ticked:
        teacher.page.check(f"[name={name}]" if ticked[name] is True else f"[name={name}][value={ticked[name]}]")
    teacher.page.locator(".room-form button[type=submit]").click()
    teacher.page.wait_for_url(re.compile("/ecran/"))
    return teacher.page.url.split("/")[4]


def come_in(pupil, code):
    pupil.page.goto("/salle/")
    pupil.page.fill("#room-code", code.lower())
    pupil.page.locator(".room-find button").click()
    for consent in pupil.page.locator("#id_consent").all():
        consent.check()
    pupil.page.locator(".room-enter button").click()
    pupil.page.wait_for_url(re.compile(f"/salle/{code}/$"))


def ask(teacher, prompt=PROMPT):
    teacher.page.fill("#id_prompt", prompt)
    for consent in teacher.page.locator("#id_consent").all():
        consent.check()
    teacher.page.locator(".room-ask .ask-send button").click()


@pytest.fixture
def visit(visit):
    """A vote or an act goes before what the page had asked: htmx notes that as an error."""

    def bring(**options):
        tab = visit(**options)
        tab.expects("htmx:(afterRequest|sendAbort)")
        return tab

    return bring


def at(tab, stage):
    expect(tab.page.locator(f"[data-stage={stage}]")).to_have_count(1)


def votes(teacher, choice):
    return teacher.page.locator(f".tally-{choice} .tally-votes")


def named(tab):
    comparison = Comparison.objects.latest("created_at")
    page = tab.page.locator(".turn, .reveal, .tally").all_inner_texts()
    return [model.name for model in (comparison.model_a, comparison.model_b) if model.name in " ".join(page)]


def test_a_class_reads_votes_and_discovers_together(visit, models):
    models(*PACED)
    teacher, pupil, other = visit(**PROJECTOR), visit(**PHONE), visit()
    code = opened(teacher)
    for number, tab in enumerate((pupil, other), start=1):
        come_in(tab, code)
        at(tab, "waiting")
        expect(teacher.page.locator(".board-count b")).to_have_text(str(number))
    ask(teacher)
    for tab in (teacher, pupil, other):
        at(tab, "writing")
    expect(pupil.page.locator("#a1")).not_to_be_empty()
    pupil.page.check("#turn-1-view-b")
    for tab in (teacher, pupil, other):
        at(tab, "voting")
    expect(pupil.page.locator("#turn-1-view-b")).to_be_checked()
    expect(pupil.page.locator("#b1x")).to_be_visible()
    expect(pupil.page.locator("#a1x")).to_be_hidden()

    pupil.page.check("input[value=a_better]")
    expect(pupil.page.locator("#room-saved")).not_to_be_empty()
    other.page.check("input[value=both_bad]")
    expect(votes(teacher, "a_better")).to_have_text("1")
    expect(votes(teacher, "both_bad")).to_have_text("1")
    pupil.page.check("input[value=b_better]")
    expect(votes(teacher, "b_better")).to_have_text("1")
    expect(votes(teacher, "a_better")).to_have_text("0")
    assert [named(tab) for tab in (teacher, pupil, other)] == [[], [], []]

    teacher.page.click("#act-reveal")
    for tab in (teacher, pupil, other):
        expect(tab.page.locator(".identity")).to_have_count(2)
    expect(pupil.page.locator(".tally-b_better .tally-votes")).to_have_text("1")
    expect(teacher.page.locator(".identity.is-preferred")).to_have_attribute("data-side", "b")
    expect(teacher.page.locator("#id_prompt")).to_have_value("")
    ask(teacher, "Et sur Mars ?")
    for tab in (pupil, other):
        expect(tab.page.locator(".question-text")).to_have_text("Et sur Mars ?")
        at(tab, "voting")
    expect(pupil.page.locator("input[name=choice]:checked")).to_have_count(0)

    teacher.page.get_by_role("link", name=re.compile("Sheet to print|Fiche à imprimer")).first.click()
    expect(teacher.page.locator(".sheet-duel")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_telephone_reads_the_square_of_the_projector_and_is_at_the_door(visit, models, scheme):
    models(*QUICK)
    teacher, pupil = visit(**PROJECTOR, color_scheme=scheme), visit(**PHONE)
    code = opened(teacher)
    square = teacher.page.locator(".board-qr")
    expect(square).to_have_attribute("aria-label", re.compile(" ".join(re.findall("..", code))))
    [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(square.screenshot())))
    pupil.page.goto(read.text)
    expect(pupil.page.locator(".room-enter button")).to_be_visible()
    assert pupil.page.url == f"{teacher.page.url.removesuffix('ecran/')}"


def test_nothing_is_lost_by_a_reload_a_second_tab_nor_another_machine(visit, models):
    models(*QUICK)
    teacher, pupil = visit(), visit(**PHONE)
    code = opened(teacher)
    come_in(pupil, code)
    ask(teacher)
    at(pupil, "voting")
    pupil.page.check("input[value=a_better]")
    expect(pupil.page.locator("#room-saved")).not_to_be_empty()
    pupil.page.reload()
    expect(pupil.page.locator("input[value=a_better]")).to_be_checked()
    second = pupil.another()
    second.page.check("input[value=both_good]")
    expect(pupil.page.locator("input[value=both_good]")).to_be_checked()
    assert [vote.choice for vote in RoomVote.objects.all()] == ["both_good"]
    elsewhere = visit(**PROJECTOR)
    elsewhere.page.goto(f"/salle/cle/{Room.objects.get().link}/")
    elsewhere.page.locator("main form button").click()
    elsewhere.page.click("#act-reveal")
    for tab in (elsewhere, teacher, pupil, second):
        at(tab, "revealed")


def test_the_teacher_leads_by_keyboard_and_the_pupil_votes_by_it(visit, models):
    models(*QUICK)
    teacher, pupil = visit(), visit()
    keys = Keyboard(teacher)
    teacher.page.goto("/salle/")
    keys.go_to(tag="INPUT", name="^minutes$|^publish$")
    keys.go_to(tag="BUTTON")
    teacher.page.keyboard.press("Enter")
    teacher.page.wait_for_url(re.compile("/ecran/"))
    come_in(pupil, Room.objects.get().code)
    keys.go_to(tag="TEXTAREA")
    teacher.page.keyboard.type(PROMPT)
    keys.go_to(tag="INPUT", name="consent")
    teacher.page.keyboard.press("Space")
    keys.go_to(backwards=True, tag="TEXTAREA")
    teacher.page.keyboard.press("Enter")
    at(pupil, "voting")
    of_pupil = Keyboard(pupil)
    of_pupil.go_to(tag="INPUT", name="^choice$")
    pupil.page.keyboard.press("Space")
    expect(pupil.page.locator("#room-saved")).not_to_be_empty()
    assert pupil.page.evaluate("document.activeElement.name") == "choice"
    pupil.page.keyboard.press("ArrowRight")
    teacher.until(lambda: RoomVote.objects.filter(choice="both_good").first())
    at(teacher, "voting")
    keys.go_to(tag="BUTTON", name="Révéler")
    teacher.page.keyboard.press("Enter")
    at(pupil, "revealed")


def test_without_javascript_the_class_is_made_of_forms(visit, models):
    models(*QUICK)
    teacher, pupil = visit(java_script_enabled=False), visit(java_script_enabled=False)
    code = opened(teacher)
    come_in(pupil, code)
    expect(pupil.page.locator("meta[http-equiv=refresh]")).to_have_count(1)
    ask(teacher)
    expect(pupil.page.locator("input[value=a_better]")).to_be_attached(timeout=20_000)
    pupil.page.check("input[value=a_better]")
    pupil.page.locator(".vote button").click()
    expect(pupil.page.locator("input[value=a_better]")).to_be_checked()
    assert RoomVote.objects.get().choice == "a_better"
    teacher.page.goto(f"/salle/{code}/ecran/")
    expect(votes(teacher, "a_better")).to_have_text("1")
    teacher.page.locator("#act-reveal").click()
    expect(teacher.page.locator(".identity")).to_have_count(2)
    expect(pupil.page.locator(".identity")).to_have_count(2, timeout=20_000)


def test_a_side_that_breaks_off_is_asked_again_and_the_answers_can_be_stopped(visit, models):
    models("paced-a?chunks=4000&delay=0.03", "paced-b?chunks=4000&delay=0.03")
    teacher, pupil = visit(), visit(**PHONE)
    come_in(pupil, opened(teacher))
    ask(teacher)
    at(pupil, "writing")
    expect(teacher.page.locator("#a1")).not_to_be_empty()
    teacher.page.click("#act-stop")
    at(pupil, "voting")
    Comparison.objects.get().turns.get().answers.filter(side="a").update(status="interrupted", error_code="interrupted")
    at(teacher, "broken")
    at(pupil, "broken")
    teacher.page.click("#act-retry")
    at(pupil, "writing")


def test_each_pupil_has_their_own_with_a_way_back_to_the_room(visit, models):
    models(*QUICK)
    teacher, pupil = visit(**PROJECTOR), visit(**PHONE)
    code = opened(teacher, kind="own")
    come_in(pupil, code)
    pupil.page.locator(".room-own a").first.click()
    pupil.page.fill("#id_prompt", PROMPT)
    expect(pupil.page.locator("#id_consent")).to_have_count(0)
    pupil.page.get_by_role("button", name="Comparer").click()
    pupil.sees_both()
    expect(pupil.page.locator(".room-band")).to_contain_text(Room.objects.get().code_in_pairs)
    pupil.choose("a_better")
    pupil.reveal()
    expect(teacher.page.locator(".board-own b").last).to_have_text("1")
    pupil.page.locator(".room-band a").click()
    expect(pupil.page.locator(".room-own li")).to_have_count(1)
    assert PROMPT not in teacher.page.content()


def test_axe_finds_no_fault_and_everything_fits(visit, models, examine):  # noqa: F811
    models(*QUICK)
    teacher, pupil, phone = visit(), visit(), visit(**PHONE)
    phone.expects("status of 404", "status of 410")

    def fits(tab, name):
        tab.picture(f"room-{name}-360")
        assert (name, tab.page.evaluate(OVERFLOW), tab.page.evaluate(CLIPPED)) == (name, [], [])

    code = opened(teacher)
    examine(teacher, "room-screen-waiting")
    phone.page.goto(f"/salle/{code}/")
    fits(phone, "door")
    phone.page.goto("/salle/A2A2A2/")
    fits(phone, "unknown")
    pupil.page.goto(f"/salle/{code}/")
    examine(pupil, "room-door")
    come_in(pupil, code)
    examine(pupil, "room-pupil-waiting")
    come_in(phone, code)
    ask(teacher)
    for tab in (teacher, pupil, phone):
        at(tab, "voting")
    fits(phone, "voting")
    examine(pupil, "room-pupil-voting")
    examine(teacher, "room-screen-voting")
    pupil.page.check("input[value=a_better]")
    expect(votes(teacher, "a_better")).to_have_text("1")
    teacher.page.click("#act-reveal")
    for tab in (teacher, pupil, phone):
        expect(tab.page.locator(".identity")).to_have_count(2)
    fits(phone, "revealed")
    examine(teacher, "room-screen-revealed")
    examine(pupil, "room-pupil-revealed")
    teacher.page.goto(f"/salle/{code}/fiche/")
    examine(teacher, "room-sheet")
    teacher.page.goto(f"/salle/{code}/ecran/")
    teacher.page.locator(f"form[action='/salle/{code}/fermer/'] button").click()
    at(teacher, "closed")
    examine(teacher, "room-screen-closed")
    phone.page.goto(f"/salle/{code}/")
    fits(phone, "closed")
