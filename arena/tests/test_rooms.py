"""Class rooms, with a browser of Django's: who may open, come in, read, vote, reveal, and what becomes of it."""

import re
import threading
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arena import limits, refusals
from arena.models import Comparison, Room, RoomMember, RoomVote, Turn, Vote
from arena.refusals import Refused
from arena.rooms import duelling, opening, showing, spelling, tallying
from arena.tests import factories
from portals.models import Portal

pytestmark = pytest.mark.django_db

TEACHER, PUPIL = "t" * 32, "p" * 32


@pytest.fixture(autouse=True)
def world():
    cache.clear()
    factories.terms()
    factories.terms(language="en")
    showing.drawn.cache_clear()


def client(key):
    made = Client(headers={"accept-language": "en"})
    made.cookies["visitor"] = key
    return made


@pytest.fixture
def teacher():
    return client(TEACHER)


@pytest.fixture
def pupil():
    return client(PUPIL)


def room(**fields):
    defaults = {
        "code": spelling.new(),
        "owner_key": TEACHER,
        "portal": factories.portal(),
        "expires_at": timezone.now() + timedelta(hours=1),
    }
    return Room.objects.create(**defaults | fields)


def shared(statuses=("complete", "complete"), **fields):
    """A room whose duel has these answers, and one pupil in it."""
    made = room(**fields)
    made.comparison = factories.comparison(visitor_key=TEACHER, room=made)
    factories.turn(made.comparison, statuses=statuses, prompt="Pourquoi le ciel est-il bleu ?")
    made.save()
    RoomMember.objects.create(room=made, visitor_key=PUPIL)
    return made


def turn_of(made):
    return Turn.objects.get(comparison=made.comparison)


def url(made, rest=""):
    return f"/salle/{made.code}/{rest}"


def opened(browser, **fields):
    link = re.search(r'name="link" value="([^"]+)"', browser.get("/salle/").content.decode())[1]
    return browser.post("/salle/", {"kind": "shared", "minutes": "120", "link": link} | fields)


# --- The code ---------------------------------------------------------------------------------------


def test_a_code_has_no_two_letters_together_and_none_that_look_alike():
    codes = [spelling.new() for _ in range(500)]
    assert all(re.fullmatch(r"([AFJKMPRWXY][2-9]){3}", code) for code in codes)
    assert len(set(codes)) > 480


@pytest.mark.parametrize("typed", ["k4 r7 p9", "K4-R7-P9", " K4R7P9 "])
def test_a_code_is_found_however_it_is_typed(pupil, typed):
    room(code="K4R7P9")
    response = pupil.get("/salle/", {"code": typed}, follow=True)
    assert response.redirect_chain[-1][0] == "/salle/K4R7P9/"
    assert response.status_code == 200


def test_longer_codes_come_when_the_short_ones_are_taken(monkeypatch):
    room(code="A2A2A2")
    monkeypatch.setattr(spelling, "new", lambda pairs: "A2" * pairs)
    fields = {"portal": factories.portal(), "owner_key": TEACHER, "kind": "shared", "publish": False, "minutes": 60}
    assert opening.open_room(**fields, link="l" * 22).code == "A2A2A2A2"


def test_a_wrong_code_is_a_page_that_says_what_to_do(pupil):
    response = pupil.get("/salle/A2A2A2/")
    assert response.status_code == 404
    assert b"No room has this code" in response.content


def test_wrong_codes_of_an_address_are_limited_but_who_is_inside_goes_on(pupil, monkeypatch):
    inside, other = shared(), room()
    monkeypatch.setattr(limits, "WRONG_ROOMS_PER_HOUR", 3)
    assert [pupil.get("/salle/A2A2A2/").status_code for _ in range(4)] == [404, 404, 404, 429]
    assert client("q" * 32).get(url(other)).status_code == 429
    assert pupil.get(url(inside)).status_code == 200


def test_a_room_of_another_portal_does_not_exist(pupil):
    portal = factories.portal()
    portal.pk, portal.code, portal.is_default = 999, "elsewhere", False
    portal.save(force_insert=True)
    assert pupil.get(url(room(portal=portal))).status_code == 404


# --- To open and to lead ------------------------------------------------------------------------------


def test_a_room_is_not_published_unless_that_was_ticked(teacher):
    opened(teacher)
    opened(teacher, publish="on")
    assert list(Room.objects.order_by("pk").values_list("publish", flat=True)) == [False, True]
    assert set(Room.objects.values_list("owner_key", flat=True)) == {TEACHER}


def test_a_form_sent_twice_opens_one_room(teacher):
    link = "A" * 22
    fields = {"kind": "own", "minutes": "60", "link": link}
    assert teacher.post("/salle/", fields).headers["Location"] == teacher.post("/salle/", fields).headers["Location"]
    assert Room.objects.count() == 1
    assert client("o" * 32).post("/salle/", fields).status_code == 409


@pytest.mark.parametrize("fields", [{"minutes": "9999999"}, {"kind": "x"}, {"link": "short"}])
def test_a_room_cannot_be_opened_otherwise_than_offered(teacher, fields):
    assert opened(teacher, **fields).status_code == 422
    assert not Room.objects.exists()


def test_rooms_without_end_are_refused(teacher, monkeypatch):
    monkeypatch.setattr(limits, "ROOMS_PER_HOUR", 2)
    assert [opened(teacher).status_code for _ in range(3)] == [302, 302, 429]


TEACHERS = ["ecran/", "ecran/direct/", "fiche/"]
ACTS = ["question/", "reveler/", "arreter/", "redemander/", "prolonger/", "fermer/"]


def test_only_the_teacher_leads(pupil):
    made = shared()
    assert {pupil.get(url(made, page)).status_code for page in TEACHERS} == {404}
    assert {pupil.post(url(made, act), {"prompt": "?"}).status_code for act in ACTS} == {404}
    made.refresh_from_db()
    assert made.is_open
    assert Comparison.objects.get().revealed_at is None


def test_the_secret_link_leads_the_room_from_another_browser_too(teacher):
    made, other = shared(), client("o" * 32)
    assert other.get(f"/salle/cle/{made.link}/").status_code == 200
    assert other.get(url(made, "ecran/")).status_code == 404
    assert other.post(f"/salle/cle/{made.link}/").headers["Location"] == url(made, "ecran/")
    assert {browser.get(url(made, "ecran/")).status_code for browser in (other, teacher)} == {200}
    assert other.post(url(made, "reveler/")).status_code == 302
    assert Comparison.objects.get().revealed_at
    assert showing.seen_by_class(made)["counts"]["joined"] == 1
    assert other.get(f"/salle/cle/{made.link[:-1]}x/").status_code == 404


def test_the_secret_link_serves_on_the_portal_of_its_room_alone(settings):
    made = room()
    settings.ALLOWED_HOSTS = ["testserver", "other.test"]
    Portal.objects.create(
        code="zz", name="compar:IA", hosts=["other.test"], languages=["da"], default_language="da", objective=1
    )
    elsewhere = client("o" * 32)
    for ask in (elsewhere.get, elsewhere.post):
        assert ask(f"/salle/cle/{made.link}/", headers={"host": "other.test"}).status_code == 404
    assert not made.members.filter(visitor_key="o" * 32).exists()


def test_the_link_gives_the_room_to_another_where_its_browser_erased_everything(teacher):
    made = room()
    teacher.post("/mes-comparaisons/effacer/")
    assert Room.objects.get().owner_key == ""
    assert client("o" * 32).post(f"/salle/cle/{made.link}/").status_code == 302
    assert Room.objects.get().owner_key == "o" * 32


def test_the_link_is_shown_on_no_page_that_is_projected_nor_to_a_pupil(teacher, pupil):
    made = shared()
    pages = [teacher.get(url(made, page)) for page in TEACHERS] + [pupil.get(url(made))]
    assert all(page.status_code == 200 and made.link not in page.content.decode() for page in pages)
    assert made.link in teacher.get("/salle/").content.decode()


def test_a_closed_room_says_so_and_its_sheet_is_still_printed(teacher, pupil):
    made = shared()
    teacher.post(url(made, "fermer/"))
    assert client("n" * 32).get(url(made)).status_code == 410
    assert pupil.get(url(made)).status_code == 410
    live = pupil.get(url(made, "direct/")).content.decode()
    assert 'data-stage="closed"' in live and "bleu" not in live
    assert pupil.post(url(made, "vote/"), {"turn": turn_of(made).pk, "choice": "a_better"}).status_code == 409
    assert not RoomVote.objects.exists()
    sheet = teacher.get(url(made, "fiche/")).content.decode()
    assert "Pourquoi le ciel est-il bleu ?" in sheet
    assert b"Sheet to print" in teacher.get(url(made, "ecran/")).content
    teacher.post(url(made, "prolonger/"))
    assert pupil.get(url(made)).status_code == 200


def test_a_room_cannot_be_prolonged_for_ever():
    made = room()
    for _ in range(400):
        opening.prolong(made)
    assert made.expires_at - made.created_at == opening.LONGEST


# --- To come in -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("publish", "told"), [(False, "Nothing is published."), (True, "What you write is published.")]
)
def test_who_comes_in_is_told_what_becomes_of_it(pupil, publish, told):
    made = room(publish=publish)
    page = pupil.get(url(made)).content.decode()
    assert told in page
    assert ('name="consent"' in page) == publish
    assert not RoomMember.objects.exists()
    assert pupil.post(url(made, "entrer/"), {}).status_code == (422 if publish else 302)
    assert RoomMember.objects.count() == int(not publish)
    pupil.post(url(made, "entrer/"), {"consent": "on"})
    assert RoomMember.objects.get().consent is not None


def test_coming_in_twice_counts_once_and_the_teacher_is_no_pupil(teacher, pupil):
    made = room()
    for browser in (pupil, pupil, teacher):
        browser.post(url(made, "entrer/"))
    assert RoomMember.objects.count() == 1


# --- The shared duel ----------------------------------------------------------------------------------


def asked(browser, made, prompt="Qui a peint Guernica ?", **fields):
    sent = {"prompt": prompt, "mode": "random", "consent": "on", "submission_key": str(uuid.uuid4()), "room": made.code}
    return browser.post(url(made, "question/"), sent | fields)


def test_the_question_of_the_teacher_is_the_rooms_and_the_next_one_waits_for_the_reveal(teacher):
    made = room()
    factories.language_model(), factories.language_model()
    assert asked(teacher, made).status_code == 302
    first = Comparison.objects.get()
    assert (first.room, first.visitor_key) == (made, TEACHER)
    assert asked(teacher, made).status_code == 409
    assert Comparison.objects.count() == 1
    first.turns.get().answers.update(status="complete", finished_at=timezone.now())
    teacher.post(url(made, "reveler/"))
    assert asked(teacher, made).status_code == 302
    assert duelling.past(made).count() == 2


def test_a_question_sent_twice_is_asked_once(teacher):
    made, key = room(), str(uuid.uuid4())
    factories.language_model(), factories.language_model()
    assert [asked(teacher, made, submission_key=key).status_code for _ in range(2)] == [302, 302]
    assert Comparison.objects.count() == 1


def test_an_empty_question_is_told_and_asks_nothing(teacher):
    made = room()
    response = asked(teacher, made, prompt=" ")
    assert response.status_code == 422
    assert b"Write your question first." in response.content
    assert not Comparison.objects.exists()


def test_only_who_is_in_the_room_reads_the_duel_and_only_that_one(pupil):
    made = shared()
    other = factories.comparison(visitor_key=TEACHER)
    assert "Pourquoi le ciel" in pupil.get(url(made)).content.decode()
    assert pupil.get(made.comparison.get_absolute_url()).status_code == 404
    assert pupil.get(other.get_absolute_url()).status_code == 404
    stranger = client("s" * 32)
    assert "Pourquoi le ciel" not in stranger.get(url(made)).content.decode()
    assert stranger.get(url(made, "direct/")).headers["Location"] == url(made)


def test_nothing_names_the_models_before_the_reveal_and_everything_does_after(teacher, pupil):
    made = shared()
    names = [made.comparison.model_a.name, made.comparison.model_b.name]
    before = [pupil.get(url(made)), pupil.get(url(made, "direct/")), teacher.get(url(made, "ecran/direct/"))]
    before += [teacher.get(url(made, "fiche/"))]
    assert not any(name in page.content.decode() for page in before for name in names)
    teacher.post(url(made, "reveler/"))
    after = [pupil.get(url(made)), pupil.get(url(made, "direct/")), teacher.get(url(made, "ecran/"))]
    after += [teacher.get(url(made, "fiche/"))]
    assert all(name in page.content.decode() for page in after for name in names)


def test_an_erased_duel_is_read_no_more(teacher, pupil):
    made = shared()
    assert "Réponse A" in pupil.get(url(made, "direct/")).content.decode()
    teacher.post("/mes-comparaisons/effacer/")
    live = pupil.get(url(made, "direct/")).content.decode()
    assert "Réponse A" not in live and "Pourquoi" not in live


def test_a_page_that_has_everything_is_sent_nothing(teacher, pupil):
    made = shared()
    for browser, live in ((pupil, "direct/"), (teacher, "ecran/direct/")):
        version = re.search(r"\?v=([0-9a-f]+)", browser.get(url(made, live)).content.decode())[1]
        again = browser.get(url(made, live), {"v": version})
        assert (again.status_code, again.content) == (204, b"")
    RoomVote.objects.create(room=made, turn=turn_of(made), visitor_key="x" * 32, choice="a_better")
    assert teacher.get(url(made, "ecran/direct/"), {"v": version}).status_code == 200


@pytest.mark.parametrize("live", ["direct/", "ecran/direct/"])
def test_what_a_page_asks_costs_as_many_queries_for_one_pupil_as_for_thirty(teacher, pupil, live):
    made = shared()
    browser = teacher if "ecran" in live else pupil
    browser.get(url(made, live))

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url(made, live)).status_code == 200
        return len(queries)

    one = cost()
    for number in range(30):
        key = f"{number:032}"
        RoomMember.objects.create(room=made, visitor_key=key)
        RoomVote.objects.create(room=made, turn=turn_of(made), visitor_key=key, choice="b_better")
    assert cost() == one <= 6


# --- The votes --------------------------------------------------------------------------------------


def test_a_pupil_votes_once_and_may_change_until_the_reveal(teacher, pupil):
    made = shared()
    turn = turn_of(made).pk
    for choice in ("a_better", "both_bad", "both_bad"):
        assert pupil.post(url(made, "vote/"), {"turn": turn, "choice": choice}).status_code == 302
    assert [(vote.visitor_key, vote.choice) for vote in RoomVote.objects.all()] == [(PUPIL, "both_bad")]
    assert not Vote.objects.exists()
    teacher.post(url(made, "reveler/"))
    refused = pupil.post(url(made, "vote/"), {"turn": turn, "choice": "b_better"})
    assert refused.status_code == 409
    assert RoomVote.objects.get().choice == "both_bad"
    assert url(made) in refused.content.decode()


@pytest.mark.parametrize(
    ("statuses", "fields", "status"),
    [
        (("streaming", "complete"), {}, 409),
        (("failed", "complete"), {}, 409),
        (("complete", "complete"), {"choice": "none"}, 422),
        (("complete", "complete"), {"turn": 10**12}, 409),
        (("complete", "complete"), {"turn": "x"}, 422),
        (("stopped", "complete"), {}, 302),
    ],
)
def test_a_vote_is_taken_only_on_the_question_of_now_and_two_finished_answers(pupil, statuses, fields, status):
    made = shared(statuses)
    sent = {"turn": turn_of(made).pk, "choice": "a_better"} | fields
    assert pupil.post(url(made, "vote/"), sent).status_code == status
    assert RoomVote.objects.exists() == (status == 302)


def test_a_stranger_cannot_vote():
    made = shared()
    client("s" * 32).post(url(made, "vote/"), {"turn": turn_of(made).pk, "choice": "a_better"})
    assert not RoomVote.objects.exists()


def test_the_tally_counts_each_choice_and_tells_who_is_ahead(teacher):
    made = shared()
    for number, choice in enumerate(["a_better", "a_better", "b_better", "both_good"]):
        RoomVote.objects.create(room=made, turn=turn_of(made), visitor_key=f"{number:032}", choice=choice)
    tally = tallying.tally(turn_of(made).pk)
    assert {bar.choice: bar.votes for bar in tally.bars} == {
        "a_better": 2,
        "both_good": 1,
        "both_bad": 0,
        "b_better": 1,
        "cannot_say": 0,
    }
    assert (tally.votes, tally.preferred) == (4, "a")
    assert "4 votes of 1" in teacher.get(url(made, "ecran/")).content.decode()


def test_a_vote_of_an_earlier_question_is_not_counted_for_the_next():
    made = shared()
    first = turn_of(made)
    RoomVote.objects.create(room=made, turn=first, visitor_key=PUPIL, choice="a_better")
    made.comparison = factories.comparison(visitor_key=TEACHER, room=made)
    made.save()
    second = factories.turn(made.comparison)
    with pytest.raises(Refused) as refusal:
        tallying.cast(made, PUPIL, first.pk, "b_better")
    assert refusal.value.message == refusals.NEXT_QUESTION
    tallying.cast(made, PUPIL, second.pk, "both_good")
    assert [tallying.choice_of(turn.pk, PUPIL) for turn in (first, second)] == ["a_better", "both_good"]


@pytest.mark.django_db(transaction=True)
def test_no_vote_is_taken_after_the_reveal_however_close_they_come():
    made = shared()
    turn = turn_of(made).pk
    barrier = threading.Barrier(9)
    late, seen = [], []

    def vote(number):
        barrier.wait()
        try:
            tallying.cast(Room.objects.select_related("comparison").get(pk=made.pk), f"{number:032}", turn, "a_better")
        except Refused as refusal:
            late.append(refusal.message)
        finally:
            connection.close()

    def reveal():
        barrier.wait()
        duelling.reveal(Room.objects.select_related("comparison").get(pk=made.pk))
        seen.append(tallying.tally(turn).votes)
        connection.close()

    threads = [threading.Thread(target=vote, args=[number]) for number in range(8)] + [threading.Thread(target=reveal)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(late) <= {refusals.REVEALED}
    assert RoomVote.objects.count() + len(late) == 8
    assert seen == [RoomVote.objects.count()]  # what was counted at the reveal is what stands


# --- Their own ----------------------------------------------------------------------------------------


def entered(browser, **fields):
    made = room(kind="own", **fields)
    browser.post(url(made, "entrer/"), {"consent": "on"})
    return made


def ask_alone(browser, **fields):
    sent = {"prompt": "Qui a peint Guernica ?", "mode": "random", "submission_key": str(uuid.uuid4())}
    return browser.post("/arene/", sent | fields)


@pytest.fixture
def two_models():
    return factories.language_model(), factories.language_model()


def test_what_a_pupil_asks_is_of_the_room_without_a_second_consent(pupil, two_models):
    made = entered(pupil)
    page = pupil.get("/arene/").content.decode()
    assert "Nothing of this room is published." in page
    assert 'name="consent"' not in page
    assert ask_alone(pupil, room=made.code).status_code == 302
    asked = Comparison.objects.get()
    assert asked.room == made
    assert asked.consent is not None
    assert made.code_in_pairs in pupil.get(asked.get_absolute_url()).content.decode()
    assert "Qui a peint Guernica" in pupil.get(url(made)).content.decode()


def test_a_question_of_an_ended_room_is_not_sent_elsewhere(pupil, two_models):
    made = entered(pupil)
    opening.close(made)
    response = ask_alone(pupil, room=made.code, consent="on")
    assert response.status_code == 409
    assert b"your question was not sent" in response.content
    assert not Comparison.objects.exists()


def test_to_agree_in_a_room_is_not_to_agree_to_be_published(pupil, two_models):
    made = entered(pupil)
    ask_alone(pupil, room=made.code)
    opening.close(made)
    assert 'name="consent"' in pupil.get("/arene/").content.decode()
    assert ask_alone(pupil).status_code == 422
    assert Comparison.objects.count() == 1


def test_who_only_writes_a_rooms_name_is_not_in_it(two_models):
    made = room(kind="own")
    stranger = client("s" * 32)
    stranger.cookies["room"] = made.code
    assert ask_alone(stranger, consent="on", room=made.code).status_code == 409
    assert ask_alone(stranger, consent="on").status_code == 302
    assert Comparison.objects.get().room is None


def test_a_room_has_a_limit_of_its_own(pupil, two_models, settings):
    settings.ARENA_ROOM_PROMPTS_PER_HOUR = 2
    made = entered(pupil)
    other = client("q" * 32)
    other.post(url(made, "entrer/"))
    statuses = [ask_alone(browser, room=made.code).status_code for browser in (pupil, other, other)]
    assert statuses == [302, 302, 429]
    assert ask_alone(client("o" * 32), consent="on").status_code == 302
    assert b"Your class has sent many questions" in ask_alone(other, room=made.code).content


def test_the_projector_counts_what_pupils_do_and_shows_none_of_it(teacher, pupil, two_models):
    made = entered(pupil)
    ask_alone(pupil, room=made.code)
    asked = Comparison.objects.get()
    Vote.objects.create(turn=asked.turns.get(), choice="a_better")
    assert showing.of_own(made) == {"asked": 1, "voted": 1, "revealed": 0}
    for page in ("ecran/", "fiche/"):
        assert "Guernica" not in teacher.get(url(made, page)).content.decode()


def test_a_receipt_and_the_page_of_publication_say_what_is_true_of_a_room(pupil):
    for publish, said in ((False, "class room whose comparisons are not published"), (True, "Yes, with its text")):
        made = factories.comparison(visitor_key=PUPIL, room=room(publish=publish))
        factories.turn(made, choice="a_better")
        assert said in pupil.get(made.receipt_url).content.decode()
        publication = pupil.get(f"{made.get_absolute_url()}publication/").content.decode()
        assert ("Nothing of it will be published" in publication) != publish
        assert ("in_room" in publication) == publish


def test_asking_again_and_going_on_count_for_the_room_too(pupil, settings):
    made = factories.comparison(visitor_key=PUPIL, room=room())
    factories.turn(made, statuses=("failed", "complete"))
    settings.ARENA_ROOM_PROMPTS_PER_HOUR = 0
    assert pupil.post(f"{made.get_absolute_url()}questions/1/a/retry/").status_code == 429
    assert pupil.post(f"{made.get_absolute_url()}questions/1/retry/").status_code == 429
    answered = factories.comparison(visitor_key=PUPIL, room=made.room)
    factories.turn(answered)
    sent = {"prompt": "Et sur Mars ?", "number": 2}
    assert pupil.post(f"{answered.get_absolute_url()}questions/", sent).status_code == 429
    assert [each.turns.count() for each in (made, answered)] == [1, 1]
