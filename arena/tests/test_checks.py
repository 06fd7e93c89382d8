"""Questions that are looked at before they are sent: each check in each mode, and the moderation model at its worst."""

import html
import json
import re
import uuid
from collections import Counter
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import IntegrityError, transaction

from arena.checks import distress, judging, moderating, passages
from arena.models import Comparison, HelpLine, PromptCheckCount, PromptRules, Turn
from arena.tests import factories, moderator
from datasets_export.tests.test_personal_data import unbounded

pytestmark = pytest.mark.django_db
PHONE = "06 12 34 56 78"
TEXTS = {
    "contact": f"Écris un message pour dire de m'appeler au {PHONE} demain.",
    "number": "Mon IBAN est FR76 3000 6000 0112 3456 7890 189, vérifie-le.",
    "secret": "Mon mot de passe est : Tr0ub4dor&3, est-il bon ?",
    "name": "Je m'appelle Zinedine Berthelot et j'écris un poème.",
}
PLAIN = "Pourquoi le ciel est-il bleu ?"
DISTRESS = "Je ne veux plus vivre. Que faire ?"


@pytest.fixture
def portal(db):
    portal = factories.portal()
    factories.terms(portal)
    for _number in range(2):
        factories.language_model()
    return portal


@pytest.fixture
def rules(portal):
    """Set the modes of the portal: `rules(contact="block")`."""

    def set_modes(**modes):
        PromptRules.objects.update_or_create(portal=portal, defaults=modes)
        caches["process"].clear()

    return set_modes


@pytest.fixture
def ask(client, portal):
    """Ask a first question in French; the response."""

    def send(prompt, **fields):
        key = {"submission_key": str(uuid.uuid4())}
        return client.post("/arene/", {"prompt": prompt, "mode": "random", "consent": "on"} | key | fields)

    return send


@pytest.fixture
def model(settings):
    """The moderation model, at its real address; half a second is all it has."""
    with moderator.running() as running:
        settings.MODERATION_BASE_URL, settings.MODERATION_SECONDS = running.url, 0.5
        settings.MODERATION_API_KEY = "sk-moderation"
        yield running


def page(response):
    return html.unescape(response.content.decode())


def counts():
    return {(row.category, row.mode, row.outcome): row.count for row in PromptCheckCount.objects.all()}


def button(response):
    """The value of the button that sends anyway; None if there is none."""
    found = re.search(r'name="send_anyway" value="([^"]*)"', response.content.decode())
    return found and html.unescape(found[1])


# --- Personal data ------------------------------------------------------------------------------------


@pytest.mark.parametrize("category", TEXTS)
@pytest.mark.parametrize(
    ("mode", "status", "turns", "outcome"),
    [("off", 302, 1, None), ("log", 302, 1, "logged"), ("warn", 422, 0, "warned"), ("block", 422, 0, "blocked")],
)
def test_personal_data_meets_with_what_its_mode_says(ask, rules, category, mode, status, turns, outcome):
    rules(**{category: mode})
    response = ask(TEXTS[category])
    assert (response.status_code, Turn.objects.count()) == (status, turns)
    assert counts() == ({(category, mode, outcome): 1} if outcome else {})
    assert (button(response) is not None) == (mode == "warn")


def test_a_question_without_any_of_it_goes_on_and_nothing_is_counted(ask):
    assert ask(PLAIN).status_code == 302
    assert counts() == {}


def test_the_passage_is_shown_in_the_visitors_own_words_and_nothing_typed_is_lost(ask, rules):
    rules(contact="warn")
    text = f"<script>alert(1)</script> appelle le {PHONE} <b>vite</b>"
    response = ask(text)
    assert f"<mark>{PHONE}</mark>" in page(response)
    assert "<script>alert" not in response.content.decode()
    assert "<b>vite" not in response.content.decode()
    assert text in page(response)[page(response).index("<textarea") :]


def test_send_anyway_is_for_that_text_that_visitor_and_that_warning_only(ask, rules, client):
    rules(contact="warn", name="warn")
    agreed = button(ask(TEXTS["contact"]))
    assert ask(TEXTS["contact"] + " Vite !", send_anyway=agreed).status_code == 422
    assert ask(f"{TEXTS['contact']} {TEXTS['name']}", send_anyway=agreed).status_code == 422
    assert ask(TEXTS["contact"], send_anyway="contact:" + "0" * 64).status_code == 422
    assert ask(TEXTS["contact"], send_anyway=agreed).status_code == 302
    assert Turn.objects.get().prompt == TEXTS["contact"]
    assert counts()["contact", "warn", "insisted"] == 1
    client.cookies.clear()
    assert ask(TEXTS["contact"], send_anyway=agreed).status_code == 422


def test_send_anyway_does_not_open_a_block(ask, rules):
    rules(contact="warn")
    agreed = button(ask(TEXTS["contact"]))
    rules(contact="block")
    assert ask(TEXTS["contact"], send_anyway=agreed).status_code == 422
    assert Turn.objects.count() == 0


def test_only_what_is_certain_is_told():
    assert passages.found_in("Qu'y a-t-il au 12 rue des Lilas, à Nantes ? Demande à M. Berthelot.", "fr") == []


def test_a_long_text_shows_a_few_words_around_each_of_the_first_passages(ask, rules):
    rules(contact="warn")
    response = ask(" ".join(f"mot{n} appelle le 06 12 34 56 {n:02}" for n in range(40)))
    assert page(response).count("<mark>") == 8
    assert "32" in page(response)[page(response).rindex("</mark>") :].split("</ul>")[0]


@pytest.mark.parametrize("is_htmx", [False, True])
def test_a_further_question_is_checked_as_well(client, rules, ask, is_htmx):
    rules(contact="warn")
    path = ask(PLAIN).url
    comparison = Comparison.objects.get()
    comparison.turns.get().answers.update(status="complete", text="Bleu.")
    sent = {"prompt": TEXTS["contact"], "number": "2"}
    headers = {"HX-Request": "true"} if is_htmx else {}
    response = client.post(f"{path}questions/", sent, headers=headers)
    assert (response.status_code, comparison.turns.count()) == (422, 1)
    assert f"<mark>{PHONE}</mark>" in page(response)
    assert response.headers.get("HX-Retarget") == ("#follow-up-check" if is_htmx else None)
    assert (TEXTS["contact"] + "</textarea>" in page(response)) == (not is_htmx)
    agreed = {"send_anyway": button(response)}
    assert client.post(f"{path}questions/", sent | agreed, headers=headers).status_code == (200 if is_htmx else 302)
    assert comparison.turns.count() == 2


def test_a_teachers_question_is_checked_as_well(client, rules, portal):
    rules(contact="warn")
    screen = client.post("/salle/", {"kind": "shared", "minutes": "60", "link": "a" * 22}).url
    room = screen.split("/")[2]
    sent = {"prompt": TEXTS["contact"], "consent": "on", "mode": "random", "room": room}
    response = client.post(f"/salle/{room}/question/", sent)
    assert (response.status_code, Turn.objects.count()) == (422, 0)
    assert f"<mark>{PHONE}</mark>" in page(response)


# --- Distress -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "outcome", "is_shown"), [("off", None, False), ("log", "logged", False), ("warn", "helped", True)]
)
def test_distress_is_never_refused_and_help_is_shown_beside_the_answers(client, ask, rules, mode, outcome, is_shown):
    HelpLine.objects.get_or_create(country="FRA", name="Numéro national", defaults={"phone": "31 14"})
    rules(self_harm=mode)
    response = ask(DISTRESS)
    assert (response.status_code, Turn.objects.count()) == (302, 1)
    assert counts() == ({("self_harm", mode, outcome): 1} if outcome else {})
    for _reload in range(2):
        assert ('href="tel:3114"' in page(client.get(response.url))) == is_shown
    assert counts() == ({("self_harm", mode, outcome): 1} if outcome else {})


def test_a_question_without_distress_shows_no_help(client, ask):
    assert "help-lines" not in page(client.get(ask(PLAIN).url))


def test_the_database_refuses_to_block_distress(portal):
    with pytest.raises(IntegrityError), transaction.atomic():
        PromptRules.objects.update_or_create(portal=portal, defaults={"self_harm": "block"})


DATA = Path(distress.__file__).parent / "data/distress.jsonl"


def test_distress_is_told_with_certainty_in_five_languages():
    """docs/checks.md gives these figures; the set was written by hand, and holds what the lexicon misses."""
    cases = [json.loads(line) for line in DATA.read_text().splitlines()]
    seen = Counter((case["language"], case["is_said"], distress.is_said(case["text"])) for case in cases)
    wrong = {language: seen[language, False, True] for language in ("fr", "en", "da", "sv", "lt")}
    found = {language: (seen[language, True, True], seen[language, True, False]) for language in wrong}
    assert wrong == {"fr": 1, "en": 0, "da": 0, "sv": 0, "lt": 0}
    assert found == {"fr": (15, 3), "en": (15, 3), "da": (12, 2), "sv": (12, 2), "lt": (12, 2)}


def test_no_pattern_of_distress_repeats_without_a_limit():
    assert [list(unbounded(re._parser.parse(said.pattern, said.flags))) for said in distress._SAID] == [[]] * 5


# --- The moderation model -----------------------------------------------------------------------------


def test_no_question_leaves_the_machine_unless_a_model_and_a_mode_are_set(ask, rules, model, settings):
    assert ask(PLAIN).status_code == 302
    settings.MODERATION_BASE_URL = ""
    rules(hate="block", if_away="refuse")
    assert ask(PLAIN).status_code == 302
    assert (model.bodies, counts()) == ([], {})


@pytest.mark.parametrize("by", ["moderations", "chat"])
@pytest.mark.parametrize(
    ("mode", "status", "outcome"), [("log", 302, "logged"), ("warn", 422, "warned"), ("block", 422, "blocked")]
)
def test_what_the_model_finds_meets_with_what_its_mode_says(ask, rules, model, settings, by, mode, status, outcome):
    settings.MODERATION_BY, settings.MODERATION_MODEL = by, "guard"
    rules(violence=mode)
    model.found = ["violence", "invented", "hate"]
    response = ask(PLAIN)
    assert (response.status_code, counts()) == (status, {("violence", mode, outcome): 1})
    [(path, key, body)] = model.bodies
    assert (path, key, body["model"]) == (f"/v1/{'moderations' if by == 'moderations' else 'chat/completions'}",
                                          "Bearer sk-moderation", "guard")  # fmt: skip
    if mode == "warn":
        assert ask(PLAIN, send_anyway=button(response)).status_code == 302
        assert counts()["violence", "warn", "insisted"] == 1


def test_two_warnings_one_after_the_other_can_both_be_agreed_to(ask, rules, model):
    rules(contact="warn", violence="warn")
    model.found = ["violence"]
    first = ask(TEXTS["contact"])
    assert model.bodies == []
    second = ask(TEXTS["contact"], send_anyway=button(first))
    assert (second.status_code, len(model.bodies)) == (422, 1)
    assert ask(TEXTS["contact"], send_anyway=button(second)).status_code == 302


@pytest.mark.parametrize("trouble", ["down", "slow", *moderator.HOSTILE])
@pytest.mark.parametrize("by", ["moderations", "chat"])
@pytest.mark.parametrize(("if_away", "status", "outcome"), [("pass", 302, "unchecked"), ("refuse", 422, "held")])
def test_a_model_that_does_not_answer_does_what_the_portal_says(
    ask, rules, model, settings, caplog, trouble, by, if_away, status, outcome
):
    settings.MODERATION_BY = by
    rules(violence="block", hate="log", if_away=if_away)
    if trouble == "down":
        settings.MODERATION_BASE_URL = "http://127.0.0.1:9/v1"
    model.seconds = 1 if trouble == "slow" else 0
    model.answer = moderator.HOSTILE.get(trouble)
    response = ask(PLAIN)
    assert (response.status_code, Turn.objects.count()) == (status, int(status == 302))
    assert counts() == {("violence", "block", outcome): 1, ("hate", "log", outcome): 1}
    assert "question not moderated" in caplog.text
    for secret in (PLAIN, moderator.SECRET, "sk-moderation"):
        assert secret not in caplog.text
    if status == 422:
        assert PLAIN + "</textarea>" in page(response)
        assert moderator.SECRET not in page(response)
        model.seconds, model.answer, settings.MODERATION_BASE_URL = 0, None, model.url
        assert ask(PLAIN).status_code == 302


def test_what_was_agreed_to_stays_agreed_while_the_model_is_away(ask, rules, model):
    rules(contact="warn", violence="block", if_away="refuse")
    first = ask(TEXTS["contact"])
    model.answer = moderator.HOSTILE["status"]
    held = ask(TEXTS["contact"], send_anyway=button(first))
    assert held.status_code == 422
    model.answer = None
    assert ask(TEXTS["contact"], send_anyway=button(held)).status_code == 302


def test_no_more_questions_wait_for_the_model_at_once_than_it_may_take_threads(ask, rules, model):
    rules(violence="block")
    for _thread in range(3):
        moderating.AT_ONCE.acquire()
    try:
        assert ask(PLAIN).status_code == 302
    finally:
        for _thread in range(3):
            moderating.AT_ONCE.release()
    assert (model.bodies, counts()) == ([], {("violence", "block", "unchecked"): 1})


# --- The admin ----------------------------------------------------------------------------------------

TRIAL = "/admin/arena/promptrules/trial/"


def test_refused_questions_do_not_call_the_model_without_end(ask, rules, model, settings):
    rules(violence="block", if_away="refuse")
    settings.ARENA_VISITOR_PROMPTS_PER_HOUR = 2
    model.found = ["violence"]
    assert [ask(PLAIN).status_code for _number in range(6)] == [422] * 6
    assert len(model.bodies) == 4
    assert counts() == {("violence", "block", "blocked"): 4, ("violence", "block", "held"): 2}


def test_the_box_says_what_each_check_finds_and_keeps_nothing(admin_client, rules, portal, model):
    rules(contact="block", violence="warn")
    model.found = ["violence"]
    text = f"{DISTRESS} {TEXTS['contact']}"
    response = admin_client.post(TRIAL, {"portal": portal.pk, "prompt": text}, headers={"Accept-Language": "en"})
    shown = page(response)
    assert (response.status_code, f"<mark>{PHONE}</mark>" in shown) == (200, True)
    assert response.context["is_distress"] is True
    assert [category for category, _mode in response.context["said"]] == ["violence"]
    assert (counts(), Turn.objects.count()) == ({}, 0)


def test_the_box_says_that_the_model_does_not_answer(admin_client, portal, model):
    model.answer = moderator.HOSTILE["status"]
    response = admin_client.post(TRIAL, {"portal": portal.pk, "prompt": PLAIN})
    assert response.context["failure"] == "unknown"


def test_the_box_is_for_staff_who_may_see_the_checks(client, django_user_model):
    assert client.get(TRIAL).status_code == 302
    client.force_login(django_user_model.objects.create_user("staff", is_staff=True))
    assert client.get(TRIAL).status_code == 403


def test_a_mode_that_needs_a_model_is_refused_where_there_is_none(admin_client, rules, portal, settings):
    rules()
    row = PromptRules.objects.get(portal=portal)
    modes = {field.name: getattr(row, field.name) for field in row._meta.fields if field.name not in ("id", "portal")}
    address = f"/admin/arena/promptrules/{row.pk}/change/"
    sent = modes | {"portal": portal.pk, "hate": "warn"}
    assert admin_client.post(address, sent).status_code == 200
    settings.MODERATION_BASE_URL = "http://127.0.0.1:9/v1"
    assert admin_client.post(address, sent).status_code == 302
    assert PromptRules.objects.get(portal=portal).hate == "warn"


def test_the_counts_are_listed_and_hold_no_text(admin_client, ask, rules):
    rules(contact="warn")
    ask(TEXTS["contact"])
    ask(TEXTS["contact"])
    assert counts() == {("contact", "warn", "warned"): 2}
    shown = page(admin_client.get("/admin/arena/promptcheckcount/"))
    assert PHONE not in shown
    assert {field.name for field in PromptCheckCount._meta.fields} == {
        "id", "portal", "day", "category", "mode", "outcome", "count"}  # fmt: skip


def test_agreements_of_two_visitors_differ():
    assert judging.agreed_in(judging.signed({"contact"}, "one", "text"), "one", "text") == {"contact"}
    assert judging.agreed_in(judging.signed({"contact"}, "one", "text"), "two", "text") == set()
    assert judging.agreed_in("", "one", "text") == set()
