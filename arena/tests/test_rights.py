"""Rights without an account: what a receipt tells, what a withdrawal and an erasure do, what is said beforehand."""

import itertools
import re
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arena import asking, copying, following, limits, published, rights, standing, voting
from arena.models import Answer, Attempt, Comparison, Exclusion, Room, RoomMember, RoomVote, Turn, Vote
from arena.refusals import Refused
from arena.tests import factories
from portals.models import LegalVersion

pytestmark = pytest.mark.django_db

KEY = "k" * 32
PROMPT = "Écris à Jeanne Martin, 12 rue des Lilas."


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def portal():
    return factories.portal()


@pytest.fixture
def browser(client, portal):
    """A browser whose comparisons are those of KEY, in English."""
    client.cookies["visitor"] = KEY
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def voted(choice="a_better", statuses=("complete", "complete"), **fields):
    return factories.turn(factories.comparison(visitor_key=KEY, **fields), choice=choice, statuses=statuses)


def queries_of(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


# --- What a receipt tells --------------------------------------------------------------------------------

RULES = (None, ("personal-data", "text", False), ("review", "everything", False), ("ring", "everything", True))
ORIGINS = ("live", "imported", "demo")
STATES = list(
    itertools.product(
        ORIGINS,
        ("random", "custom"),
        ("a_better", "both_bad", "cannot_say", None),
        (("complete", "complete"), ("stopped", "complete"), ("complete", "failed"), ("complete", "streaming")),
        RULES,
        ("", "withdrawn", "erased", "cohort", "open room", "closed room", "released"),
    )
)
"""Each thing that decides where a turn is, in every combination."""


def made_in_every_state(count):
    """So many voted or unvoted turns, each in a state of its own, spread over all the states."""
    models = [factories.language_model() for _ in range(2)]
    rooms = {
        name: Room.objects.create(
            code=name, owner_key="t", portal=factories.portal(), expires_at=timezone.now(), publish=name == "open room"
        )
        for name in ("open room", "closed room")
    }
    now, terms = timezone.now(), factories.terms()
    pool = factories.comparison(model_a=models[0], model_b=models[1]).pool
    Comparison.objects.all().delete()
    states = [STATES[place * len(STATES) // count] for place in range(count)]
    comparisons = Comparison.objects.bulk_create(
        Comparison(
            portal=factories.portal(),
            language="fr",
            origin=origin,
            mode=mode,
            visitor_key=KEY,
            consent=terms,
            model_a=models[0],
            model_b=models[1],
            draw_probability=1.0,
            pool=pool,
            withdrawn_at=now if of == "withdrawn" else None,
            erased_at=now if of == "erased" else None,
            cohorts=["pix"] if of == "cohort" else [],
            room=rooms.get(of),
            first_release="2026-10" if of == "released" else "",
        )
        for origin, mode, _choice, _statuses, _rule, of in states
    )
    Comparison.objects.update(created_at=now - timedelta(days=30))  # before every exclusion
    turns = Turn.objects.bulk_create(Turn(comparison=each, number=1, prompt=PROMPT) for each in comparisons)
    Answer.objects.bulk_create(
        Answer(
            turn=turn,
            side=side,
            model=model,
            status=status,
            error_code="timeout" if status == "failed" else "",
            claim_token=uuid.uuid4() if status == "streaming" else None,
            lease_until=now if status == "streaming" else None,
        )
        for turn, state in zip(turns, states, strict=True)
        for side, model, status in zip("ab", models, state[3], strict=True)
    )
    Vote.objects.bulk_create(
        Vote(turn=turn, choice=state[2]) for turn, state in zip(turns, states, strict=True) if state[2]
    )
    Exclusion.objects.bulk_create(
        Exclusion(comparison=each, rule=state[4][0], scope=state[4][1], shadow=state[4][2])
        for each, state in zip(comparisons, states, strict=True)
        if state[4]
    )
    return states, turns


@pytest.mark.parametrize("is_released_since", [False, True])
def test_a_thousand_receipts_in_every_state_tell_what_the_querysets_say(is_released_since):
    states, turns = made_in_every_state(1000)
    if is_released_since:
        voted(first_release="2026-11")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # else plans are those of the empty tables that an earlier test left
    text = set(Turn.objects.publishable().values_list("pk", flat=True))
    general = set(Turn.objects.for_ranking().values_list("pk", flat=True))
    custom = set(Turn.objects.for_custom_board().values_list("pk", flat=True))
    silent = 0
    for state, turn in zip(states, turns, strict=True):
        [told] = standing.standings(rights.by_receipt(turn.comparison.receipt))
        is_shadowed = bool(state[4]) and state[4][2]
        if is_shadowed and not is_released_since:
            # Told as if the shadow exclusion were not there: "unless checks set it aside".
            Exclusion.objects.filter(comparison=turn.comparison).update(lifted_at=timezone.now())
            same = Turn.objects.filter(pk=turn.pk)
            expected = (
                (same & Turn.objects.publishable()).exists(),
                (same & Turn.objects.with_outcome()).exists(),
            )
            silent += expected != (False, False)
        else:
            expected = (turn.pk in text, turn.pk in general | custom)
        assert (told.has_text, told.has_vote) == expected, state
        assert standing.OTHER not in told.against_text + told.against_vote, state
        assert told.is_custom == (state[1] == "custom")
        if told.has_vote and turn.pk in general | custom:
            assert told.is_custom == (turn.pk in custom)
    assert len({*states}) == 1000
    assert min(len(text), len(general), len(custom)) > 10
    assert bool(silent) == (not is_released_since)


def test_a_receipt_costs_as_many_queries_whatever_it_tells():
    plain = voted().comparison
    room = Room.objects.create(code="r", owner_key="t", portal=factories.portal(), expires_at=timezone.now())
    rich = voted("cannot_say", ("stopped", "complete"), cohorts=["pix"], room=room).comparison
    for number in range(2, 6):
        factories.turn(rich, number, choice="both_good")
    for rule in ("a", "b", "c"):
        Exclusion.objects.create(comparison=rich, rule=rule, scope="everything", shadow=True)
    costs = {
        queries_of(lambda receipt=each.receipt: standing.standings(rights.by_receipt(receipt)))
        for each in (plain, rich)
    }
    assert costs == {5}


@pytest.mark.parametrize(
    ("fields", "exclusion", "said"),
    [
        ({}, None, ["Yes, with its text", "Counted"]),
        ({"mode": "custom"}, None, ["Counted, among the pairs that visitors chose"]),
        ({"choice": "cannot_say"}, None, ["Not counted", "I can’t say"]),
        ({"choice": None, "statuses": ("complete", "failed")}, None, ["Not counted", "is missing"]),
        ({"cohorts": ["pix"]}, None, ["a course or a study", "Not counted"]),
        ({}, ("personal-data", "text"), ["Yes, without its text", "Personal data was found", "Counted"]),
        ({}, ("abuse", "everything"), ["judged abusive", "Not counted"]),
        ({}, ("duplicates", "everything"), ["The rule “duplicates” sets it aside", "Not counted"]),
        ({"first_release": "2026-11"}, None, ["First published in release 2026-11"]),
        ({"withdrawn_at": timezone.now(), "first_release": "2026-11"}, None, ["Withdrawn", "already made keep it"]),
    ],
)
def test_the_page_of_a_receipt_says_it_in_words_and_holds_no_text(browser, fields, exclusion, said):
    turn = voted(**fields)
    Turn.objects.update(prompt=PROMPT)
    if exclusion:
        Exclusion.objects.create(comparison=turn.comparison, rule=exclusion[0], scope=exclusion[1], reason="Jeanne")
    response = Client(headers={"accept-language": "en"}).get(turn.comparison.receipt_url)
    page = response.content.decode()
    assert [words for words in said if words not in page] == []
    assert "Jeanne" not in page
    assert "Réponse A" not in page
    assert turn.comparison.model_a.name not in page
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response.headers["Cache-Control"]


def test_a_shadow_exclusion_shows_the_same_page_until_the_next_release_and_then_says_so(browser):
    turn = voted()
    url = turn.comparison.receipt_url
    token = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')

    def page():
        return token.sub(b"", browser.get(url).content)

    before = page()
    Exclusion.objects.create(comparison=turn.comparison, rule="ring", scope="everything", shadow=True)
    assert not Turn.objects.for_ranking().exists()
    assert page() == before
    voted(first_release="2026-12")
    assert b"Not counted" in page()


def test_the_socket_tells_the_receipt_of_a_voted_turn_without_a_query():
    comparison = voted().comparison
    view, _pending = following.last_turn(comparison.pk, KEY)
    following.standing(view, "en")  # what the process keeps is asked for once
    view, _pending = following.last_turn(comparison.pk, KEY)
    with CaptureQueriesContext(connection) as queries:
        html = "".join(following.standing(view, "en"))
    assert [query["sql"] for query in queries] == []
    assert f'href="{comparison.receipt_url}"' in html
    assert f'href="{comparison.get_absolute_url()}publication/"' in html


# --- Finding by a code ---------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [str.upper, lambda code: f" {code[:7]} {code[7:]} ", lambda code: "-".join(code)])
def test_a_code_may_be_typed_with_capitals_spaces_and_dashes(browser, typed):
    receipt = voted().comparison.receipt
    response = browser.get("/recu/", {"code": typed(receipt)})
    assert (response.status_code, response.headers["Location"]) == (302, f"/recu/{receipt}/")
    assert browser.get(f"/recu/{typed(receipt)}/").status_code == 200


@pytest.mark.parametrize("code", ["abc", "a" * 2000, "\0", "é" * 20, "<script>", "'; --", "%00"])
def test_an_unknown_code_is_a_404_in_words(browser, code):
    for response in (browser.get("/recu/", {"code": code}), browser.get("/recu/nonesuch/")):
        assert response.status_code == 404
        assert b"No comparison has this code" in response.content
    assert b"<script>" not in response.content


def test_who_tries_too_many_codes_waits_and_learns_nothing(browser, monkeypatch):
    monkeypatch.setattr(limits, "WRONG_RECEIPTS_PER_HOUR", 3)
    receipt = voted().comparison.receipt
    assert [browser.get(f"/recu/wrong{n}/").status_code for n in range(5)] == [404, 404, 404, 429, 429]
    assert browser.get(f"/recu/{receipt}/").status_code == 200  # of someone who shares the address
    assert browser.get("/recu/").status_code == 200


def test_right_codes_are_never_too_many(browser, monkeypatch):
    monkeypatch.setattr(limits, "WRONG_RECEIPTS_PER_HOUR", 2)
    url = voted().comparison.receipt_url
    assert {browser.get(url).status_code for _ in range(6)} == {200}


# --- Withdrawing ---------------------------------------------------------------------------------------


def test_a_withdrawal_leaves_every_set_at_once_and_again_changes_nothing(browser):
    turn, other = voted(), voted()
    url = f"{turn.comparison.receipt_url}retrait/"
    assert b"cannot be undone" in browser.get(url).content
    assert Turn.objects.publishable().count() == 2
    assert browser.post(url).headers["Location"] == turn.comparison.receipt_url
    assert list(Turn.objects.publishable()) == list(Turn.objects.for_ranking()) == [other]
    [withdrawn] = Comparison.objects.filter(withdrawn_at__isnull=False).values_list("withdrawn_at", flat=True)
    assert browser.post(url).status_code == 302
    assert Comparison.objects.get(pk=turn.comparison_id).withdrawn_at == withdrawn
    assert b"already withdrawn" in browser.get(url).content


def test_a_withdrawal_needs_the_token_of_its_form():
    turn = voted()
    client = Client(enforce_csrf_checks=True)
    assert client.post(f"{turn.comparison.receipt_url}retrait/").status_code == 403
    assert not Comparison.objects.filter(withdrawn_at__isnull=False).exists()


# --- What will be published ------------------------------------------------------------------------------


def rows_of(comparison):
    return published.for_its_visitor(comparison, standing.standings(comparison))


def test_what_will_be_published_is_the_row_without_keys_and_hides_the_models_until_the_reveal(browser):
    turn = voted()
    Turn.objects.update(prompt=PROMPT)
    comparison = turn.comparison
    url = f"{comparison.get_absolute_url()}publication/"
    page = browser.get(url).content.decode()
    for shown in (PROMPT, "Réponse A.", "Réponse B.", "A is better (a_better)"):
        assert shown in page
    for kept in (KEY, comparison.receipt, str(comparison.submission_key), comparison.model_a.slug, "scripted"):
        assert kept not in page
    voting.reveal(comparison)
    assert comparison.model_a.slug in browser.get(url).content.decode()


def test_what_will_be_published_says_why_nothing_will_be(browser):
    comparison = voted(cohorts=["pix"]).comparison
    page = browser.get(f"{comparison.get_absolute_url()}publication/").content.decode()
    assert "Nothing of it will be published" in page
    assert "a course or a study" in page
    assert "Réponse A" not in page


def test_a_row_without_its_text_keeps_its_outcome_alone():
    comparison = voted().comparison
    Exclusion.objects.create(comparison=comparison, rule="personal-data", scope="text")
    [cells] = rows_of(comparison).values()
    names = {cell.name for cell in cells}
    assert not names & {"prompt", "text_a", "text_b", "reasoning_a", "reasoning_b", "comment_a", "comment_b"}
    assert {"choice", "model_a", "tags_a"} <= names


def test_another_browser_sees_nothing_of_what_will_be_published(browser):
    comparison = voted().comparison
    browser.cookies["visitor"] = "o" * 32
    assert browser.get(f"{comparison.get_absolute_url()}publication/").status_code == 404


# --- The browser's own comparisons -----------------------------------------------------------------------


def test_the_list_costs_as_many_queries_for_thirty_as_for_one(browser):
    voted(revealed_at=timezone.now())
    browser.get("/mes-comparaisons/")
    one = queries_of(lambda: browser.get("/mes-comparaisons/"))
    for _ in range(29):
        voted(revealed_at=timezone.now())
    assert queries_of(lambda: browser.get("/mes-comparaisons/")) == one
    assert browser.get("/mes-comparaisons/?page=2").content.count(b'class="mine-one"') == 10


def test_the_list_names_models_only_once_revealed_and_is_the_browsers_own(browser):
    hidden, shown = voted().comparison, voted(revealed_at=timezone.now()).comparison
    other = factories.turn(factories.comparison(), prompt="Celle d’un autre").comparison
    page = browser.get("/mes-comparaisons/").content.decode()
    assert shown.model_a.name in page
    assert hidden.model_a.name not in page
    assert all(each.receipt in page for each in (hidden, shown))
    assert other.receipt not in page
    browser.cookies["visitor"] = "n" * 32
    assert "There is none here" in browser.get("/mes-comparaisons/").content.decode()


# --- Erasing ---------------------------------------------------------------------------------------------


def told_everywhere(word):
    """Every column of the arena's tables that holds this word."""
    found = []
    for model in (Comparison, Turn, Answer, Attempt, Vote, Exclusion, Room, RoomMember, RoomVote):
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE %s", [f"%{word}%"])
            found += [model.__name__] * bool(cursor.fetchone()[0])
    return found


def everywhere_filled():
    """A comparison with a text of the visitor or of a model in each place that has one."""
    turn = voted(share_token="share-me")
    comparison = turn.comparison
    Turn.objects.filter(pk=turn.pk).update(prompt=PROMPT)
    Answer.objects.filter(turn=turn).update(text="Chère Jeanne", reasoning="Jeanne ?", generation_id="gen-Jeanne")
    for answer in turn.answers.all():
        Attempt.objects.create(
            answer=answer,
            number=1,
            model=answer.model,
            status="failed",
            error_code="timeout",
            text="Jeanne",
            reasoning="J",
        )
    Vote.objects.filter(turn=turn).update(comment_a="Jeanne", comment_b="Jeanne")
    Exclusion.objects.create(comparison=comparison, rule="personal-data", scope="text", reason="Jeanne Martin")
    room = Room.objects.create(code="r", owner_key="t", portal=factories.portal(), expires_at=timezone.now())
    RoomVote.objects.create(room=room, turn=turn, visitor_key=KEY, choice="a_better")
    RoomMember.objects.create(room=room, visitor_key=KEY)
    Room.objects.create(code="s", owner_key=KEY, portal=factories.portal(), expires_at=timezone.now())
    return comparison


def test_erasing_leaves_no_text_nor_key_and_a_receipt_that_says_so(browser):
    comparison = everywhere_filled()
    kept = voted().comparison
    Comparison.objects.filter(pk=kept.pk).update(visitor_key="o" * 32)
    assert set(told_everywhere("Jeanne")) == {"Turn", "Answer", "Attempt", "Vote", "Exclusion"}
    assert set(told_everywhere(KEY)) == {"Comparison", "Room", "RoomMember", "RoomVote"}
    assert b"Erase your comparison?" in browser.get("/mes-comparaisons/effacer/").content
    assert told_everywhere("Jeanne")
    response = browser.post("/mes-comparaisons/effacer/")
    assert response.headers["Location"] == "/mes-comparaisons/"
    assert response.cookies["visitor"].value == ""
    assert told_everywhere("Jeanne") == told_everywhere(KEY) == told_everywhere("share-me") == []
    assert list(Turn.objects.publishable()) == list(kept.turns.all())
    assert "1 comparison was erased" in browser.get("/mes-comparaisons/").content.decode()
    page = browser.get(comparison.receipt_url).content.decode()
    assert "Erased" in page
    assert "Its texts were erased." in page
    assert browser.get(comparison.get_absolute_url()).status_code == 404
    assert rights.erase_all(KEY) == 0


def test_nothing_is_written_into_an_erased_comparison():
    comparison = voted("a_better").comparison
    rights.erase_all(KEY)
    with pytest.raises(Refused):
        voting.cast(comparison, 1, choice="b_better", comment_a="Jeanne")
    with pytest.raises(Refused):
        asking.follow_up(comparison, 2, PROMPT)
    assert told_everywhere("Jeanne") == []


def test_without_a_visitor_nothing_is_erased():
    imported = factories.turn(factories.comparison(origin="imported", consent=None, visitor_key=None)).comparison
    assert rights.erase_all(None) == rights.erase_all("") == 0
    imported.refresh_from_db()
    assert imported.erased_at is None


# --- Consent -----------------------------------------------------------------------------------------------


def asks_for_consent(browser):
    caches["process"].clear()
    return b'name="consent"' in browser.get("/arene/").content


def test_nothing_starts_without_consent_and_new_terms_are_asked_for_again(browser):
    first = factories.terms(language="en")
    assert asks_for_consent(browser)
    question = {"prompt": "Why?", "mode": "random", "submission_key": str(uuid.uuid4())}
    assert browser.post("/arene/", question).status_code == 422
    assert not Comparison.objects.exists()
    voted(consent=first)
    assert not asks_for_consent(browser)
    LegalVersion.objects.create(
        portal=factories.portal(), kind="terms", language="en", text="* New.", published_at=timezone.now()
    )
    assert asks_for_consent(browser)
    assert browser.post("/arene/", question).status_code == 422
    assert Comparison.objects.count() == 1


def test_nothing_tells_before_the_reveal_which_side_the_visitor_chose(browser):
    """One model chosen, the other drawn: who was drawn would tell which is which."""
    turn = voted(mode="custom", drawn_b=False)
    address = turn.comparison.get_absolute_url()
    shown = {name for name in published.row(turn, True) if name not in published.UNTIL_THE_REVEAL}
    assert not shown & {"drawn_a", "drawn_b", "model_a", "model_b"}
    assert browser.get(f"{address}publication/").status_code == 200
    assert not {"drawn_a", "drawn_b", "chosen_models"} & copying.of_comparison(turn.comparison).keys()
