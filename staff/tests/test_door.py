"""Entering: a password, a second factor, and what happens to who has neither."""

import re
import time
from base64 import b32encode

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django_otp.plugins.otp_static.models import StaticToken
from django_redis import get_redis_connection

from staff import secrets
from staff.models import Application, Event

from .conftest import DOOR, PASSWORD, code_of, enrol, give_password


def kinds():
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def test_a_password_alone_leads_to_the_second_factor_and_no_further(client, ada):
    response = give_password(client, follow=True)
    assert response.redirect_chain[-1][0].startswith(DOOR)
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/auth/user/").status_code == 302


def test_a_new_member_sets_up_their_application_then_is_in(client, ada):
    give_password(client)
    page = client.get(DOOR).content.decode()
    assert "data:image/svg+xml" in page
    wrong = client.post(DOOR, {"code": "000000"})
    assert (wrong.status_code, client.get("/admin/").status_code) == (422, 302)
    Application.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    codes = client.post(DOOR, {"code": code_of(ada)}).context["codes"]
    assert len(set(codes)) == 10
    assert client.get("/admin/").status_code == 200
    assert kinds() == ["entered", "refused", "enrolled", "codes"]


def test_the_next_entry_asks_for_a_code_and_goes_where_one_was_going(client, ada):
    enrol(Client(), ada)
    asked = client.post(
        "/admin/login/?next=/admin/auth/user/",
        {"username": "ada", "password": PASSWORD, "next": "/admin/auth/user/"},
        follow=True,
    )
    assert asked.context["step"] == "ask"
    done = client.post(DOOR, {"code": code_of(ada), "next": asked.context["next"]})
    assert (done.status_code, done.url) == (302, "/admin/auth/user/")
    assert client.get("/admin/auth/user/").status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test", "javascript:alert(1)"])
def test_the_door_leads_to_no_other_site(client, ada, elsewhere):
    enrol(Client(), ada)
    give_password(client)
    assert client.post(DOOR, {"code": code_of(ada), "next": elsewhere}).url == "/admin/"


def test_a_code_serves_once(client, ada):
    enrol(Client(), ada)
    code = code_of(ada)
    other = Client()
    give_password(client)
    give_password(other)
    assert client.post(DOOR, {"code": code}).status_code == 302
    assert other.post(DOOR, {"code": code}).status_code == 422


def test_codes_cannot_be_tried_one_after_the_other(client, ada):
    enrol(Client(), ada)
    give_password(client)
    client.post(DOOR, {"code": "000000"})
    assert client.post(DOOR, {"code": code_of(ada)}).status_code == 422  # right, but too soon after a wrong one


def test_a_recovery_code_serves_once_and_is_kept_nowhere(client, ada):
    codes = enrol(Client(), ada)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert kept.isdisjoint({code.replace("-", "") for code in codes})
    give_password(client)
    assert client.post(DOOR, {"code": codes[0].upper()}).status_code == 302
    assert client.get("/admin/").status_code == 200
    other = Client()
    give_password(other)
    assert other.post(DOOR, {"code": codes[0]}).status_code == 422
    assert "recovered" in kinds()


def test_codes_and_application_are_changed_by_who_shows_a_code(client, ada):
    old = enrol(client, ada)
    assert client.post(DOOR, {"code": "", "renew": "1"}).status_code == 422
    new = client.post(DOOR, {"code": code_of(ada), "renew": "1"}).context["codes"]
    assert set(old).isdisjoint(new)
    client.post(DOOR, {"code": code_of(ada), "replace": "1"})
    assert not Application.objects.filter(confirmed=True).exists()
    assert client.get("/admin/").status_code == 302


def test_a_visitor_has_nothing_to_set_up(client, ada):
    User.objects.create_user("bob", password=PASSWORD)
    assert client.get(DOOR).url.startswith("/admin/login/")
    client.force_login(User.objects.get(username="bob"))
    assert client.get(DOOR).url.startswith("/admin/login/")


def test_no_page_of_the_staff_opens_without_the_second_factor(client, ada):
    """Every address under the admin's, whatever made it."""
    client.force_login(ada)
    open_to_all = {"admin:login", "admin:logout", "admin:jsi18n", "admin:second-factor"}
    seen = 0
    for address, name in addresses():
        if name not in open_to_all:
            seen += 1
            response = client.get(address)
            assert response.status_code in (302, 405), address
            assert response.status_code == 405 or "/login/" in response.url, address
    assert seen > 80


def addresses():
    """(address, name) of each route of the admin, its parameters filled in."""
    resolver = get_resolver()
    for pattern in resolver.url_patterns:
        if str(pattern.pattern) == "admin/":
            yield from walk(pattern, "/admin/", getattr(pattern, "namespace", None))


def walk(pattern, prefix, namespace):
    for inner in pattern.url_patterns:
        route = prefix + re.sub(r"<\w+:\w+>|<\w+>", "1", str(inner.pattern))
        if hasattr(inner, "url_patterns"):
            yield from walk(inner, route, namespace)
        elif "(?P" not in route:
            yield route, f"{namespace}:{inner.name}" if namespace else inner.name


def test_wrong_passwords_lock_the_account_from_where_they_came_and_no_address_is_kept(client, ada):
    for _ in range(8):
        refused = give_password(client, password="wrong")
    assert refused.status_code == 429
    assert give_password(client).status_code == 429  # even the right one
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert give_password(elsewhere).status_code == 302
    redis = get_redis_connection("default")
    kept = {key: redis.get(key) for key in redis.scan_iter("*") if redis.type(key) == b"string"}
    assert any(b"axes" in key for key in kept)
    assert not any(b"127.0.0.1" in key or b"127.0.0.1" in (value or b"") for key, value in kept.items())
    assert {"failed", "locked"} <= set(kinds())


def test_what_was_typed_for_a_name_is_not_kept_unless_it_is_one(client, ada):
    give_password(client, name="my secret password", password="x")
    give_password(client, password="x")
    assert list(Event.objects.order_by("pk").values_list("kind", "who")) == [("failed", ""), ("failed", "ada")]


def test_a_session_ends_when_it_is_left_and_when_it_is_old(client, ada, settings):
    enrol(client, ada)
    session = client.session
    session["seen"] = int(time.time()) - settings.STAFF_IDLE_SECONDS - 1
    session.save()
    assert client.get("/admin/").status_code == 302
    assert kinds()[-2:] == ["expired", "left"]
    give_password(client)
    client.post(DOOR, {"code": code_of(ada)})
    assert client.get("/admin/").status_code == 200
    session = client.session
    session["entered"] = int(time.time()) - settings.STAFF_SESSION_SECONDS - 1
    session.save()
    assert client.get("/admin/").status_code == 302


def test_the_door_is_on_its_host_alone(client, ada, settings):
    settings.ADMIN_HOST = "door.localhost"
    settings.ALLOWED_HOSTS = [".localhost"]
    assert client.get("/admin/login/", headers={"host": "door.localhost"}).status_code == 200
    assert client.get("/admin/login/", headers={"host": "localhost"}).status_code == 404
    assert client.get("/", headers={"host": "localhost"}).status_code == 200


def test_a_lost_second_factor_is_removed_by_a_command(client, ada):
    enrol(Client(), ada)
    call_command("forget_second_factor", "ada")
    give_password(client)
    assert client.get(DOOR).context["step"] == "set-up"
    assert Event.objects.latest("pk").kind == "entered"
    assert Event.objects.get(kind="forgotten").about == "ada"


@pytest.mark.parametrize("password", ["short", "password1234", "ada@culture.test", "comparia-culture"])
def test_a_weak_password_is_refused(client, ada, password):
    enrol(client, ada)
    typed = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    assert client.post("/admin/password_change/", typed).status_code == 200
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_who_edits_accounts_makes_nobody_a_superuser(client, ada, settings):
    settings.STAFF_SECOND_FACTOR = False
    eve = User.objects.create_user("eve", password=PASSWORD, is_staff=True)
    may = Permission.objects.filter(codename__in=("change_user", "view_user", "change_group"))
    eve.user_permissions.set(may)
    client.force_login(eve)
    forged = {
        **{"username": "eve", "first_name": "Eve", "is_superuser": "on", "is_active": "on", "is_staff": "on"},
        **{"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"},
        "user_permissions": [str(Permission.objects.get(codename="delete_user").pk)],
    }
    assert client.post(f"/admin/auth/user/{eve.pk}/change/", forged).status_code == 302
    eve = User.objects.get(pk=eve.pk)
    assert (eve.first_name, eve.is_superuser, eve.has_perm("auth.delete_user")) == ("Eve", False, False)
    assert client.get(f"/admin/auth/user/{ada.pk}/change/").status_code == 302
    assert client.post(f"/admin/auth/user/{ada.pk}/password/", {"password1": "x"}).status_code in (302, 403, 404)
    assert client.post("/admin/auth/group/add/", {"name": "Mine"}).status_code == 403
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_the_journal_tells_who_entered_and_who_changed_what(client, ada):
    enrol(client, ada)
    client.post("/admin/auth/group/add/", {"name": "Friends"})
    page = client.get("/admin/staff/event/")
    rows = [(row["who"], row["what"], row["about"]) for row in page.context["lines"]]
    assert rows[0] == ("ada", "1", "Friends")
    assert [row[1] for row in rows[1:]] == ["codes", "enrolled", "entered"]
    assert [row["about"] for row in client.get("/admin/staff/event/?kind=1").context["lines"]] == ["Friends"]
    assert client.get("/admin/staff/event/?who=nobody").context["lines"] == []
    assert "127.0.0.1" not in page.content.decode()


def test_the_journal_is_for_who_may_see_it_and_nobody_edits_it(client, ada, settings):
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(User.objects.create_user("eve", is_staff=True))
    assert client.get("/admin/staff/event/").status_code == 403
    client.force_login(ada)
    assert client.get("/admin/staff/event/add/").status_code == 403


def test_an_export_of_the_catalogue_is_written_down(client, ada):
    enrol(client, ada)
    assert client.get("/admin/models_catalog/languagemodel/export/").status_code == 200
    event = Event.objects.latest("pk")
    assert (event.kind, event.who) == ("exported", "ada")


def test_the_key_of_an_application_is_nowhere_in_clear(client, ada):
    enrol(client, ada)
    key = Application.objects.get().bin_key
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(encrypted_key, 'escape') FROM staff_application")
        [[stored]] = cursor.fetchall()
    assert key.hex() not in stored
    assert b32encode(key).decode() not in stored
    assert secrets.decrypt(stored) == key.hex()


def test_a_code_serves_once_and_wrong_ones_make_the_next_wait(client, ada):
    enrol(client, ada)
    device = Application.objects.get()
    code = code_of(ada)
    device.refresh_from_db()
    assert device.verify_token(code)
    assert not Application.objects.get().verify_token(code)
    device = Application.objects.get()
    assert device.throttling_failure_count == 1
    assert not device.verify_token(code_of(ada))  # right, but too soon
