"""The journeys of a visitor, in a real browser: to ask, to read, to vote, to discover."""

import difflib
import re

import pytest
from playwright.sync_api import expect

from arena.models import Comparison, Turn, Vote

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser

PROMPT = "Pourquoi le ciel est-il bleu le jour et noir la nuit ?"
PACED = ("paced-a?chunks=60&delay=0.03", "paced-b?chunks=60&delay=0.03")
ENDLESS = ("paced-a?chunks=4000&delay=0.03", "paced-b?chunks=4000&delay=0.03")
QUICK = ("quick-a", "quick-b")


def names_of(models):
    """Everything that would tell who answers."""
    return [word for model in models for word in (model.name, model.slug, "Acme", "Apache", "scripted", "paced")]


def named(text, models):
    return [name for name in names_of(models) if name in text]


def no_sockets(context):
    """Sockets do not pass: a proxy on the way refuses them."""
    context.add_init_script(
        """window.WebSocket = class extends EventTarget {
          constructor() {
            super();
            this.readyState = 3;
            setTimeout(() => {
              this.onerror?.(new Event("error"));
              this.onclose?.(new CloseEvent("close", { code: 1006 }));
            });
          }
          send() {}
          close() {}
        };"""
    )


@pytest.mark.parametrize("has_socket", [True, False], ids=["socket", "no socket"])
def test_from_the_question_to_the_reveal(visit, models, scripted, has_socket):
    scripted.reset()
    tab = visit()
    tab.expects("htmx:(afterRequest|sendAbort)")  # a vote that a newer one replaces
    if not has_socket:
        tab.expects(r"\[object Event\]")
        no_sockets(tab.page.context)
    pair = models(*PACED)
    tab.ask(models=pair)
    tab.sees_both_being_written()
    expect(tab.page.get_by_role("radio", name="A est meilleure")).to_have_count(0)
    tab.sees_both()
    assert [tab.shown(side) for side in "ab"] == [tab.written(side) for side in "ab"]
    assert [len(scripted.calls(call)) for call in PACED] == [1, 1]

    tab.choose("a_better")
    tab.page.check("input[name=tags_a][value=useful]")
    tab.page.check("input[name=tags_b][value=incorrect]")
    for side, comment in (("a", "Bien vu"), ("b", "Trop court")):
        tab.page.locator(f".why-side[data-side={side}] summary").click()
        tab.page.fill(f"textarea[name=comment_{side}]", comment)
        tab.page.locator("#content").click(position={"x": 1, "y": 1})
    vote = tab.until(lambda: Vote.objects.filter(comment_b="Trop court").first())
    assert (vote.choice, vote.tags_a, vote.tags_b, vote.comment_a) == ("a_better", ["useful"], ["incorrect"], "Bien vu")
    assert named(tab.page.content(), pair) == []
    assert named(tab.source(), pair) == []

    tab.reveal()
    comparison = tab.comparison
    for side in "ab":
        card = tab.page.locator(f".identity[data-side={side}]")
        model = comparison.model(side)
        expect(card.get_by_role("heading")).to_have_text(model.name)
        expect(card).to_contain_text("poids ouverts (Apache 2.0)")
        expect(card).to_contain_text("8 milliards de paramètres")
        expect(card.get_by_text("Votre choix")).to_have_count(int(side == "a"))
    cost = tab.page.locator(".cost")
    expect(cost.get_by_role("row", name="Électricité")).to_contain_text("Wh")
    expect(cost.get_by_role("row", name="Carbone")).to_contain_text("CO₂")
    assert (
        tab.page.locator("#turn-1").get_by_role("button", name=re.compile("Redemander|Envoyer|Enregistrer")).count()
        == 0
    )


@pytest.mark.parametrize("choice", ["a_better", "b_better", "both_good", "both_bad", "cannot_say"])
def test_each_of_the_five_choices_is_saved_and_can_be_changed(visit, models, choice):
    tab = visit()
    tab.ask(models=models(*QUICK))
    tab.sees_both()
    tab.choose("both_good" if choice != "both_good" else "both_bad")
    with tab.page.expect_response("**/vote/") as response:
        tab.page.check(f"input[value={choice}]")
    assert response.value.status == 200
    assert [vote.choice for vote in Vote.objects.all()] == [choice]
    tab.reveal()
    expect(tab.page.locator(".identity.is-preferred")).to_have_count(int(choice in ("a_better", "b_better")))


def test_without_javascript_the_whole_journey_is_made_of_forms(visit, models):
    tab = visit(java_script_enabled=False)
    tab.ask(models=models("paced-a?chunks=160&delay=0.02", "paced-b?chunks=160&delay=0.02"))
    pause = tab.page.get_by_role("link", name="Mettre en pause")
    pause.click()
    expect(tab.page.get_by_role("link", name="Suivre à nouveau les réponses")).to_be_visible()
    tab.page.get_by_role("link", name="Suivre à nouveau les réponses").click()
    expect(tab.page.locator("meta[http-equiv=refresh]")).to_have_count(1)
    tab.until(lambda: tab.answer("a").status == "streaming")
    tab.page.get_by_role("button", name="Arrêter les réponses").click()
    tab.sees_both("arrêté")
    tab.side("b").get_by_role("button", name="Redemander").click()
    expect(tab.state("b")).to_have_text("terminé", timeout=20_000)
    assert tab.body("b").inner_text().strip()
    expect(tab.page.locator("meta[http-equiv=refresh]")).to_have_count(0)

    tab.follow_up("Et sur Mars ?")
    expect(tab.page.locator("#turn-2")).to_contain_text("Et sur Mars ?")
    expect(tab.page.get_by_role("radio", name="A est meilleure").last).to_be_attached(timeout=20_000)
    tab.page.check("#turn-2 input[value=b_better]")
    tab.page.locator("#turn-2").get_by_role("button", name="Enregistrer mon vote").click()
    expect(tab.saved(2)).to_contain_text("Vote enregistré")
    assert [vote.choice for vote in Vote.objects.all()] == ["b_better"]
    tab.reveal()
    expect(tab.page.locator(".identity")).to_have_count(2)


def test_the_page_without_javascript_refreshes_itself_until_both_answers_are_there(visit, models):
    tab = visit(java_script_enabled=False)
    tab.ask(models=models("paced-a?chunks=20&delay=0.02", "paced-b?chunks=20&delay=0.02"))
    expect(tab.state("a")).to_have_text("réfléchit")
    expect(tab.state("b")).to_have_text("terminé", timeout=20_000)
    expect(tab.state("a")).to_have_text("terminé")
    expect(tab.page.locator("meta[http-equiv=refresh]")).to_have_count(0)


def test_a_stop_keeps_the_text_and_a_retry_asks_again(visit, models):
    tab = visit()
    tab.ask(models=models(*ENDLESS))
    tab.sees_both_being_written()
    tab.page.get_by_role("button", name="Arrêter les réponses").click()
    tab.sees_both("arrêté")
    assert all(tab.shown(side) == tab.written(side) != "" for side in "ab")
    kept = tab.shown("a")
    tab.side("b").get_by_role("button", name="Redemander").click()
    expect(tab.state("b")).to_have_text("écrit")
    tab.page.get_by_role("button", name="Arrêter les réponses").click()
    tab.sees_both("arrêté")
    assert tab.shown("a") == kept
    tab.choose("a_better")


def test_a_follow_up_streams_and_the_reveal_closes_everything(visit, models):
    tab = visit()
    tab.ask(models=models(*PACED))
    tab.sees_both()
    tab.choose("both_good")
    tab.follow_up("Et sur Mars ?")
    tab.sees_both_being_written(number=2)
    tab.sees_both(number=2)
    assert [tab.shown(side, 2) for side in "ab"] == [tab.written(side, 2) for side in "ab"]
    assert [turn.prompt for turn in Turn.objects.order_by("number")] == [PROMPT, "Et sur Mars ?"]
    tab.choose("b_better", number=2)
    tab.reveal()
    arena = tab.page.locator("#turns")
    expect(arena.get_by_role("radio", name=re.compile("meilleure|bien|Aucune"))).to_have_count(0)
    expect(arena.get_by_role("button", name=re.compile("Redemander|Envoyer|Révéler|Arrêter"))).to_have_count(0)
    expect(arena.get_by_role("textbox")).to_have_count(0)
    expect(tab.page.locator(".identity.is-preferred")).to_have_attribute("data-side", "b")


def test_the_same_model_twice_is_told_beside_the_field_and_the_question_is_kept(visit, models):
    tab = visit()
    model, _other = models(*QUICK)
    tab.expects("status of 422")
    tab.write("Ma question", [model, model])
    tab.page.get_by_role("button", name="Comparer").click()
    expect(tab.page.locator("#id_models_error")).to_have_text("Choisissez deux modèles différents.")
    expect(tab.page.locator("#id_models_error")).to_be_visible()
    expect(tab.page.locator("#id_prompt")).to_have_value("Ma question")
    assert not Comparison.objects.exists()


def test_consent_is_asked_once(visit, models):
    tab = visit()
    pair = models(*QUICK)
    tab.page.goto("/arene/")
    expect(tab.page.locator("#id_consent")).to_have_count(1)
    tab.ask(models=pair)
    tab.page.goto("/arene/")
    expect(tab.page.locator("#id_consent")).to_have_count(0)
    tab.ask("Une autre question", models=pair)
    tab.sees_both()
    assert len({comparison.consent_id for comparison in Comparison.objects.all()} - {None}) == 1


def test_a_question_written_on_the_home_page_starts_a_comparison(visit, models):
    models(*QUICK)
    tab = visit()
    tab.page.goto("/")
    tab.page.fill("#id_prompt", PROMPT)
    tab.page.check("#id_consent")
    tab.page.get_by_role("button", name="Comparer").click()
    tab.page.wait_for_url(re.compile("/arene/.{36}/"))
    tab.sees_both()
    assert Turn.objects.get().prompt == PROMPT


def test_a_double_click_makes_one_comparison(visit, models):
    tab = visit()
    tab.write(models=models(*QUICK))
    tab.page.get_by_role("button", name="Comparer").dblclick()
    tab.page.wait_for_url(re.compile("/arene/.{36}/"))
    tab.sees_both()
    assert Comparison.objects.count() == 1


def test_a_follow_up_sent_twice_makes_one_turn(visit, models):
    tab = visit()
    tab.ask(models=models(*QUICK))
    tab.sees_both()
    tab.choose("both_good")
    tab.page.fill("#follow-up-prompt", "Et sur Mars ?")
    tab.page.get_by_role("button", name="Envoyer aux deux").dblclick()
    tab.sees_both(number=2)
    assert Turn.objects.count() == 2


ARENA = """() => {
  const arena = document.querySelector("#arena").cloneNode(true);
  const live = Array.from(document.querySelectorAll("#arena input"));
  Array.from(arena.querySelectorAll("input")).forEach((input, place) => {
    input.removeAttribute("checked");
    if (live[place].checked) input.setAttribute("checked", "");
    if (["csrfmiddlewaretoken", "submission_key"].includes(input.name)) input.remove();
  });
  for (const element of arena.querySelectorAll("*")) {
    if (/^[ab]\\d+-/.test(element.id)) element.removeAttribute("id");
    for (const name of ["style", "open", "aria-busy", "disabled", "hx-swap-oob"]) element.removeAttribute(name);
    element.classList.remove("is-new", "is-locked", "htmx-added", "htmx-settling", "htmx-swapping", "htmx-request");
    if (!element.classList.length) element.removeAttribute("class");
  }
  return arena.innerHTML.replace(/\\s+/g, " ").replace(/> </g, ">\\n<").replace(/> | </g, (found) => found.trim());
}"""


def test_what_each_action_shows_is_what_a_reload_shows(visit, models):
    tab = visit()

    def differences():
        """How the arena as it is differs from the arena reloaded."""
        tab.page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-settling, .htmx-swapping')")
        before = tab.page.evaluate(ARENA).splitlines()
        tab.page.reload()
        after = tab.page.evaluate(ARENA).splitlines()
        return "\n".join(difflib.unified_diff(before, after, "fragment", "page", lineterm="", n=0))

    tab.ask(models=models("reasoning-a", "paced-b?chunks=400&size=50&delay=0.005"))
    tab.sees_both()
    expect(tab.page.get_by_role("radio", name="A est meilleure")).to_be_visible()
    assert differences() == ""
    tab.choose("a_better")
    assert differences() == ""
    tab.follow_up("Et sur Mars ?")
    tab.sees_both(number=2)
    expect(tab.page.locator("#turn-2 input[name=choice]")).to_have_count(5)
    assert differences() == ""
    tab.choose("both_good", number=2)
    tab.reveal()
    assert differences() == ""
