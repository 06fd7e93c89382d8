"""Entering by OpenID Connect: an account that is known here, of whom the provider vouches; then the second factor."""

from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.test import Client

from .conftest import DOOR, code_of, enrol
from .provider import CLIENT, SECRET, running


@pytest.fixture
def provider(settings):
    with running() as provider:
        settings.ROOT_URLCONF = "staff.tests.with_oidc"
        settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT, SECRET
        settings.OIDC_OP_ISSUER = provider.url
        settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{provider.url}/authorize"
        settings.OIDC_OP_TOKEN_ENDPOINT = f"{provider.url}/token"
        settings.OIDC_OP_USER_ENDPOINT = f"{provider.url}/userinfo"
        settings.OIDC_OP_JWKS_ENDPOINT = f"{provider.url}/jwks"
        settings.OIDC_NAME, settings.OIDC_RP_SIGN_ALGO = "ProConnect", "RS256"
        settings.OIDC_CREATE_USER, settings.OIDC_USE_PKCE, settings.OIDC_TIMEOUT = False, True, 10
        settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "staff.oidc.Backend"]
        yield provider


def enter(client, provider, **changed):
    """Go to the provider and come back; the last answer."""
    sent = client.get("/admin/oidc/?next=/admin/auth/user/")
    query = parse_qs(urlsplit(sent.url).query)
    back = {"code": provider.asked(query), "state": query["state"][0]} | changed
    return client.get("/admin/oidc/callback/", back)


def test_the_page_offers_it(client, ada, provider):
    assert "ProConnect" in client.get("/admin/login/").content.decode()


def test_a_known_member_of_the_staff_enters_then_shows_the_second_factor(client, ada, provider):
    enrol(Client(), ada)
    assert enter(client, provider).url == "/admin/auth/user/"
    assert client.get("/admin/auth/user/").status_code == 302
    client.post(DOOR, {"code": code_of(ada)})
    assert client.get("/admin/auth/user/").status_code == 200


def is_refused(client, response):
    return response.url == "/admin/login/" and "_auth_user_id" not in client.session


LIES = {
    "of another provider": ({"iss": "https://evil.test"}, {}),
    "for another site": ({"aud": "another"}, {}),
    "of another entry": ({"nonce": "old"}, {}),
    "too old": ({"exp": 1}, {}),
    "of somebody else": ({}, {"sub": "another"}),
    "not verified": ({}, {"email_verified": False}),
    "without an address": ({}, {"email": ""}),
    "unknown here": ({}, {"email": "eve@culture.test"}),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_does_not_hold_lets_nobody_in(client, ada, provider, lie):
    provider.lies, provider.tales = LIES[lie]
    assert is_refused(client, enter(client, provider))
    assert User.objects.count() == 1


def test_a_token_that_another_signed_lets_nobody_in(client, ada, provider):
    provider.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert is_refused(client, enter(client, provider))


def test_a_state_that_this_browser_did_not_ask_for_lets_nobody_in(client, ada, provider):
    assert enter(client, provider, state="another").status_code == 400
    assert is_refused(client, Client().get("/admin/oidc/callback/", {"code": "a-code", "state": "x"}))


@pytest.mark.parametrize("field", ["is_staff", "is_active"])
def test_an_account_that_may_not_enter_does_not(client, ada, provider, field):
    User.objects.update(**{field: False})
    assert is_refused(client, enter(client, provider))


def test_a_provider_that_is_away_says_so(client, ada, provider, settings):
    settings.OIDC_OP_TOKEN_ENDPOINT = "http://127.0.0.1:9/token"
    assert is_refused(client, enter(client, provider))
