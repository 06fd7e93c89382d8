"""Headers and cookies, as the whole ASGI application of production sends them."""

import json
import os
import subprocess
import sys
import textwrap

import pytest
from django.db import connection

from arena.tests import factories
from comparia.tests.test_repository import ROOT
from comparia.tests.test_settings import SAFE

ASK = textwrap.dedent(
    """
    import asyncio, json, sys
    from django.conf import settings
    # the names that production gives to files come from a collection that takes a minute
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    from comparia.asgi import http

    async def ask(path, headers, secure):
        sent, body = [], [{"type": "http.request", "body": b"", "more_body": False}]
        scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": path, "raw_path": path.encode(),
                 "query_string": b"", "root_path": "", "scheme": "http", "client": ("127.0.0.1", 1),
                 "server": ("127.0.0.1", 80),
                 "headers": [(name.lower().encode(), value.encode()) for name, value in headers]
                 + ([(b"x-forwarded-proto", b"https")] if secure else [])}

        async def receive():
            if body:
                return body.pop()
            await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        await http(scope, receive, send)
        start = sent[0]
        return [start["status"], [[name.decode(), value.decode()] for name, value in start["headers"]]]

    async def main():
        print(json.dumps([await ask(*one) for one in json.load(sys.stdin)]))

    asyncio.run(main())
    """
)
HOST = [("Host", "comparia.test")]
KEY = "k" * 32


def production(*asked, **variables):
    """Status and headers of the answers to these requests (path, headers, whether by https)."""
    settings = connection.settings_dict
    database = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings)
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **SAFE, "DATABASE_URL": database}
    environment |= {"SECURE_SSL_REDIRECT": "1", "DJANGO_SETTINGS_MODULE": "comparia.settings", **variables}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        input=json.dumps(asked),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def portal(transactional_db):
    made = factories.portal(hosts=SAFE["ALLOWED_HOSTS"].split(","))
    factories.terms(made)
    factories.tags()


def named(headers, name):
    return [value for each, value in headers if each.lower() == name.lower()]


ALWAYS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def test_every_answer_has_the_headers_whoever_gives_it(portal):
    asked = {
        "a page": ("/", HOST, True),
        "no page": ("/rien/", HOST, True),
        "the door": ("/a-door/login/", HOST, True),
        "the door where it is not": ("/admin/", HOST, True),
        "an unknown host": ("/", [("Host", "evil.test")], True),
        "health": ("/healthz", HOST, True),
        "the API": ("/api/v1/models/", HOST, True),
    }
    answers = dict(zip(asked, production(*asked.values()), strict=True))
    assert {name: status for name, (status, _headers) in answers.items()} == {
        **{"a page": 200, "no page": 404, "the door": 200, "the door where it is not": 404},
        **{"an unknown host": 400, "health": 200, "the API": 200},
    }
    for name, (_status, headers) in answers.items():
        expected = ALWAYS | ({"Cross-Origin-Resource-Policy": "cross-origin"} if name == "the API" else {})
        assert {header: named(headers, header) for header in expected} == {
            header: [value] for header, value in expected.items()
        }, name
        [policy] = named(headers, "Content-Security-Policy")
        assert "unsafe" not in policy
        assert {"default-src 'none'", "object-src 'none'", "worker-src 'none'", "script-src 'self'"} <= {
            part.strip() for part in policy.split(";")
        }
        assert "camera=()" in named(headers, "Permissions-Policy")[0]
        assert len(named(headers, "Cache-Control")) == 1


def test_what_pages_are_made_of_carries_no_policy_of_its_own_but_drawings_do(client, portal):
    script, sheet, drawing = (
        client.get(f"/static/comparia/{name}").headers for name in ("arena.js", "base.css", "logo.svg")
    )
    for headers in (script, sheet):
        assert not {"Content-Security-Policy", "Permissions-Policy"} & set(headers)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'none'" in drawing["Content-Security-Policy"]


def test_the_policy_names_the_socket_of_the_host_that_was_asked(portal):
    hosts = ("comparia.test", "admin.comparia.test")
    for host, (_status, headers) in zip(
        hosts, production(*(("/rien/", [("Host", host)], True) for host in hosts)), strict=True
    ):
        assert f"connect-src 'self' wss://{host};" in named(headers, "Content-Security-Policy")[0] + ";"


def test_cookies_are_for_this_host_and_for_https_alone(portal):
    [[_status, headers]] = production(("/", HOST, True))
    cookies = named(headers, "Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-visitor", "__Host-csrftoken"}
    for cookie in cookies:
        assert all(part in cookie for part in ("; HttpOnly", "; Path=/", "; SameSite=Lax", "; Secure"))
        assert "Domain" not in cookie


def test_a_visitor_of_before_the_prefix_keeps_their_key_under_the_new_name(portal):
    old = ("Cookie", f"visitor={KEY}; csrftoken={'t' * 32}")
    new = ("Cookie", f"__Host-visitor={'n' * 32}; visitor={KEY}")
    [_, by_old], [_, by_new] = production(("/", [*HOST, old], True), ("/", [*HOST, new], True))
    renewed = {cookie.split(";")[0] for cookie in named(by_old, "Set-Cookie")}
    assert {f"__Host-visitor={KEY}", f"__Host-csrftoken={'t' * 32}"} <= renewed
    assert not any(cookie.startswith("__Host-visitor") for cookie in named(by_new, "Set-Cookie"))


def test_by_http_one_is_sent_to_https_and_nowhere_else(portal):
    [[status, headers], [refused, _]] = production(("/arene/", HOST, False), ("/", [("Host", "evil.test")], False))
    assert (status, named(headers, "Location")) == (301, ["https://comparia.test/arene/"])
    assert refused == 400


def test_a_sockets_policy_is_by_the_same_scheme_as_the_page(client, portal):
    assert "ws://testserver" in client.get("/").headers["Content-Security-Policy"]
