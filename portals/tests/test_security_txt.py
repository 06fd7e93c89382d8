"""Where somebody who found a hole learns whom to tell."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from arena.tests import factories

pytestmark = pytest.mark.django_db


def fields(client):
    response = client.get("/.well-known/security.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    return dict(line.split(": ", 1) for line in response.content.decode().splitlines())


def test_the_portal_is_told_for_less_than_a_year(client):
    factories.portal(contact_email="contact@compar-ia.test", languages=["fr", "en"])
    found = fields(client)
    assert found["Contact"] == "mailto:contact@compar-ia.test"
    assert found["Preferred-Languages"] == "fr, en"
    assert found["Canonical"] == "http://testserver/.well-known/security.txt"
    left = datetime.fromisoformat(found["Expires"]) - timezone.now()
    assert timedelta(days=170) < left < timedelta(days=366)


def test_without_an_address_the_contact_page_is_given(client):
    factories.portal(contact_email="")
    assert fields(client)["Contact"] == "http://testserver/contact/"


def test_who_operates_the_site_may_name_somebody_else(client, settings):
    factories.portal(contact_email="contact@compar-ia.test")
    settings.SECURITY_CONTACT, settings.SECURITY_POLICY = "mailto:cert@state.test", "https://state.test/policy"
    found = fields(client)
    assert (found["Contact"], found["Policy"]) == ("mailto:cert@state.test", "https://state.test/policy")
