"""The pages of the ranking, its files and its interface for programs."""

import csv
import datetime
import io
import json
import random
import re

import pytest
from django.core.cache import cache, caches
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pyarrow import parquet

from arena import importing
from arena.tests import factories as arena
from leaderboard import charting
from leaderboard.drawing import Axis, Point, best, picture
from models_catalog.models import LanguageModel
from models_catalog.tests import factories as catalogue
from portals.models import Portal

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def ant():
    return catalogue.model("ant", name="Ant", total_params=3, release_date=datetime.date(2025, 1, 1))


@pytest.fixture
def bee():
    closed = catalogue.licence("Terms", "api-only")
    bolt = catalogue.organisation("Électre")
    return catalogue.model("bee", name="Bee", total_params=500, licence=closed, organisation=bolt)


@pytest.fixture
def cat():
    return catalogue.model("cat", name="Cat", total_params=70, release_date=datetime.date(2026, 1, 1))


@pytest.fixture
def ranked(ant, bee, cat):
    return factories.board([ant, bee, cat])


def page(client, address="/ranking/", status=200):
    response = client.get(address)
    assert response.status_code == status, response
    return response.content.decode()


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2].partition("</main>")[0]).split())


def names(html):
    return re.findall(r'class="col-model"><a href="/modeles/[^"]+">([^<]+)', html)


def test_ranking_says_first_what_can_be_said_and_what_cannot(client, ranked):
    told = words(page(client))
    for sentence in (
        "Ant and Bee lead: the votes do not tell them from the first of them.",
        "300 votes of 40 visitors place 3 models in 2 tiers.",
        "In 20% of the votes, neither of the two answers was found good.",
        "The intervals allow for it, and are 20% wider than if each vote came from someone else.",
        "this board is computed each night from votes that are not all published.",
    ):
        assert sentence in told
    assert told.index("What can be said") < told.index("What cannot be said") < told.index("Tier 1")


def test_rows_stand_in_tiers_with_place_interval_and_facts_and_lead_to_the_sheets(client, ranked):
    html = page(client)
    assert names(html) == ["Ant", "Bee", "Cat"]
    told = words(html)
    assert "Tier 1 2 models, which the votes do not tell from Ant" in told
    assert "1–2 Ant Acme 1,090 1,075 to 1,105 101 62% 20%" in told
    assert "January 2026" in told


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?sort=name", ["Ant", "Bee", "Cat"]),
        ("?sort=votes", ["Cat", "Bee", "Ant"]),
        ("?sort=energy", ["Ant", "Cat", "Bee"]),
        ("?sort=recent", ["Cat", "Ant", "Bee"]),
        ("?style=1", ["Cat", "Bee", "Ant"]),
        ("?q=electre", ["Bee"]),
        ("?size=XS&size=M", ["Ant", "Cat"]),
        ("?licence=api-only", ["Bee"]),
        ("?size=XS&licence=api-only", []),
        ("?q=nothing", []),
    ],
)
def test_table_is_what_is_asked_for(client, ranked, query, found):
    assert names(page(client, f"/ranking/{query}")) == found


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("board=all&q=&sort=rank", ""),
        ("sort=stars&size=XXL&style=yes&page=9", ""),
        ("sort=name&q=%20bee%20%00", "q=bee&sort=name"),
    ],
)
def test_what_is_wrong_or_useless_in_an_address_is_ignored(client, ranked, asked, canonical):
    response = client.get(f"/ranking/?{asked}", follow=True)
    assert (response.status_code, response.wsgi_request.GET.urlencode()) == (200, canonical)


def test_fragment_is_the_page_reloaded(client, ranked):
    fragment = client.get("/ranking/?size=XS&q=", headers={"HX-Request": "true"})
    assert fragment.headers["HX-Push-Url"] == "/ranking/?size=XS"
    assert "HX-Request" in fragment.headers["Vary"]
    reloaded = page(client, "/ranking/?size=XS")
    text = re.sub(r' hx-swap-oob="\w+"', "", fragment.content.decode())
    for part in re.split(r"\n(?=<(?:div|section)[^>]* id=)", text):
        inside = re.sub(r'^<div id="count">|</div>$', "", part.strip()) if 'id="count"' in part else part.strip()
        assert inside.strip() in reloaded


@pytest.mark.parametrize(
    "address", ["/ranking/", "/ranking/energie/", "/ranking/model-1/model-2/", "/ranking/methode/"]
)
def test_pages_ask_as_much_of_the_database_for_3_and_for_120_models(client, address):
    models = factories.models(3, total_params=3)
    factories.board(models)
    page(client, address)
    with CaptureQueriesContext(connection) as few:
        page(client, address)
    fields = {name: getattr(models[0], name) for name in ("organisation", "licence", "total_params", "status")}
    more = LanguageModel.objects.bulk_create(
        LanguageModel(slug=f"more-{number}", name=f"More {number}", **fields) for number in range(117)
    )
    factories.board([*models, *more], at=timezone.now() + datetime.timedelta(1))
    with CaptureQueriesContext(connection) as many:
        html = page(client, address)
    assert len(many) == len(few)
    if address == "/ranking/":
        assert len(names(html)) == 120


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "model-1 is the only model ranked: a ranking takes two."),
        (2, "The votes do not yet tell any of the ranked models from the first one."),
    ],
)
def test_few_models_have_their_own_words(client, count, sentence):
    factories.board(factories.models(count))
    assert sentence in words(page(client))
    for address in ("/ranking/energie/", "/ranking/methode/", "/ranking/historique/", "/ranking/comparer/"):
        page(client, address)


@pytest.mark.parametrize(
    "address", ["/ranking/", "/ranking/energie/", "/ranking/methode/", "/ranking/historique/", "/ranking/comparer/"]
)
def test_before_the_first_night_pages_say_so(client, address):
    assert "The ranking has not been computed yet" in words(page(client, address))


def test_nights_without_votes_and_with_too_few_say_so(client, ant, bee):
    call_command("compute_leaderboard", verbosity=0)
    assert "No vote is counted yet" in words(page(client))
    factories.board([], not_ranked=[(ant, "few_votes"), (bee, "few_visitors")], counts=counts(votes=5))
    told = words(page(client))
    assert "No model can be ranked yet 5 votes were counted." in told
    assert "Ant Fewer than 30 votes against ranked models 12" in told
    assert "Bee Votes of fewer than 10 visitors 12" in told


def counts(votes):
    names = ("used", "left_out", "visitors", "models", "ranked", "a_better", "b_better", "both_good", "both_bad")
    return {"votes": votes} | dict.fromkeys(names, 0)


def test_demonstration_is_shown_on_a_local_site_alone_without_real_votes_and_says_demo(client, settings, ant, bee):
    factories.board([ant, bee], is_demo=True)
    settings.LOCAL = False
    Portal.objects.update(hosts=["testserver"])
    caches["process"].clear()
    assert "The ranking has not been computed yet" in words(page(client))
    settings.LOCAL = True
    for address in ("/ranking/", "/ranking/energie/", "/ranking/ant/bee/", "/ranking/methode/"):
        assert "DEMO: these votes are simulated" in words(page(client, address))
    assert "DEMO" in client.get("/ranking/export.csv").headers["Content-Disposition"]
    assert {line["demo"] for line in client.get("/ranking/export.json").json()} == {"DEMO"}
    factories.board([bee, ant])
    assert "DEMO" not in page(client)


def test_only_boards_of_the_last_night_are_shown(client, ranked, ant):
    assert "This board does not exist" in words(page(client, "/ranking/?board=topic:Sports", 404))
    factories.board([ant], board="topic:Sports", at=ranked.created_at)
    assert names(page(client, "/ranking/?board=topic%3ASports")) == ["Ant"]
    factories.board([ant], at=timezone.now() + datetime.timedelta(1))
    page(client, "/ranking/?board=topic:Sports", 404)


def test_model_that_is_not_published_any_more_is_not_shown(client, ranked, bee):
    LanguageModel.objects.filter(slug="bee").update(status="review")
    assert names(page(client)) == ["Ant", "Cat"]
    assert "bee" not in client.get("/ranking/export.csv").content.decode()
    page(client, "/ranking/ant/bee/", 404)


def test_two_models_are_told_in_plain_words_whichever_is_named_first(client, ranked):
    told = words(page(client, "/ranking/bee/ant/"))
    for sentence in (
        "The votes do not tell Ant and Bee apart.",
        "The probability that Ant is the better one of the two is 80%.",
        "Of 100 visitors who compare them, about 51 would prefer Ant, ties shared.",
        "7 votes were given on this very pair",
        "At this difference, about 1,200 more votes on this pair would tell them apart.",
    ):
        assert sentence in told


def test_two_models_that_votes_tell_apart_and_two_that_stand_equal(client, ant, bee, cat):
    told = {"models": ["ant", "bee", "cat"], "better": [[0.99999, 0.5], [0.5]], "votes": [[0, 1], [1]]}
    factories.board([ant, bee, cat], pairs=told | {"votes_to_tell": [[0, None], [None]]})
    apart = words(page(client, "/ranking/ant/bee/"))
    assert "Ant is preferred to Bee: the votes tell them apart." in apart
    assert "is more than 99%." in apart
    assert "Nobody has compared these two with each other" in apart
    assert "no number of votes would tell them apart" in words(page(client, "/ranking/ant/cat/"))


def test_what_visitors_preferred_is_told_from_twenty_votes_on_the_pair(client, ranked, ant, bee):
    def vote(count):
        rows = [
            importing.Voted(
                created_at=timezone.now(),
                visitor_key=f"{count}-{number}",
                portal_id=arena.portal().pk,
                language="fr",
                models=(bee.pk, ant.pk),
                prompt="Pourquoi ?",
                prompt_language="fr",
                topics=(),
                texts=("a", "b"),
                tokens=(1, 1),
                choice="both_good" if number % 4 == 0 else "b_better",
                draw_probability=0.5,
            )
            for number in range(count)
        ]
        importing.write("imported", rows)
        cache.clear()

    cache.clear()
    vote(19)
    assert "What visitors preferred" not in words(page(client, "/ranking/ant/bee/"))
    vote(21)
    told = words(page(client, "/ranking/bee/ant/"))
    assert "What visitors preferred" in told
    assert "Ant is better 29 72%" in told
    assert "Bee is better 0 0%" in told
    assert "Both are good 11 28%" in told


def test_form_of_two_models_leads_to_their_page_and_what_is_wrong_is_said(client, ranked):
    assert client.get("/ranking/comparer/?a=ant&b=cat").headers["Location"] == "/ranking/ant/cat/"
    assert "Choose two models" in words(page(client, "/ranking/comparer/?a=ant"))
    assert "choose two that differ" in words(page(client, "/ranking/ant/ant/", 422))
    assert "choose it again" in words(page(client, "/ranking/ant/nobody/", 404))


def test_model_without_a_place_is_compared_with_nobody_and_the_reason_is_said(client, ant, bee, cat):
    factories.board([ant, bee], not_ranked=[(cat, "apart")])
    assert "Cat is not ranked." in words(page(client, "/ranking/ant/cat/"))


def test_picture_of_energy_holds_title_legend_source_and_date_and_its_points_are_links(client, ranked):
    html = page(client, "/ranking/energie/")
    assert html.count('<a href="/modeles/ant/" class="mark') == 2  # one drawing for a screen, one for a phone
    assert re.search(r'aria-label="Ant: score 1,090, [\d.]+ to [\d.]+ Wh"', html)
    picture = client.get("/ranking/energie.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    text = picture.content.decode()
    for held in ("Which AIs please most", "Open weights", "Proprietary", "compar:IA · 300 blind votes", ">Ant</text>"):
        assert held in text
    assert not re.search(r"<a |style=|<script", text)


def test_best_are_those_that_no_other_beats_on_both():
    points = [
        Point(key, key, (energy, energy), score, (score - 1, score + 1))
        for key, energy, score in (("thrifty", 1, 10), ("beaten", 2, 5), ("liked", 3, 20), ("same", 3, 15))
    ]
    assert best(points) == {"thrifty", "liked"}
    drawn = picture(points, 960, 640, 100, 10)
    assert [mark.key for mark in drawn.marks] == ["liked", "same", "thrifty", "beaten"]
    assert all(drawn.left <= float(mark.x) <= drawn.right for mark in drawn.marks)
    assert all(
        drawn.top <= float(mark.top) < float(mark.y) < float(mark.bottom) <= drawn.bottom for mark in drawn.marks
    )


@pytest.mark.parametrize(("width", "height", "head", "names"), charting.SHAPES)
def test_names_of_a_crowd_neither_meet_nor_leave_the_frame_and_the_leader_has_one(width, height, head, names):
    rng = random.Random(7)
    points = []
    for number in range(120):
        energy, score = 0.1 * 10 ** (2 * rng.random() ** 3), 900 + 200 * rng.random()
        points.append(Point(str(number), f"Some model {number}", (energy, energy), score, (score - 20, score + 20)))
    points.append(Point("leader", "Leader", (0.4, 0.4), 1150, (1130, 1170)))
    drawn = picture(points, width, height, head, names)
    named = [mark for mark in drawn.marks if mark.label]
    assert 1 <= len(named) <= names
    rooms = []
    for mark in named:
        x, y, anchor = float(mark.label[0]), float(mark.label[1]), mark.label[2]
        long = 7 * len(mark.name)
        rooms.append((x - (long if anchor == "end" else 0), y - 10, x + (0 if anchor == "end" else long), y + 2))
    for number, (left, top, right, bottom) in enumerate(rooms):
        assert drawn.left <= left < right <= drawn.right
        assert not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for other in rooms[number + 1 :]
        )
        assert not any(left < float(mark.x) < right and top < float(mark.y) < bottom for mark in drawn.marks)
    assert drawn.marks[0].label


@pytest.mark.parametrize("values", [[], [1000], [1000, 1000], [999.5, 1000.5], [700, 1300]])
def test_axis_holds_its_values_and_has_round_ticks(values):
    axis = Axis.over(values)
    assert all(0 < axis.at(value) < 1 for value in values)
    ticks = axis.ticks()
    assert 1 <= len(ticks) <= 12
    assert all(axis.low <= tick <= axis.high for tick in ticks)


def test_method_explains_with_the_numbers_of_the_day(client, ant, bee, cat):
    rule = {"rule": "abuse", "votes": 9, "alone": 4, "with": {"tiers_moved": 2, "largest_change": 3.25, "models": {}}}
    factories.board([ant, bee, cat], ledger={"votes": 309, "kept": 300, "rules": [rule]})
    told = words(page(client, "/ranking/methode/"))
    for sentence in (
        "There are 300 votes of 40 visitors: 70% prefer one answer, 10% find both good, 20% find neither good.",
        "Ant has 1,090 and Bee 1,080: of 100 visitors who compare them, about 51 would prefer Ant",
        "Two models are told apart only if they differ by more than 3.50 times the error",
        "Of 309 votes, 300 are counted.",
        "Abuse 9 4 2 models would change tier",
    ):
        assert sentence in told


def test_history_has_each_night_the_last_first(client, ranked, bee, ant):
    factories.board([bee, ant], at=timezone.now() + datetime.timedelta(1))
    nights = page(client, "/ranking/historique/").partition("Each time it was computed")[2]
    rows = re.findall(r"<tr><th scope=\"row\"><time.*?</tr>", nights, re.S)
    assert ["Bee" in rows[0], "Ant" in rows[1], len(rows)] == [True, True, 2]


def test_files_hold_the_same_table(client, ranked):
    table = client.get("/ranking/export.json").json()
    assert [line["model"] for line in table] == ["ant", "bee", "cat"]
    assert [table[0][name] for name in ("rank", "tier", "score", "low", "high")] == [1, 1, 1090, 1075, 1105]
    written = parquet.read_table(io.BytesIO(client.get("/ranking/export.parquet").content)).to_pylist()
    assert written == table
    response = client.get("/ranking/export.csv?board=all")
    assert re.fullmatch(
        r'attachment; filename="comparia-ranking-all-\d{4}-\d\d-\d\d.csv"', response.headers["Content-Disposition"]
    )
    lines = list(csv.DictReader(io.StringIO(response.content.decode())))
    expected = [{name: "" if held is None else str(held) for name, held in line.items()} for line in table]
    assert lines == expected
    page(client, "/ranking/export.xlsx", 404)


@pytest.mark.parametrize("name", ['=HYPERLINK("http://evil.test")', "+1", "-1", "@SUM(A1)", "\tx"])
def test_name_in_the_csv_file_is_never_a_formula(client, name):
    factories.board([catalogue.model("odd", name=name, served=False)])
    written = client.get("/ranking/export.csv").content.decode()
    quoted = name.replace('"', '""')
    assert f'''"odd","'{quoted}","Acme"''' in written


def test_programs_read_the_boards_one_of_them_and_its_nights(client, ranked, ant, bee):
    factories.board([ant], board="topic:Food & Drink/Cooking", at=ranked.created_at)
    listed = client.get("/api/v1/leaderboard/").json()["boards"]
    assert [board["board"] for board in listed] == ["all", "topic:Food & Drink/Cooking"]
    for board in listed:
        found = client.get(board["url"])
        assert found.json()["board"] == board["board"]
        assert found.headers["Access-Control-Allow-Origin"] == "*"
        assert client.get(board["url"], headers={"If-None-Match": found.headers["ETag"]}).status_code == 304
    [first, *_others] = client.get(listed[0]["url"]).json()["ratings"]
    assert (first["model"], first["rank"], first["score"]) == ("ant", 1, 1090)

    factories.board([bee, ant], at=timezone.now() + datetime.timedelta(1))
    nights = client.get("/api/v1/leaderboard/all/history/").json()
    assert (nights["count"], nights["pages"]) == (2, 1)
    assert [[rating["model"] for rating in night["ratings"]] for night in nights["history"]] == [
        ["bee", "ant"],
        ["ant", "bee", "cat"],
    ]
    missing = client.get("/api/v1/leaderboard/nobody/")
    assert (missing.status_code, json.loads(missing.content)) == (404, {"error": "No such board."})
