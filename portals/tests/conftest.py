"""The site in a process of its own, as the tests of the arena start it."""

from arena.tests.conftest import closed_pool, models, scripted, site, site_process  # noqa: F401
