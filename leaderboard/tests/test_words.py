"""The words that visitors ticked, on their page, on a pair's and in the files."""

import csv
import io
import re

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arena.models import VoteTag
from arena.tests import factories as arena
from leaderboard import ticking
from models_catalog.tests import factories as catalogue

from . import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/ranking/preferences/"


@pytest.fixture(autouse=True)
def words(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    arena.portal()
    VoteTag.objects.exclude(code__in=["useful", "creative", "incorrect"]).update(is_archived=True)
    arena.tags()
    caches["process"].clear()


def page(client, address=ADDRESS, status=200):
    response = client.get(address)
    assert response.status_code == status, response
    return response.content.decode()


def names(html):
    return re.findall(r'class="col-model">(?:<a href="[^"]+">)?([^<]+)(?:</a>)?<span class="maker"', html)


def cells(html):
    """[{word: share and interval}] of each row."""
    rows = html.partition("<tbody")[2].split("</tr>")[:-1]
    return [dict(re.findall(r'data-label="([^"]+)"><span class="word-share">(.*?)</span></span>', row)) for row in rows]


def test_each_model_has_the_share_of_each_word_with_its_interval(client):
    factories.board(factories.models(2))
    html = page(client)
    assert names(html) == ["model-1", "model-2"]
    [found, _same] = cells(html)
    assert {word: re.sub("<[^>]+>", "", share) for word, share in found.items()} == {
        "Useful": "50% (35 to 65%)",
        "Creative": "0% (0 to 9%)",
        "Incorrect": "10% (4 to 23%)",
    }


def test_a_model_with_few_ticks_has_no_share_and_is_named_apart(client):
    few = catalogue.model("few", name="Few", served=False)
    factories.board(factories.models(1), not_ranked=[(few, "few_votes")])
    html = page(client)
    assert names(html) == ["model-1"]
    assert "Few</li>" in html.partition("Too few words")[2]


def test_the_table_is_searched_filtered_and_sorted_in_its_address(client):
    models = factories.models(2)
    board = factories.board(models)
    other = catalogue.model("other", name="Other", served=False, total_params=500)
    rating = factories.rating(board, other, 3)
    rating.words = {"ticked": 50, "votes": {"useful": 5, "incorrect": 40}}
    rating.save()
    assert names(page(client)) == ["model-1", "model-2", "Other"]
    assert names(page(client, f"{ADDRESS}?sort=incorrect"))[0] == "Other"
    assert 'aria-sort="descending">Incorrect' in page(client, f"{ADDRESS}?sort=incorrect")
    assert names(page(client, f"{ADDRESS}?sort=ticked"))[0] == "Other"
    assert names(page(client, f"{ADDRESS}?q=oth")) == ["Other"]
    assert names(page(client, f"{ADDRESS}?size=XL")) == ["Other"]
    assert "No model of which" in page(client, f"{ADDRESS}?q=nobody")
    response = client.get(f"{ADDRESS}?q=&sort=nothing&size=XXXL&board=all")
    assert (response.status_code, response.url) == (302, ADDRESS)
    page(client, f"{ADDRESS}?board=nowhere", status=404)


def test_without_a_board_or_a_word_the_page_says_so(client):
    assert "Words of the votes" not in page(client)
    factories.board([])
    assert "Too few words were ticked yet" in page(client)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow_with_the_models(client, count):
    factories.board(factories.models(count))
    page(client)
    with CaptureQueriesContext(
        connection,
    ) as found:
        page(client)
    assert len(found) <= 5


def test_the_pair_page_says_the_words_of_each(client):
    factories.board(factories.models(2))
    html = page(client, "/ranking/model-1/model-2/")
    for name in ("model-1", "model-2"):
        assert (
            f"Words ticked most often for {name}, in 40 votes that ticked any: Useful (50%) and Incorrect (10%)."
            in html
        )


def test_a_model_of_few_words_has_no_line(client):
    few = catalogue.model("few", name="Few", served=False)
    board = factories.board([], not_ranked=[(few, "few_votes")])
    assert ticking.line(board.ratings.get()) == ""


def test_the_files_and_the_interface_have_the_votes_of_each_word(client):
    factories.board(factories.models(1))
    [line] = csv.DictReader(io.StringIO(client.get("/ranking/export.csv").content.decode()))
    assert (line["ticked"], line["ticked_useful"], line["ticked_creative"], line["ticked_incorrect"]) == (
        *("40", "20", "0", "4"),
    )
    [rating] = client.get("/api/v1/leaderboard/all/").json()["ratings"]
    assert rating["words"]["useful"] == {"votes": 20, "share": 0.5, "low": 0.352, "high": 0.648}
    assert rating["words"]["creative"]["share"] == 0
