"""The pages about the site and the workshop: in every theme and language, with links that lead somewhere."""

import re
import shutil

import pytest
from django.conf import settings
from django.urls import resolve

from arena.tests import factories
from portals import editorial
from portals.editorial_views import TABS

PAGES = {**{f"/product/{tab}/": f"product-{tab}" for tab in TABS}, "/duel/": "duel", "/duel/fiche/": "duel-sheet"}
FILES = sorted(editorial.TEXTS.glob("*/*.md"))
LANGUAGES = list(dict(settings.LANGUAGES))


@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["dsfr", "neutral"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_each_page_reads_in_its_language_in_every_theme(client, path, language, theme):
    factories.portal(theme=theme, languages=LANGUAGES)
    text = editorial.page(PAGES[path], language)
    page = client.get(path, headers={"Accept-Language": language}).text
    assert text.language == language
    assert page.count("<h1") == 1
    assert f'lang="{language}"' in page
    for section in text.sections:
        assert str(section.body) in page


@pytest.mark.django_db
def test_a_language_without_a_text_reads_the_english_one_and_says_so(client, tmp_path, monkeypatch):
    shutil.copytree(editorial.TEXTS / "en", tmp_path / "en")
    monkeypatch.setattr(editorial, "TEXTS", tmp_path)
    factories.portal(languages=["da", "en"], default_language="da")
    assert '<div lang="en">' in client.get("/duel/", headers={"Accept-Language": "da"}).text
    assert editorial.preferred("lt")[:3] == ["lt", "en", "fr"]


@pytest.mark.django_db
def test_a_tab_that_does_not_exist_is_not_found_and_the_bare_address_leads_to_the_first(client):
    factories.portal()
    assert client.get("/product/other/").status_code == 404
    assert client.get("/product/").headers["Location"] == "/product/comparator/"


@pytest.mark.django_db
def test_pages_cost_no_query(client, django_assert_num_queries):
    factories.portal()
    client.get("/product/problem/")
    with django_assert_num_queries(0):
        for path in PAGES:
            client.get(path)


@pytest.mark.django_db
def test_the_menu_says_where_one_is_on_every_tab(client):
    factories.portal()
    page = client.get("/product/history/", headers={"Accept-Language": "en"}).text
    assert '<a href="/product/comparator/" aria-current="true">About</a>' in page
    assert '<a href="/product/history/" aria-current="page">Its history</a>' in page


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_text_has_what_a_page_needs_and_its_links_lead_somewhere(path):
    text = editorial.read(path)
    assert text.title
    assert "<p>" in text.lead
    assert len(text.sections) >= 2
    anchors = [section.anchor for section in text.sections]
    assert all(anchors)
    assert len(set(anchors)) == len(anchors)
    for address in re.findall(r"\]\((/[^)]*)\)", path.read_text()):
        resolve(address)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_translation_has_the_sections_the_lists_and_the_links_of_the_french_text(path):
    def shape(text):
        marks = re.findall(r"^(?:## |- |\d+\. |\*\*)", text, flags=re.MULTILINE)
        return marks, sorted(re.findall(r"\]\(([^)]*)\)", text))

    french = (editorial.TEXTS / "fr" / path.name).read_text()
    assert shape(path.read_text()) == shape(french)


@pytest.mark.parametrize("path", sorted((editorial.TEXTS / "fr").glob("*.md")), ids=lambda path: path.stem)
def test_french_is_set_with_its_own_spaces_and_apostrophes(path):
    written = re.sub(r"\]\([^)]*\)", "]", path.read_text())
    assert re.findall(r".{12}(?: [;:!?»%]|« |\w'\w)", written) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text(language):
    assert {path.stem for path in FILES if path.parent.name == language} == set(PAGES.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_number_is_not_parted_from_its_sign(path):
    assert re.findall(r".{12}\d (?:%|m\.)", path.read_text()) == []
