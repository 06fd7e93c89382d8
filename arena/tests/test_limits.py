import pytest
from django.test import RequestFactory

from arena import limits

pytestmark = pytest.mark.django_db


def request(visitor="v" * 32, address="203.0.113.7", forwarded=None):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    made = RequestFactory().post("/arene/", headers=headers, REMOTE_ADDR=address)
    made.visitor_key = visitor
    return made


@pytest.fixture(autouse=True)
def empty_cache():
    from django.core.cache import cache

    cache.clear()


def test_a_visitor_waits_after_their_limit_and_others_at_the_same_address_do_not(settings):
    settings.ARENA_VISITOR_PROMPTS_PER_HOUR = 3
    assert [limits.charge(request()) for _ in range(3)] == [0, 0, 0]
    assert 0 < limits.charge(request()) <= 3600
    assert limits.charge(request(visitor="w" * 32)) == 0


def test_an_address_has_a_limit_of_its_own(settings):
    settings.ARENA_ADDRESS_PROMPTS_PER_HOUR = 2
    assert [limits.charge(request(visitor=key * 32)) for key in "ab"] == [0, 0]
    assert limits.charge(request(visitor="c" * 32)) > 0
    assert limits.charge(request(visitor="d" * 32, address="203.0.113.8")) == 0


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "198.51.100.1", "203.0.113.7"),  # no proxy of ours: the header is the client's own words
        (1, "198.51.100.1, 192.0.2.9", "192.0.2.9"),  # the first hop is the client's own words
        (2, "198.51.100.1, 192.0.2.9, 10.0.0.1", "192.0.2.9"),
        (2, "10.0.0.1", "203.0.113.7"),  # fewer hops than proxies: the header cannot be ours
        (1, None, "203.0.113.7"),
    ],
)
def test_the_address_is_never_a_hop_that_the_client_wrote(settings, trusted, forwarded, address):
    settings.TRUSTED_PROXIES = trusted
    assert limits.address_of(request(forwarded=forwarded)) == address


def test_no_address_and_no_visitor_is_kept_in_the_cache():
    from django_redis import get_redis_connection

    limits.charge(request())
    keys = [key.decode() for key in get_redis_connection("default").scan_iter("*limit:*")]
    assert len(keys) == 2
    assert not any("203.0.113.7" in key or "v" * 32 in key for key in keys)


def test_without_a_cache_nobody_is_refused(settings):
    settings.ARENA_VISITOR_PROMPTS_PER_HOUR = 0
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert limits.charge(request()) == 0
