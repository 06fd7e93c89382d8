"""Fixtures of every test."""

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def process_cache():
    """No test sees a portal that another kept in the process's cache."""
    caches["process"].clear()
