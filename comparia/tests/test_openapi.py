"""The description of the read interface: of every address, and true of what each really answers."""

from datetime import UTC, date, datetime

import jsonschema
import pytest
from django.core.cache import caches
from django.core.management import call_command

from arena.tests import factories as arena
from datasets_export.models import Release
from datasets_export.tests import folders
from leaderboard import analysing, snapshots
from leaderboard.models import Snapshot
from leaderboard.tests import factories as leaderboard
from leaderboard.tests.test_snapshots import vote
from models_catalog.models import LanguageModel
from models_catalog.openapi import routes
from models_catalog.tests import factories as catalogue

pytestmark = pytest.mark.django_db
FORMATS = jsonschema.FormatChecker()
SMALL = analysing.Parameters(resamples=20, simulations=200, least_votes=5, least_visitors=3, least_of_board=100)


@pytest.fixture
def described(client):
    arena.portal()
    caches["process"].clear()
    response = client.get("/api/v1/openapi.json")
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (200, "*")
    return response.json()


@pytest.fixture
def released():
    """A release as its row has it, and its manifest."""
    manifest = folders.manifest(previous={"name": "2026-01-10", "revision": 1})
    at = datetime(2026, 2, 3, tzinfo=UTC)
    return Release.objects.create(
        name=manifest["name"], status="built", until=at, encrypted_key=b"k", manifest=manifest
    )


@pytest.fixture
def check(client, described):
    """A function that asks an address of a described route and holds the answer to its schema; the answer."""

    def asked(route, status=200, query="", **inside):
        responses = described["paths"][route]["get"]["responses"]
        response = client.get(route.format(**inside) + query)
        assert response.status_code == status
        schema = responses[str(status)]["content"]["application/json"]["schema"]
        jsonschema.validate(response.json(), schema, jsonschema.Draft202012Validator, format_checker=FORMATS)
        return response.json()

    return asked


def test_every_address_of_the_interface_is_described(described):
    found = {address: view for address, _name, view in routes()}
    assert {f"/{address}" for address in found} == set(described["paths"])
    assert len(found) >= 10
    for path, item in described["paths"].items():
        said = item["get"]
        assert said["summary"], path
        assert {f"{{{one['name']}}}" for one in said["parameters"] if one["in"] == "path"} == {
            part for part in path.split("/") if part.startswith("{")
        }
        for response in said["responses"].values():
            for content in response.get("content", {}).values():
                jsonschema.Draft202012Validator.check_schema(content["schema"])
    names = [item["get"]["operationId"] for item in described["paths"].values()]
    assert len(set(names)) == len(names)


def test_sheets_and_register_are_as_described(check):
    catalogue.model("ant", name="Ant", total_params=3, release_date=date(2025, 1, 1))
    catalogue.model("bee", served=False)
    LanguageModel.objects.filter(slug="ant").update(rank_summary={"tier": 1, "rank": 1, "interval": [1, 2]})
    assert len(check("/api/v1/models/")["models"]) == 2
    check("/api/v1/models/{slug}/", slug="ant")
    check("/api/v1/models/{slug}/", 404, slug="nobody")
    check("/api/v1/events/")
    check("/api/v1/events/", query="?model=ant&page=2")
    check("/api/v1/events/", 404, query="?model=nobody")


def test_the_whole_catalogue_is_as_described(check):
    call_command("load_catalog", verbosity=0)
    LanguageModel.objects.update(status="enabled")
    caches["process"].clear()
    assert len(check("/api/v1/models/")["models"]) > 50


def test_boards_made_of_votes_are_as_described(check):
    models = [arena.language_model(slug) for slug in ("ant", "bee", "cow")]
    vote(models)
    snapshots.compute_live(parameters=SMALL)
    snapshots.compute_live(parameters=SMALL, trust=False)
    assert len(check("/api/v1/leaderboard/")["boards"]) > 3
    for code in ("all", "topic:Sports", "weighted"):
        assert len(check("/api/v1/leaderboard/{code}/", code=code)["ratings"]) == 3
    assert check("/api/v1/leaderboard/{code}/history/", code="all")["count"] == 2
    check("/api/v1/leaderboard/{code}/", 404, code="nothing")
    check("/api/v1/leaderboard/{code}/history/", 404, code="nothing")
    check("/api/v1/leaderboard/{code}/trust/", 404, code="all")


@pytest.mark.parametrize("is_real", [True, False])
def test_a_trust_panel_is_as_described(check, is_real):
    if is_real:
        vote([arena.language_model(slug) for slug in ("ant", "bee", "cow")])
        snapshots.compute_live(parameters=SMALL)
    else:
        models = leaderboard.models(3)
        leaderboard.board(models, trust=leaderboard.trust(models))
    assert Snapshot.objects.get(board="all").trust
    check("/api/v1/leaderboard/{code}/trust/", code="all")


def test_a_board_of_words_and_of_models_that_are_not_ranked_is_as_described(check):
    few = catalogue.model("few", served=False)
    leaderboard.board(leaderboard.models(2), not_ranked=[(few, "few_votes")])
    found = check("/api/v1/leaderboard/{code}/", code="all")["ratings"]
    assert [bool(line["words"]) for line in found] == [True, True, False]


def test_releases_are_as_described(check, released):
    assert check("/api/v1/datasets/")["count"] == 1
    check("/api/v1/datasets/{name}/", name=released.name)
    check("/api/v1/datasets/{name}/", 404, name="none")


@pytest.mark.parametrize("path", ["datasets/%C3%A9t%C3%A9/", "leaderboard/a%0Ab/", "models/a%2Fb/", "rien/"])
def test_an_address_that_means_nothing_answers_as_the_others_do(client, path):
    arena.portal()
    response = client.get(f"/api/v1/{path}")
    assert (response.status_code, response["Content-Type"]) == (404, "application/json")
    assert list(response.json()) == ["error"]
    assert response["Access-Control-Allow-Origin"] == "*"


def test_an_address_without_its_last_slash_leads_to_it(client):
    arena.portal()
    assert client.get("/api/v1/models")["Location"] == "/api/v1/models/"


def test_the_description_describes_itself(check):
    check("/api/v1/openapi.json")
