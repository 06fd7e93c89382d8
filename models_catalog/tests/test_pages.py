"""The public pages of the catalogue: the list, two models side by side, the register, addresses for machines."""

import datetime
import re
import xml.etree.ElementTree as ElementTree

import pytest
from django.db import IntegrityError, connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from models_catalog import browsing
from models_catalog.models import LanguageModel
from models_catalog.register import because

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue():
    """Four models of two makers: three are compared, one was."""
    acme, bolt = factories.organisation("Acme"), factories.organisation("Électre")
    closed = factories.licence("Terms", "api-only")
    return [
        factories.model("ant", organisation=acme, total_params=3, release_date=datetime.date(2025, 1, 1)),
        factories.model("bee", organisation=bolt, total_params=70, release_date=datetime.date(2026, 1, 1)),
        factories.model("cat", organisation=bolt, licence=closed, reasoning="yes"),
        factories.model("dog", organisation=acme, total_params=8, status="archived"),
    ]


def browse(query=""):
    return browsing.browse(LanguageModel.objects.all(), QueryDict(query))


def names(query=""):
    return [card.name for card in browse(query).cards]


def counts(query, facet):
    return {option.value: option.count for option in browse(query).facets[facet]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["bee", "ant", "cat"]),
        ("sort=name", ["ant", "bee", "cat"]),
        ("sort=size&archived=1", ["ant", "dog", "bee", "cat"]),
        ("sort=energy", ["ant", "bee", "cat"]),
        ("q=electre", ["bee", "cat"]),
        ("q=ÉLECTRE+bee", ["bee"]),
        ("size=XS&size=M&sort=name", ["ant", "bee"]),
        ("size=unknown", ["cat"]),
        ("licence=open-weights&organisation=acme", ["ant"]),
        ("reasoning=yes", ["cat"]),
        ("q=nothing", []),
    ],
)
def test_list_is_what_is_asked_for(catalogue, query, found):
    assert names(query) == found


def test_count_of_an_option_is_what_choosing_it_shows(catalogue):
    assert counts("", "size") == {"XS": 1, "S": 0, "M": 1, "L": 0, "XL": 0, "unknown": 1}
    assert counts("size=XS", "size") == {"XS": 1, "S": 0, "M": 1, "L": 0, "XL": 0, "unknown": 1}
    assert counts("size=XS", "licence") == {"fully-open-source": 0, "open-weights": 1, "api-only": 0}
    assert counts("archived=1", "organisation") == {"acme": 2, "electre": 2}
    assert browse("organisation=acme").archived.count == 1
    assert browse("organisation=electre").archived.count == 0


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("size=XS", "size=XS"),
        ("q=&size=&sort=recent", ""),
        ("sort=stars&size=XS&size=XXL&organisation=nobody&page=9", "size=XS"),
        ("sort=name&q=%20bee%20%00", "q=bee&sort=name"),
        ("archived=yes", ""),
    ],
)
def test_what_is_wrong_or_useless_in_an_address_is_ignored(client, catalogue, asked, canonical):
    response = client.get(f"/modeles/?{asked}", follow=True)
    assert response.status_code == 200
    assert response.wsgi_request.GET.urlencode() == canonical
    assert names(asked) == names(canonical)


def test_fragment_is_the_page_reloaded(client, catalogue):
    fragment = client.get("/modeles/?size=XS&q=", headers={"HX-Request": "true"})
    page = client.get("/modeles/?size=XS").content.decode()
    assert fragment.headers["HX-Push-Url"] == "/modeles/?size=XS"
    assert "HX-Request" in fragment.headers["Vary"]
    text = re.sub(r' hx-swap-oob="\w+"', "", fragment.content.decode())
    for part in re.split(r"\n(?=<div id=)", text):
        inside = re.sub(r'^<div id="count">|</div>$', "", part.strip()) if 'id="count"' in part else part.strip()
        assert inside.strip() in page


def test_going_back_gives_the_whole_page(client, catalogue):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get("/modeles/", headers=headers).content.decode()


def test_list_asks_as_much_of_the_database_for_3_and_for_300_models(client):
    for number in range(3):
        factories.model(f"model-{number}", total_params=number + 1)
    client.get("/modeles/")
    with CaptureQueriesContext(connection) as few:
        client.get("/modeles/")
    model = LanguageModel.objects.first()
    LanguageModel.objects.bulk_create(
        LanguageModel(
            slug=f"more-{number}", name="More", status="enabled", organisation=model.organisation, licence=model.licence
        )
        for number in range(297)
    )
    with CaptureQueriesContext(connection) as many:
        page = client.get("/modeles/").content.decode()
    assert page.count('class="model-card"') == 300
    assert (len(many), len(few)) == (1, 1)
    assert "description" not in many.captured_queries[0]["sql"]


@pytest.mark.parametrize("status", ["draft", "review"])
def test_what_is_not_published_is_nowhere(client, status):
    hidden = factories.model("secret-project", status=status)
    shown = factories.model("shown")
    paths = ["/modeles/", "/modeles/journal/", "/modeles/comparer/", "/modeles/shown/", "/sitemap.xml"]
    paths += ["/api/v1/models/", "/api/v1/events/", "/api/v1/models/shown/"]
    for path in paths:
        assert hidden.slug not in client.get(path).content.decode()
    assert "shown" in client.get("/modeles/journal/").content.decode()
    for path in ["/api/v1/models/secret-project/", "/api/v1/events/?model=secret-project"]:
        assert client.get(path).status_code == 404
    assert client.get(f"/modeles/comparer/?a=secret-project&b={shown.slug}").status_code == 404


# --- Two side by side -----------------------------------------------------------------------------------


def test_two_models_are_put_side_by_side_and_what_differs_is_marked(client):
    factories.model("ant", total_params=3, reasoning="yes")
    factories.model("bee", total_params=70, reasoning="yes")
    page = client.get("/modeles/comparer/?a=ant&b=bee", headers={"Accept-Language": "en"}).content.decode()
    lines = {label: mark for mark, label in re.findall(r'<tr( class="differs")?><th scope="row">([^<]*)', page)}
    assert (lines["Size"], lines["Reasons before it answers"]) == (' class="differs"', "")


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 200), ("?a=ant", 200), ("?a=ant&b=ant", 422), ("?a=ant&b=nobody", 404), ("?a=%00", 404)],
)
def test_comparison_says_what_is_wrong_with_the_choice(client, query, status):
    factories.model("ant")
    response = client.get(f"/modeles/comparer/{query}")
    assert response.status_code == status
    assert ('role="alert"' in response.content.decode()) == (status != 200)
    assert "<select" in response.content.decode()


@pytest.mark.parametrize("slug", ["comparer", "journal"])
def test_no_model_takes_the_address_of_a_page(slug):
    with pytest.raises(IntegrityError):
        factories.model(slug)


# --- The register ---------------------------------------------------------------------------------------


def test_register_tells_what_happened_and_why(client):
    model = factories.model("ant", served=False)
    with because("The maker withdrew it."):
        LanguageModel.objects.filter(pk=model.pk).update(status="archived")
    page = client.get("/modeles/journal/?model=ant", headers={"Accept-Language": "en"}).content.decode()
    assert "Archived: it is no longer compared, its sheet stays" in page
    assert "The maker withdrew it." in page


def test_register_says_of_what_a_file_brought_that_the_file_said_so(client):
    with because("load_catalog catalogue.json, 2026-02-11"):
        factories.model("ant")
    page = client.get("/modeles/journal/", headers={"Accept-Language": "en"}).content.decode()
    assert "Why: the catalogue file of Feb. 11, 2026" in page
    assert "load_catalog" not in page


def test_register_of_one_model_holds_its_events_only(client):
    factories.model("ant", served=False)
    factories.model("bee", served=False)
    assert client.get("/modeles/journal/?model=ant").content.decode().count('href="/modeles/bee/"') == 0
    assert client.get("/modeles/journal/?model=nobody&page=99").content.decode().count('href="/modeles/bee/"') == 1


def test_register_is_read_page_by_page(client):
    for number in range(51):
        factories.model(f"model-{number}", served=False)
    first, second = (client.get(f"/modeles/journal/?page={page}").content.decode() for page in (1, 2))
    assert (first.count('href="/modeles/model-'), second.count('href="/modeles/model-')) == (50, 1)


# --- For machines ---------------------------------------------------------------------------------------


def test_json_of_a_sheet_holds_its_facts_and_no_address_nor_key(client):
    model = factories.model("ant", total_params=3, description_fr="Petit modèle.", served=False)
    factories.endpoint(
        model, base_url="https://hidden.test/v1", api_key_variable="HIDDEN_KEY", system_prompt="Be brief."
    )
    model.sources.create(field="total_params", url="https://acme.test/card", date="2026-01-02")
    response = client.get("/api/v1/models/ant/")
    sheet = response.json()
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert (sheet["slug"], sheet["total_params"], sheet["size_class"], sheet["energy_class"]) == ("ant", 3, "XS", "A")
    assert sheet["knowledge_cutoff"] is None
    assert sheet["texts"] == {"fr": {"description": "Petit modèle."}}
    assert sheet["sources"] == [{"field": "total_params", "url": "https://acme.test/card", "date": "2026-01-02"}]
    assert [endpoint["system_prompt"] for endpoint in sheet["endpoints"]] == ["Be brief."]
    assert "idden" not in response.content.decode()
    assert client.get("/api/v1/models/").json() == {"models": [sheet]}


def test_json_that_has_not_changed_is_not_sent_again(client):
    model = factories.model("ant")
    first = client.get("/api/v1/models/ant/")
    etag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/api/v1/models/ant/", headers=etag).status_code == 304
    LanguageModel.objects.filter(pk=model.pk).update(name="Ant 2")
    assert client.get("/api/v1/models/ant/", headers=etag).status_code == 200


def test_json_of_the_list_costs_as_many_queries_for_more_models(client, django_assert_num_queries):
    factories.model("ant")
    client.get("/api/v1/models/")
    for number in range(4):
        factories.model(f"model-{number}")
        with django_assert_num_queries(3):
            client.get("/api/v1/models/")


def test_events_as_json(client):
    model = factories.model("ant", served=False)
    LanguageModel.objects.filter(pk=model.pk).update(status="paused")
    events = client.get("/api/v1/events/?model=ant&page=x").json()
    assert (events["count"], events["page"], events["pages"]) == (2, 1, 1)
    assert [(event["model"], event["kind"], event["before"], event["after"]) for event in events["events"]] == [
        ("ant", "paused", "enabled", "paused"),
        ("ant", "added", "", "enabled"),
    ]


@pytest.mark.parametrize("path", ["/api/v1/models/nobody/", "/api/v1/models/%00/", "/api/v1/events/?model=nobody"])
def test_what_is_not_there_is_a_404_in_json(client, path):
    response = client.get(path)
    assert (response.status_code, list(response.json())) == (404, ["error"])


def test_sitemap_holds_each_published_sheet(client):
    factories.model("ant")
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    assert "http://testserver/modeles/ant/" in [element.text for element in root.iter() if element.tag.endswith("loc")]
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()
