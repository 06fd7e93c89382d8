"""Fixtures of every test."""

import pytest
from django.core.cache import caches
from django_redis import get_redis_connection


@pytest.fixture(autouse=True)
def process_cache():
    """No test sees a portal that another kept in the process's cache."""
    caches["process"].clear()


@pytest.fixture(scope="session", autouse=True)
def healthy_endpoints():
    """Identifiers begin again with each run's database: what an earlier run found of them means nothing."""
    redis = get_redis_connection("default")
    for key in redis.scan_iter("health:*"):
        redis.delete(key)


@pytest.fixture(autouse=True)
def nothing_counted():
    """What other tests asked counts for none: all of them come from one address."""
    redis = get_redis_connection("default")
    if keys := list(redis.scan_iter("limit:*")):
        redis.delete(*keys)
