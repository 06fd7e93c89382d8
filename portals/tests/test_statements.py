"""What the site says of its own accessibility and frugality is counted from the tables, never better than they are."""

import pytest
from django.conf import settings
from django.utils.translation import override

from arena.tests import factories
from portals import criteria, statements

pytestmark = pytest.mark.django_db
THEMES = {"rgaa": [9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12], "rgesn": [10, 10, 7, 15, 8, 7, 4, 10, 7]}
ROW = {"title_en": "Words", "title_fr": "Des mots", "evidence": "read", "checked_on": "2026-01-02"}


def made(*statuses):
    return criteria.read([{"number": f"1.{place}", "status": status} | ROW for place, status in enumerate(statuses, 1)])


@pytest.mark.parametrize("name", THEMES)
def test_the_table_has_every_criterion_once_and_says_how_it_was_checked(name):
    wanted = [f"{theme}.{place}" for theme, count in enumerate(THEMES[name], 1) for place in range(1, count + 1)]
    found = criteria.table(name)
    assert [row.number for row in found.rows] == wanted
    assert [row.number for row in found.rows if not (row.evidence and all(row.titles.values()))] == []
    assert {frozenset(row.titles) for row in found.rows} == {frozenset(dict(settings.LANGUAGES))}


@pytest.mark.parametrize(
    ("statuses", "rate", "state"),
    [
        (["met", "met", "not_applicable"], 100, "full"),
        (["met", "met", "not_met"], 66, "partial"),
        (["met", "met", "to_check"], 66, "partial"),
        (["met", "not_met", "not_applicable"], 50, "partial"),
        (["met", "not_met", "to_check"], 33, "none"),
        (["met"] * 199 + ["not_met"], 99, "partial"),
    ],
)
def test_the_rate_counts_what_applies_and_what_is_unknown_is_not_met(statuses, rate, state):
    assert (made(*statuses).rate, made(*statuses).state) == (rate, state)


def test_a_status_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"1\.1: almost is not a status"):
        made("almost")


def test_each_gap_of_accessibility_has_its_reason():
    with override("en"):
        found = statements.gaps("en")
    assert {number for number, *_rest in found} == set(statements.REASONS)


@pytest.mark.parametrize("theme", ["dsfr", "neutral"])
def test_the_footer_says_the_state_and_leads_to_the_statement(client, theme, monkeypatch):
    factories.portal(theme=theme)
    for statuses, says in ((["met"], "fully"), (["met", "not_met"], "partially"), (["not_met"], "not")):
        found = made(*statuses)
        monkeypatch.setattr("portals.templatetags.navigation.table", lambda name, found=found: found)
        page = client.get("/contact/", headers={"Accept-Language": "en"}).text
        assert f'href="/accessibilite/">Accessibility: {says} compliant</a>' in page


@pytest.mark.parametrize(("theme", "is_state"), [("dsfr", True), ("neutral", False)])
def test_the_statement_has_the_legal_form_on_a_site_of_the_state_and_plain_words_elsewhere(client, theme, is_state):
    factories.portal(theme=theme, contact_email="contact@compar-ia.test")
    page = client.get("/accessibilite/", headers={"Accept-Language": "en"}).text
    assert f"<b>{criteria.table('rgaa').rate}%</b>" in page
    assert "mailto:contact@compar-ia.test" in page
    assert ("2005-102" in page, "Libre réponse 71120" in page) == (is_state, is_state)


def test_the_site_map_leads_to_every_page_without_a_parameter(client):
    factories.portal()
    page = client.get("/plan-du-site/", headers={"Accept-Language": "en"})
    for path in (
        "/",
        "/arene/",
        "/modeles/",
        "/ranking/energie/",
        "/duel/",
        "/recu/",
        "/accessibilite/",
        "/plan-du-site/",
    ):
        assert f'href="{path}"' in page.text


def test_the_budgets_that_are_told_are_those_that_are_checked():
    from bench import pages

    told = sorted((most * 1000, before * 1000) for _name, most, before in statements.BUDGETS)
    assert told == sorted((one.most, one.before[0]) for one in pages.BUDGETS if one.before)
