"""Members of the staff, before a door that wants a second factor."""

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.core.cache import cache
from django_otp.oath import totp

from arena.tests import factories
from arena.tests.conftest import closed_pool  # noqa: F401
from staff.models import Application

PASSWORD = "a long password of theirs"
DOOR = "/admin/second-factor/"


@pytest.fixture(autouse=True)
def strict(settings):
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture(autouse=True)
def nobody_is_locked_out():
    cache.clear()


@pytest.fixture(autouse=True)
def field_keys(monkeypatch):
    """Keys of applications are stored encrypted."""
    monkeypatch.setenv("FIELD_KEYS", Fernet.generate_key().decode())


@pytest.fixture
def ada(db):
    factories.portal()
    return User.objects.create_superuser("ada", password=PASSWORD, email="ada@culture.test")


def give_password(client, name="ada", password=PASSWORD, follow=False):
    return client.post(
        "/admin/login/?next=/admin/", {"username": name, "password": password, "next": "/admin/"}, follow=follow
    )


def code_of(user):
    """What their application shows; the clock of the device goes back, so that each code may serve in a test."""
    Application.objects.filter(user=user).update(last_t=-1)
    return f"{totp(Application.objects.get(user=user).bin_key):06d}"


def enrol(client, user):
    """The recovery codes of a user who just set up their second factor."""
    give_password(client, user.username)
    client.get(DOOR)
    return client.post(DOOR, {"code": code_of(user)}).context["codes"]
