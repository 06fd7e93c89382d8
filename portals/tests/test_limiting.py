"""Counting in Redis: real Redis, real threads."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import RequestFactory
from django_redis import get_redis_connection

from portals import limiting
from portals.limiting import Counter, charge, take_back

KEY = "limit:test:a"
OTHER = "limit:test:b"


def value(key):
    return int(get_redis_connection("default").get(key) or 0)


def test_what_passes_is_counted_and_what_does_not_is_not():
    assert [charge([Counter(KEY, 5, 2)]).passes for _ in range(3)] == [True, True, False]
    assert value(KEY) == 4
    outcome = charge([Counter(OTHER, 9), Counter(KEY, 5, 2, 60)])
    assert (outcome.over.key, 0 < outcome.wait <= limiting.HOUR) == (KEY, True)
    assert value(OTHER) == 0


def test_a_window_begins_with_the_first_and_is_not_prolonged():
    charge([Counter(KEY, 5, 1, 100)])
    get_redis_connection("default").expire(KEY, 7)
    charge([Counter(KEY, 5, 1, 100)])
    assert get_redis_connection("default").ttl(KEY) <= 7
    assert charge([Counter(KEY, 2, 1, 100)]).wait <= 7


def test_the_longest_wait_of_several_limits_is_told():
    charge([Counter(KEY, 1, 1, 50), Counter(OTHER, 1, 1, 500)])
    assert charge([Counter(KEY, 1, 1, 50), Counter(OTHER, 1, 1, 500)]).over.key == OTHER


def test_what_alone_exceeds_a_limit_passes_once_a_window_and_a_limit_of_zero_never():
    assert [charge([Counter(KEY, 5, 50)]).passes for _ in range(2)] == [True, False]
    assert charge([Counter(OTHER, 0)]).wait == limiting.HOUR


def test_looking_counts_nothing():
    assert [charge([Counter(KEY, 1, 0)]).passes for _ in range(3)] == [True, True, True]
    assert not get_redis_connection("default").exists(KEY)


def test_two_hundred_at_the_same_moment_never_exceed_a_limit():
    with ThreadPoolExecutor(20) as threads:
        outcomes = list(threads.map(lambda _: charge([Counter(KEY, 50), Counter(OTHER, 1000)]), range(200)))
    assert sum(outcome.passes for outcome in outcomes) == 50
    assert (value(KEY), value(OTHER)) == (50, 50)


def test_what_is_taken_back_was_never_counted():
    counters = [Counter(KEY, 1), Counter(OTHER, 10, 3)]
    charge(counters)
    take_back(counters)
    assert not get_redis_connection("default").exists(KEY, OTHER)
    charge([Counter(OTHER, 10, 2)])
    take_back([Counter(OTHER, 10, 3)])  # the window ended meanwhile
    assert value(OTHER) == 0
    assert charge(counters).passes


def test_past_a_threshold_a_proof_serves_once_among_twenty_at_the_same_moment():
    threshold = [Counter(OTHER, 1)]
    assert charge([], threshold).passes
    assert charge([], threshold).needs_proof
    with ThreadPoolExecutor(20) as threads:
        outcomes = list(threads.map(lambda _: charge([], threshold, "limit:test:proof", 60), range(20)))
    assert sum(outcome.passes for outcome in outcomes) == 1
    assert sum(outcome.is_replayed for outcome in outcomes) == 19
    take_back(threshold, "limit:test:proof")
    assert charge([], threshold, "limit:test:proof", 60).passes


def test_a_limit_that_is_reached_spends_no_proof():
    full = [Counter(KEY, 0)]
    assert charge(full, [Counter(OTHER, 0)], "limit:test:proof", 60).over
    assert charge([], [Counter(OTHER, 0)], "limit:test:proof", 60).passes


def test_without_redis_everything_passes_and_it_is_said_once(settings, caplog):
    caplog.set_level(logging.WARNING, "portals.limiting")
    there = settings.CACHES
    settings.CACHES = there | {"default": there["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert [charge([Counter(KEY, 0)]).passes for _ in range(3)] == [True, True, True]
    take_back([Counter(KEY, 0)])
    settings.CACHES = there
    assert not charge([Counter(KEY, 0)]).passes
    assert [record.message for record in caplog.records] == [
        "limits are not applied: ConnectionInterrupted"
        if "Interrupted" in caplog.text
        else "limits are not applied: ConnectionError",
        "limits are applied again",
    ]


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "198.51.100.1", "203.0.113.7"),  # no proxy of ours: the header is the client's own words
        (1, "198.51.100.1, 192.0.2.9", "192.0.2.9"),  # the first hop is the client's own words
        (1, "1.1.1.1, 2.2.2.2, 3.3.3.3, 192.0.2.9", "192.0.2.9"),
        (2, "198.51.100.1, 192.0.2.9, 10.0.0.1", "192.0.2.9"),
        (2, "10.0.0.1", "203.0.113.7"),  # fewer hops than proxies: the header cannot be ours
        (1, None, "203.0.113.7"),
    ],
)
def test_the_address_is_never_a_hop_that_the_client_wrote(settings, trusted, forwarded, address):
    settings.TRUSTED_PROXIES = trusted
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="203.0.113.7")
    assert limiting.address_of(request) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("192.0.2.9:51432", "192.0.2.9"),
        ("::ffff:192.0.2.9", "192.0.2.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::7]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_address_counts_with_those_of_the_same_subscriber(address, network):
    assert limiting.network_of(address) == network
