"""What can go wrong under a visitor's eyes: a reload, a killed site, a database that is away, a provider that fails."""

import pytest
from playwright.sync_api import expect

from arena import presenting
from arena.models import Vote
from arena.tests.lines import through

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

PACED = ("paced-a?chunks=80&delay=0.03", "paced-b?chunks=80&delay=0.03")
SLOW = ("paced-a?chunks=4000&delay=0.03", "paced-b?chunks=4000&delay=0.03")


def test_a_reload_in_the_middle_loses_and_doubles_nothing(visit, models, scripted):
    scripted.reset()
    tab = visit()
    tab.ask(models=models(*PACED))
    for _reload in range(3):
        tab.sees_both_being_written()
        tab.page.reload()
    tab.sees_both()
    assert [tab.shown(side) for side in "ab"] == [tab.written(side) for side in "ab"]
    assert [len(scripted.calls(call)) for call in PACED] == [1, 1]


def test_two_tabs_show_the_same_answers_of_one_call_each(visit, models, scripted):
    scripted.reset()
    tab = visit()
    tab.ask(models=models(*PACED))
    tab.sees_both_being_written()
    second = tab.another()
    second.sees_both_being_written()
    for each in (tab, second):
        each.sees_both()
        assert [each.shown(side) for side in "ab"] == [each.written(side) for side in "ab"]
    assert second.errors == []
    assert [len(scripted.calls(call)) for call in PACED] == [1, 1]


@pytest.mark.parametrize("reloads", [True, False], ids=["reloaded", "left open"])
def test_after_a_kill_the_page_keeps_what_was_saved_and_asks_again(visit, models, own_site, reloads):
    site = own_site()
    tab = visit(at=site)
    tab.expects("WebSocket", r"\[object Event\]", "ERR_CONNECTION", "htmx:")
    tab.ask(models=models("paced-a?chunks=120&delay=0.03", "paced-b?chunks=120&delay=0.03"))
    tab.sees_both_being_written()
    tab.until(lambda: all(presenting.progress(tab.answer(side))[0] for side in "ab"))
    site.kill()
    site.start()
    if reloads:
        tab.page.reload()
    tab.sees_both("interrompu")
    for side in "ab":
        expect(tab.side(side)).to_contain_text("La réponse a été interrompue")
        assert tab.shown(side) == tab.written(side) != ""
    for side in "ab":
        tab.side(side).get_by_role("button", name="Redemander").click()
        expect(tab.state(side)).to_have_text("écrit")
    tab.sees_both()
    assert [tab.shown(side) for side in "ab"] == [tab.written(side) for side in "ab"]
    tab.choose("a_better")


FAILURES = {
    "timeout-after": "Ce modèle a mis trop de temps à répondre",
    "rate-limited": "Ce modèle reçoit trop de questions",
    "cut": "La réponse a été interrompue",
}


@pytest.mark.parametrize("behaviour", FAILURES)
def test_a_failure_is_told_on_its_side_and_leaves_the_other(visit, models, behaviour):
    tab = visit()
    failing, fine = models(behaviour, "quick-b")
    tab.ask(models=[failing, fine])
    comparison = tab.comparison
    side, other = ("a", "b") if comparison.model_a_id == failing.pk else ("b", "a")
    expect(tab.side(side).locator(".trouble")).to_contain_text(FAILURES[behaviour])
    expect(tab.side(side).get_by_role("button", name="Redemander")).to_be_visible()
    expect(tab.state(other)).to_have_text("terminé")
    expect(tab.side(other).locator(".trouble")).to_have_count(0)
    assert tab.shown(other) == tab.written(other) != ""
    expect(tab.page.locator("input[name=choice]")).to_have_count(0)
    expect(tab.page.get_by_role("button", name="Révéler sans voter")).to_be_visible()


def test_a_side_that_failed_once_answers_when_asked_again(visit, models, scripted):
    scripted.reset()
    tab = visit()
    flaky, fine = models("flaky-once-a", "quick-b")
    tab.ask(models=[flaky, fine])
    side = "a" if tab.comparison.model_a_id == flaky.pk else "b"
    tab.side(side).get_by_role("button", name="Redemander").click()
    tab.sees_both()
    assert [tab.shown(side) for side in "ab"] == [tab.written(side) for side in "ab"]
    assert (len(scripted.calls("flaky-once-a")), len(scripted.calls("quick-b"))) == (2, 1)
    tab.choose("a_better")


@pytest.mark.parametrize("behaviour", ["hostile", "huge-line"])
def test_a_hostile_answer_runs_nothing_and_loads_nothing(visit, models, behaviour, site):
    tab = visit()
    dialogs, gone = [], []
    tab.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    tab.ask(models=models(behaviour, f"{behaviour}-b"))
    tab.page.on("framenavigated", lambda frame: gone.append(frame.url))
    tab.sees_both()
    tab.choose("both_bad")
    tab.page.wait_for_load_state("networkidle")
    assert (dialogs, gone, tab.hosts) == ([], [], {site.url})
    assert tab.page.evaluate("window.hostile") is None
    found = (
        ":is(script, style, img, form, input, iframe, object, meta, base, svg, template, [onclick], [onload], [style])"
    )
    assert tab.page.locator(f".answer-body {found}").count() == 0
    tab.reveal()
    assert Vote.objects.get().choice == "both_bad"


@pytest.fixture
def line(site_process):
    with through(site_process.environment["DATABASE_URL"]) as line:
        yield line


def test_a_vote_that_the_database_did_not_take_is_told_and_sent_again(visit, models, own_site, line):
    tab = visit(at=own_site(DATABASE_URL=line.url))
    tab.expects("status of 50[03]", "htmx:", "Response Status Error Code 50[03]")
    tab.ask(models=models("quick-a", "quick-b"))
    tab.sees_both()
    expect(tab.page.locator("input[value=a_better]")).to_be_visible()
    line.cut()
    with tab.page.expect_response("**/vote/", timeout=30_000) as response:
        tab.page.check("input[value=a_better]")
    assert response.value.status >= 500
    expect(tab.page.locator("[data-comparia-connection]")).not_to_have_text("")
    expect(tab.saved()).to_have_text("")
    expect(tab.page.locator("#reveal")).to_have_count(0)
    assert not Vote.objects.exists()
    line.mend()
    tab.until(lambda: tab.page.request.get("/readyz").ok)
    tab.choose("b_better")
    assert Vote.objects.get().choice == "b_better"
    tab.reveal()
