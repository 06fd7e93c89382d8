"""The public sheet of a model: everything known, what is not, and where it comes from."""

import datetime
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from models_catalog import sheets, views
from models_catalog.models import LanguageModel
from portals.models import Portal

from . import factories

pytestmark = pytest.mark.django_db


def page(client, model, query="", language="en"):
    response = client.get(f"{model.get_absolute_url()}{query}", headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.content.decode()


def fact(html, label):
    """The HTML of what the sheet says under a label."""
    return re.search(rf"<dt>{re.escape(label)}</dt><dd>(.*?)</dd>", html, re.DOTALL)[1]


@pytest.mark.parametrize(
    ("status", "code"), [("enabled", 200), ("paused", 200), ("archived", 200), ("review", 404), ("draft", 404)]
)
def test_sheet_by_status(client, status, code):
    model = factories.model("acme-1.5b", status=status)
    assert client.get(model.get_absolute_url()).status_code == code


@pytest.mark.parametrize("slug", ["nobody", "%00", "%F0%9F%90%9C"])
def test_a_name_that_no_model_has_is_a_404(client, slug):
    assert client.get(f"/modeles/{slug}/").status_code == 404


def test_what_is_not_known_is_shown_as_such(client):
    html = page(client, factories.model("ant"))
    for label in ("Size", "Knows the world until", "Training data", "Memory", "Energy class", "Reads at once"):
        assert "not known" in fact(html, label)
    assert "It cannot be estimated" in html


def test_each_fact_has_its_source_and_the_day_it_was_read(client):
    model = factories.model("ant", total_params=3)
    model.sources.create(field="total_params", url="https://www.acme.test/card", date=datetime.date(2026, 1, 2))
    html = fact(page(client, model), "Size")
    assert "3 billion parameters" in html
    source = re.search(r"<span[^>]*data-comparia-source>(.*?)</span>", html)[1]
    assert re.search(r'href="(.*?)">(.*?)<', source).groups() == ("https://www.acme.test/card", "acme.test")
    assert 'datetime="2026-01-02"' in source


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", 'lang="fr"><p>Un modèle.'), ("en", 'lang="en"><p>A model.'), ("da", 'lang="en"><p>A model.')],
)
def test_texts_are_in_the_language_of_the_page_or_in_another_that_is_said(client, language, text):
    Portal.objects.update(languages=["fr", "en", "da"])
    model = factories.model("ant", description_fr="Un modèle.", description_en="A model.")
    assert text in page(client, model, language=language)


def test_a_name_can_close_no_element_of_the_page(client):
    hostile = "</script><script>alert(1)</script>"
    html = page(client, factories.model("ant", name=hostile, description_en=hostile))
    assert hostile not in html
    assert html.count("ld+json") == 1


def test_structured_data_says_what_the_sheet_is(client):
    model = factories.model("ant", name="Ant 3", release_date=datetime.date(2026, 1, 1))
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page(client, model))[1]
    data = json.loads(block)
    assert (data["@type"], data["name"], data["datePublished"]) == ("SoftwareApplication", "Ant 3", "2026-01-01")
    assert data["url"] == "http://testserver/modeles/ant/"


def test_cost_is_told_for_each_place_and_for_the_chosen_country(client):
    model = factories.model("ant", total_params=3, served=False)
    factories.endpoint(model, provider="openrouter", electricity_zone="FRA")
    factories.endpoint(model, provider="local", api_model_id="ant-local")
    factories.endpoint(model, provider="albert", is_enabled=False)
    places = [row.where for row in sheets.costs(model, "POL")]
    assert len(places) == 3
    html = page(client, model, "?zone=pol")
    assert "With the electricity of: Poland" in html
    assert '<option value="POL" selected>' in html
    for bad in ("?zone=ZZZ", "?zone=%00"):
        assert "With the electricity of:" not in page(client, model, bad)


def test_who_serves_is_told_with_the_system_prompt_and_no_address_nor_key(client):
    model = factories.model("ant", served=False)
    endpoint = {"base_url": "https://internal.test/v1", "api_key_variable": "INTERNAL_KEY"}
    factories.endpoint(model, provider="openrouter", quantization="q8", input_price="0.25", output_price=3, **endpoint)
    factories.endpoint(model, provider="albert", system_prompt="<b>Be brief.</b>", **endpoint)
    html = page(client, model)
    assert "OpenRouter" in html
    assert "0.25 and 3 US$" in html
    assert "&lt;b&gt;Be brief.&lt;/b&gt;" in html
    assert "internal" not in html.lower()


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        (None, "Not ranked yet"),
        ({"tier": 2, "score": 1040.4, "interval": [1020, 1061]}, "Tier 2 of the ranking"),
        ({"tier": 1}, "Tier 1 of the ranking"),
        ({}, "Not ranked yet"),
    ],
)
def test_its_rank_is_told_or_that_there_is_none(client, summary, said):
    assert said in page(client, factories.model("ant", rank_summary=summary))


def test_similar_models_are_the_nearest_that_are_compared():
    acme, bolt = factories.organisation("Acme"), factories.organisation("Bolt")
    ant = factories.model("ant", organisation=acme, total_params=8)
    for slug, organisation, size in [("far", bolt, 600), ("near", bolt, 9), ("own", acme, 3), ("own-large", acme, 300)]:
        factories.model(slug, organisation=organisation, total_params=size)
    assert [model.slug for model in sheets.similar(ant, LanguageModel.objects.all())] == ["own", "near", "own-large"]


def test_preview_shows_a_draft_and_says_that_it_is_one(rf):
    model = factories.model("ant", status="draft", name="Ant 3")
    request = rf.get("/admin/preview/")
    request.portal = Portal.objects.first()
    html = views.sheet_page(request, model, preview=True).content.decode()
    assert "Ant 3" in html
    assert "ld+json" not in html
    assert "canonical" not in html


def test_a_sheet_asks_as_much_of_the_database_for_more_facts_and_neighbours(client):
    model = factories.model("ant", total_params=3)
    page(client, model)
    with CaptureQueriesContext(connection) as few:
        page(client, model)
    for number in range(5):
        factories.model(f"model-{number}", total_params=number + 1)
        factories.endpoint(model, provider=f"provider-{number}")
        model.sources.create(field="total_params", url=f"https://acme.test/{number}", date="2026-01-01")
    with CaptureQueriesContext(connection) as many:
        page(client, model)
    assert len(many) == len(few) == 5


def test_a_model_of_the_past_is_served_by_nobody(client):
    html = page(client, factories.model("ant", status="archived", total_params=3))
    assert "Who serves it on this site" not in html
    assert "In a data centre that is not known" in html


@pytest.mark.parametrize(
    ("language", "words"), [("en", "February 2026"), ("fr", "février 2026"), ("lt", "2026 m. vasaris")]
)
def test_a_month_is_written_as_its_language_does(language, words):
    with translation.override(language):
        assert sheets.month(datetime.date(2026, 2, 1)) == words
