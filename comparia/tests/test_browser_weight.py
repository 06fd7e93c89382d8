"""The first load of each page keeps to its budget, from this site alone. `python -m bench.pages` prints the table."""

import pytest
from django.core.management import call_command

from bench import pages
from leaderboard.tests import factories as boards
from models_catalog.models import LanguageModel

pytest_plugins = ["arena.tests.browser"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("weight")]


@pytest.fixture
def furnished(site):
    """The whole catalogue, and a ranking of all its models."""
    call_command("load_catalog", verbosity=0)
    boards.board(list(LanguageModel.objects.order_by("pk")))


def test_every_page_keeps_to_its_budget_and_asks_nobody_else(site, browser, furnished):
    over = {}
    for budget in pages.BUDGETS:
        weight = pages.weigh(browser, site.url + budget.path, locale="fr-FR")
        assert (budget.path, weight.status) == (budget.path, 200)
        found = (weight.bytes <= budget.most, weight.requests <= pages.MOST_REQUESTS, weight.hosts)
        if found != (True, True, frozenset()):
            over[budget.path] = weight
    assert over == {}


def test_pages_are_sent_compressed_and_files_that_stream_as_they_are(site, browser):
    context = browser.new_context(base_url=site.url)
    page = context.request.get("/", headers={"Accept-Encoding": "gzip"})
    assert (page.headers["content-encoding"], "Accept-Encoding" in page.headers["vary"]) == ("gzip", True)
    icon = context.request.get("/static/comparia/logo.svg", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in icon.headers  # compressed when collected, in production
    context.close()
