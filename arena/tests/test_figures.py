"""The figures of the home page: true, and counted for no page but the first."""

import pytest
from django.core.cache import cache, caches

from arena import figures
from arena.models import Turn
from arena.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.delete(f"figures:{factories.PORTAL_ID}")
    yield
    cache.delete(f"figures:{factories.PORTAL_ID}")


def asked(language, times, **fields):
    for _time in range(times):
        Turn.objects.create(comparison=factories.comparison(**fields), number=1, prompt="Q", prompt_language=language)


def test_models_are_those_in_service_on_the_portal():
    portal = factories.portal()
    factories.language_model("one")
    factories.language_model("past", status="archived")
    elsewhere = factories.language_model("elsewhere")
    elsewhere.portals.set([type(portal).objects.exclude(pk=portal.pk).first()])
    found = figures.count(portal)
    assert (found.models, found.countries, found.energy_gap) == (1, 1, 0)


def test_the_gap_in_energy_is_between_the_two_extremes():
    factories.language_model("small", total_params=1)
    factories.language_model("large", total_params=400)
    factories.language_model("unknown", total_params=None)
    assert figures.count(factories.portal()).energy_gap > 2


def test_a_language_counts_from_ten_questions_demonstrations_aside():
    asked("fr", 10)
    asked("da", 9)
    asked("sv", 10, origin="demo")
    asked("", 10)
    assert figures.count(factories.portal()).languages == 1


def test_figures_are_counted_once_for_all_processes_and_without_the_cache_all_the_same(
    django_assert_num_queries, monkeypatch
):
    portal = factories.portal()
    factories.language_model("one")
    first = figures.figures(portal)
    caches["process"].clear()
    with django_assert_num_queries(0):
        assert figures.figures(portal) == first
    caches["process"].clear()
    monkeypatch.setattr(figures.cache, "get_or_set", away)
    assert figures.figures(portal) == first


def away(*_arguments):
    raise figures.CACHE_AWAY[0]


def test_the_home_page_tells_them(client):
    factories.portal()
    factories.language_model("small", total_params=1)
    factories.language_model("large", total_params=400)
    page = client.get("/", headers={"Accept-Language": "en"}).text
    assert "<b>2</b> models to compare today" in page
    assert "from the thriftiest to the hungriest" in page
    assert "languages in which people ask" not in page
