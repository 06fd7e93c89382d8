"""The page of what the ranking is worth, the same for programs, and one model over time with what happened to it."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from leaderboard import scales
from leaderboard.models import Snapshot
from leaderboard.timelines import DAY, Night, timeline
from models_catalog.models import Event, LanguageModel
from models_catalog.tests import factories as catalogue
from portals.models import Portal

from . import factories

pytestmark = pytest.mark.django_db
PAGE, HISTORY = "/ranking/confiance/", "/ranking/historique/"


@pytest.fixture(autouse=True)
def in_english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def models():
    return [catalogue.model(slug, name=slug.capitalize(), served=False) for slug in ("ant", "bee", "cat")]


@pytest.fixture
def measured(models):
    return factories.board(models, trust=factories.trust(models))


def page(client, address=PAGE, status=200):
    response = client.get(address)
    assert response.status_code == status, response
    return response.content.decode()


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2].partition("</main>")[0]).split())


# --- How far to trust it -----------------------------------------------------------------------------------


def test_each_weakness_is_told_with_its_figures(client, measured):
    told = words(page(client))
    for sentence in (
        "measured on the 2,000 votes of 300 visitors",
        "4 votes of 2,000: without them, another model would come first",
        "4 votes of 2,000 votes Without them, Ant would not be first any more: Cat would. (that is one in 500)",
        "Not found of 300 visitors, with all their votes However many were left out",
        "people recognise Cat, the best liked of tier 2, and vote for it each time they meet it, until it is in tier 1",
        "One person, on one day: as the ranking is computed about 18 comparisons 12 votes",
        "One person, on one day: with a filter More than 2,000",
        "100 people, over 7 days: with a filter about 68 comparisons 45 votes",
        "Answer A 50.5% to 51.8% 51.2%",
        "Twice as long preferred 40% of the time +3.2 to +34.5 +19.0",
        "The same visitor 90 votes of 30 visitors 30% to 50% 40%",
        "Another visitor no two visitors voted on the same two models not known",
        "Of the votes, they gave 30.0%",
        "Gini’s coefficient of votes is 0.81",
        "25.0% were left without a vote: that is the dashed line. Here is the same for each model. 1 model is not like",
        "Cat not like the others 30.0% to 50.0% 40.0%",
        "1 model of 3 would be in another tier under one of them at least.",
        "Ant 100 48% 20 2",
    ):
        assert sentence in told
    assert "page’s figures" not in told


def test_tier_that_moves_is_marked_by_an_arrow_and_in_words_and_comes_first(client, measured):
    html = page(client)
    table = html.partition("The tier of each model")[2].partition("</table>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", table.partition("<tbody>")[2], re.S)
    assert [words(f"<main{row}</main>") for row in rows] == [
        "Cat 1 — not ranked 2 ▼ (lower)",
        "Ant 1 1 1",
        "Bee 1 1 1",
        "Models that move 0 0 1",
        "Tiers in all 1 1 2",
    ]


def test_dots_that_are_full_are_in_the_measure_of_the_share(client, models):
    trust = factories.trust(models)
    trust["leader_by_votes"] = trust["leader_by_votes"] | {"verified": 90, "of": 2000}  # 45 in a thousand
    factories.board(models, trust=trust)
    first = re.search(r'<svg class="dots".*?</svg>', page(client), re.S)[0]
    assert re.findall(r'<rect width="(\d+)" height="200" fill="url\(#gone-1\)"', first) == ["20"]
    assert re.findall(r'<rect x="20" width="10" height="(\d+)" fill="url\(#gone-1\)"', first) == ["50"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"abandonment": {"mean": 0.0}}, "Each comparison whose two answers came got a vote."),
        ({"abandonment": None}, "How many comparisons were left is not known for this board."),
        ({"drills": []}, "All ranked models are in one tier: there is none to climb to."),
        ({"position": None, "style": []}, "The votes are too few to tell."),
        ({"concentration": None}, "The votes are too few to tell."),
        (
            dict.fromkeys(("leader_by_votes", "leader_by_visitors", "tier_by_votes", "tier_by_visitors")),
            "Too few models are ranked to measure it.",
        ),
    ],
)
def test_what_the_votes_do_not_allow_to_say_is_said(client, models, fields, sentence):
    factories.board(models, trust=factories.trust(models, **fields))
    assert sentence in words(page(client))


def test_night_without_the_panel_and_night_without_a_ranked_model_say_so(client, models):
    assert "The ranking has not been computed yet" in words(page(client))
    factories.board(models)
    assert "Not measured last night" in words(page(client))
    nobody = factories.board([], at=timezone.now() + datetime.timedelta(1)).counts | {"ranked": 0}
    factories.board([], counts=nobody, at=timezone.now() + datetime.timedelta(2))
    assert "Nothing to measure yet" in words(page(client))


def test_demonstration_says_so(client, settings, models):
    settings.LOCAL = True
    factories.board(models, is_demo=True, trust=factories.trust(models, abandonment={"mean": 0.0}))
    told = words(page(client))
    assert "DEMO: these votes are simulated" in told
    assert "Simulated visitors always vote" in told


def test_model_that_is_not_published_any_more_is_named_neither_to_people_nor_to_programs(client, measured):
    LanguageModel.objects.filter(slug="cat").update(status="review")
    html = page(client)
    assert "Cat" not in words(html)
    assert "a model that is not shown any more would." in words(html)
    told = client.get("/api/v1/leaderboard/all/trust/").json()["trust"]
    assert "cat" not in str(told)
    assert [told["leader_by_votes"][name] for name in ("model", "other")] == ["ant", None]


def test_page_is_linked_from_the_ranking_its_method_and_its_history(client, measured):
    for address in ("/ranking/", "/ranking/methode/", HISTORY):
        assert f'href="{PAGE}"' in page(client, address)


def test_figures_are_rounded_and_not_cut():
    with translation.override("en"):
        assert (scales.one_decimal(0.2997), scales.points(18.96), scales.points(-3.25, 0)) == ("30.0%", "+19.0", "−3")


# --- For programs ------------------------------------------------------------------------------------------


def test_programs_read_the_panel_of_the_night_and_of_a_release(client, models, measured):
    found = client.get("/api/v1/leaderboard/all/trust/")
    assert found.json()["trust"] == measured.trust
    assert (found.json()["board"], found.json()["kind"]) == ("all", "live")
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    factories.board(
        models, kind=Snapshot.Kind.RELEASE, release="2026-01", trust=factories.trust(models, abandonment=None)
    )
    old = client.get("/api/v1/leaderboard/all/trust/?release=2026-01").json()
    assert (old["release"], old["trust"]["abandonment"]) == ("2026-01", None)


@pytest.mark.parametrize("address", ["custom/trust/", "all/trust/?release=2025-01", "all/trust/?release=%00"])
def test_board_without_a_panel_is_a_404(client, models, measured, address):
    factories.board(models, board="weighted", at=measured.created_at)
    for missing in (address, "weighted/trust/"):
        response = client.get(f"/api/v1/leaderboard/{missing}")
        assert response.status_code == 404
        assert "error" in response.json()


# --- One model over time -----------------------------------------------------------------------------------


def happen(model, days, **fields):
    at = timezone.now() - datetime.timedelta(days=days)
    return Event.objects.create(model=model, slug=model.slug, at=at, **fields)


def test_what_happened_to_a_model_is_marked_on_its_history_and_told_beside(client, models):
    ant = models[0]
    for days in (4, 2, 0):
        factories.board(models, at=timezone.now() - datetime.timedelta(days=days))
    happen(ant, 9, kind="endpoint_added", after="openrouter: acme/ant")
    happen(ant, 3, kind="quantization", after="q8", reason="Cheaper to serve")
    html = page(client, f"{HISTORY}?model=ant")
    wide = re.search(r'<svg class="timeline".*?</svg>', html, re.S)[0]
    assert wide.count('<circle class="night"') == 3
    assert re.findall(r'text-anchor="middle">(\d(?:–\d)?)</text></g>', wide) == ["1", "2"]  # the second: added today
    listed = html.partition("What happened to it")[2]
    after, _fold, before = listed.partition("Before it was ranked here")
    assert "Compression changed: from none to 8 bits" in after
    assert "Why: Cheaper to serve" in after
    assert "Endpoint added: OpenRouter (acme/ant)" in before
    assert "Endpoint added" not in after


def test_line_is_broken_on_the_night_when_the_model_was_not_ranked(client, models):
    ant, *others = models
    now = timezone.now()
    factories.board(models, at=now - datetime.timedelta(days=2))
    factories.board(others, not_ranked=[(ant, "few_votes")], at=now - datetime.timedelta(days=1))
    factories.board(models, at=now)
    wide = re.search(r'<svg class="timeline".*?</svg>', page(client, f"{HISTORY}?model=ant"), re.S)[0]
    assert (wide.count('<polyline class="score"'), wide.count('<circle class="night"')) == (2, 2)


def test_history_shows_the_first_model_unless_another_is_named(client, measured):
    assert "Ant, night after night" in words(page(client, HISTORY))
    assert "Bee, night after night" in words(page(client, f"{HISTORY}?model=bee"))
    told = words(page(client, f"{HISTORY}?model=nobody", 404))
    assert "This model is not on the board: choose another one." in told
    assert "Each time it was computed" in told


def test_model_that_was_never_ranked_has_its_register_and_no_picture(client, models):
    factories.board(models[:2], not_ranked=[(models[2], "few_votes")])
    html = page(client, f"{HISTORY}?model=cat")
    assert "This model was never ranked on this board." in words(html)
    assert "timeline" not in html.partition("<main")[2]


def test_register_of_a_model_that_has_no_sheet_on_this_site_is_not_told(client, models):
    factories.board(models)
    happen(models[0], 0, kind="paused", after="paused")
    assert "Paused" in words(page(client, HISTORY))
    models[0].portals.add(Portal.objects.create(code="dk", name="DK", objective=1))
    assert "Paused" not in words(page(client, HISTORY))


@pytest.mark.parametrize("address", [PAGE, HISTORY])
def test_pages_ask_as_much_of_the_database_for_3_and_for_120_models(client, models, address):
    factories.board(models, trust=factories.trust(models))
    page(client, address)
    with CaptureQueriesContext(connection) as few:
        page(client, address)
    fields = {name: getattr(models[0], name) for name in ("organisation", "licence", "total_params", "status")}
    more = LanguageModel.objects.bulk_create(
        LanguageModel(slug=f"more-{number}", name=f"More {number}", **fields) for number in range(117)
    )
    every = [*models, *more]
    for day in (1, 2, 3):
        at = timezone.now() + datetime.timedelta(day)
        factories.board(every, trust=factories.trust(every), at=at)
    with CaptureQueriesContext(connection) as many:
        html = page(client, address)
    assert len(many) == len(few)
    assert "More 116" in html


# --- Where things stand ------------------------------------------------------------------------------------


def test_line_breaks_where_the_model_was_not_ranked_and_all_is_inside_the_frame():
    nights = [Night(day * DAY, 1000 + day, 990 + day, 1010 + day) for day in range(5)]
    nights[2] = Night(2 * DAY)
    drawn = timeline(nights, [-3 * DAY, DAY, 1.01 * DAY, 6 * DAY], 960, 360, 6)
    assert [len(stretch.points) for stretch in drawn.stretches] == [2, 2]
    assert [(mark.first, mark.last) for mark in drawn.marks] == [(2, 3), (4, 4)]
    places = [float(mark.x) for mark in drawn.marks]
    places += [float(x) for stretch in drawn.stretches for x, *_heights in stretch.points]
    assert all(drawn.left <= x <= drawn.right for x in places)
    heights = [float(y) for stretch in drawn.stretches for _x, *ys in stretch.points for y in ys]
    assert all(drawn.top <= y <= drawn.bottom for y in heights)
    assert drawn.times[0][2] == "start"


def test_single_night_is_a_point_with_one_date():
    drawn = timeline([Night(0, 1000, 990, 1010)], [], 380, 320, 3)
    assert [len(stretch.points) for stretch in drawn.stretches] == [1]
    assert [(at, anchor) for _x, at, anchor in drawn.times] == [(0, "middle")]
