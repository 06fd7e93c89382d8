"""Pages are counted where a portal asks for it: how many, and nothing of whom. Real Redis, real PostgreSQL."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import MiddlewareNotUsed
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from django_redis import get_redis_connection

from arena.tests import factories
from portals import visits
from portals.models import PageCount, Portal

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def redis():
    connection = get_redis_connection("default")
    asides = list(connection.scan_iter(f"{visits.COUNTS}*"))
    if asides:
        connection.delete(*asides)
    return connection


@pytest.fixture
def reader(settings, redis):
    """A person with a browser, on a site that counts."""
    settings.AUDIENCE = True
    factories.portal()
    factories.terms()
    return Client(headers={"User-Agent": FIREFOX, "Accept-Language": "fr"})


def kept():
    visits.keep()
    return [(row.page, row.language, row.referrer, row.views) for row in PageCount.objects.order_by("page", "referrer")]


def test_nothing_is_counted_unless_it_is_asked_for(client, settings):
    assert settings.AUDIENCE is False
    with pytest.raises(MiddlewareNotUsed):
        visits.AudienceMiddleware(lambda request: None)


def test_pages_are_counted_by_kind_language_and_well_known_origin(reader):
    for _time in range(2):
        reader.get("/modalites/?c=secret", headers={"Referer": "https://www.google.com/search?q=secret"})
    reader.get("/contact/", headers={"Referer": "https://small-site-of-somebody.example/secret"})
    reader.get("/contact/", headers={"Referer": "http://testserver/modalites/"})
    reader.get("/contact/", headers={"Referer": "http://[nonsense"})
    assert kept() == [("contact", "fr", "", 2), ("contact", "fr", "other", 1), ("terms", "fr", "google", 2)]


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User-Agent": "curl/8.5"},
        {"User-Agent": ""},
        {"HX-Request": "true"},
        {"Sec-Purpose": "prefetch"},
    ],
)
def test_robots_fragments_and_what_is_fetched_ahead_do_not_count(reader, headers):
    reader.get("/contact/", headers=headers)
    assert kept() == []


def test_errors_files_forms_and_the_admin_do_not_count(reader):
    reader.get("/nothing/")
    reader.get("/robots.txt")
    reader.post("/contact/", {})
    reader.get("/admin/login/")
    assert kept() == []


def test_neither_the_address_nor_the_browser_nor_what_follows_the_path_is_kept(reader, redis):
    reader.get("/contact/?q=secret", headers={"Referer": "https://secret.example/secret"}, REMOTE_ADDR="203.0.113.7")
    stored = json.dumps([key.decode() for key in redis.hgetall(visits.COUNTS)])
    for word in ("secret", "203.0.113.7", "Firefox"):
        assert word not in stored
    assert visits.waiting() == 1
    assert reader.cookies.keys() & {"visitor", "audience"} == set()


def test_counts_add_up_from_minute_to_minute(reader):
    reader.get("/contact/")
    kept()
    reader.get("/contact/")
    assert kept() == [("contact", "fr", "", 2)]
    assert visits.keep() == (0, 0)


def test_what_a_process_that_died_had_set_aside_is_taken_up_once(reader, redis, monkeypatch):
    reader.get("/contact/")

    def fail(counts):
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(PageCount.objects, "add", fail)
        with pytest.raises(DatabaseError):
            visits.keep()
    assert visits.waiting() == 1
    assert kept() == [("contact", "fr", "", 1)]
    assert visits.waiting() == 0


def test_counts_of_a_portal_that_is_gone_are_dropped_with_the_others_kept(reader, redis):
    redis.hset(visits.COUNTS, json.dumps(["2026-01-02", Portal.objects.default().pk + 1000, "home", "fr", ""]), 3)
    reader.get("/contact/")
    assert kept() == [("contact", "fr", "", 1)]


def test_after_25_months_a_count_is_dropped(reader):
    today, portal = timezone.localdate(), Portal.objects.default()
    for days in (760, 761):
        day = today - timedelta(days=days)
        PageCount.objects.create(day=day, portal=portal, page="home", language="fr", views=1)
    assert visits.keep() == (0, 1)
    assert PageCount.objects.get().day == today - timedelta(days=760)


def test_the_command_says_what_waits_then_keeps_it(reader, capsys):
    reader.get("/contact/")
    call_command("keep_audience", dry_run=True)
    assert PageCount.objects.count() == 0
    call_command("keep_audience")
    assert capsys.readouterr().out.splitlines() == [
        "1 views wait. Dry run: nothing was written.",
        "1 views kept, 0 old rows dropped.",
    ]


def test_the_admin_shows_a_table_and_a_drawing_that_filters_follow_and_nobody_writes(client, settings):
    portal, today = factories.portal(), timezone.localdate()
    for page, days, views in (("home", 0, 4), ("home", 1, 2), ("arena", 0, 5), ("home", 40, 100)):
        row = {"day": today - timedelta(days=days), "portal": portal, "page": page, "language": "fr", "views": views}
        PageCount.objects.create(**row)
    client.force_login(User.objects.create_superuser("editor"))
    address = "/admin/portals/pagecount/"
    page = client.get(address, {"page": "home"}, headers={"Accept-Language": "en"})
    assert "6 pages read in the last 30 days" in page.text
    assert [(bar[1], bar[4]) for bar in page.context["bars"]][-2:] == [(2, 50), (4, 100)]
    assert client.get(f"{address}add/").status_code == 403
    assert client.get(address, {"nonsense": "1"}).status_code == 302
