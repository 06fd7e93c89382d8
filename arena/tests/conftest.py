"""What the tests of the arena share: the scripted provider and the site, each a process of its own."""

import pytest
from django.db import connection

from arena.database import unit_of_work
from arena.tests import factories
from bench import provider
from comparia import serving


@pytest.fixture(scope="session")
def scripted():
    """The scripted provider."""
    with provider.running() as running:
        yield running


@pytest.fixture
def models(db, scripted):
    """Make models that the scripted provider plays: `models("quick-a", "broken")` gives them in order."""

    def make(*behaviours, **fields):
        return [factories.language_model(base_url=scripted.url, behaviour=name, **fields) for name in behaviours]

    return make


@pytest.fixture(scope="session")
def site_process(django_db_setup, django_db_blocker, scripted):
    """The site on this worker's test database, with short delays."""
    with django_db_blocker.unblock():
        settings = connection.settings_dict
        database = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings)
    with serving.running(
        DATABASE_URL=database,
        ARENA_FIRST_TOKEN_SECONDS="2",
        ARENA_SILENCE_SECONDS="2",
        ARENA_LEASE_SECONDS="3",
        ARENA_ABANDON_SECONDS="5",
        DATABASE_LOCK_SECONDS="0.8",  # less than deadlock_timeout: what it still saves gives way to the end of a test
        PROCESS_CACHE_SECONDS="0",  # the rows of one test are not those of the next
    ) as site:
        yield site


@pytest.fixture(scope="session", autouse=True)
def closed_pool(django_db_setup):
    """Connections kept ready would keep the test database from being dropped."""
    yield
    connection.close_pool()


@pytest.fixture
def site(transactional_db, site_process):
    """The running site, with a portal, its terms and its tags. What a test writes is committed, so the site sees it."""
    factories.terms()
    factories.terms(language="en")
    factories.tags()
    return site_process


@pytest.fixture
def own_site(site, site_process):
    """Start a site for this test alone, on the same data; takes variables of its environment."""
    started = []

    def start(**environment):
        running = serving.running(**site_process.environment | environment)
        started.append(running)
        return running.__enter__()

    yield start
    for running in started:
        running.__exit__(None, None, None)


@pytest.fixture
def pair(site, models):
    """Make two models of these behaviours; their slugs."""

    @unit_of_work
    def make(*behaviours):
        return [model.slug for model in models(*behaviours)]

    return make
