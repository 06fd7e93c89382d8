"""Renewing the key of stored secrets: all of them, in place, as often as one likes."""

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from datasets_export.models import Destination, Release
from datasets_export.renewing import renew
from models_catalog.models import Endpoint, Event
from models_catalog.tests import factories
from staff import secrets
from staff.models import Application
from staff.models import Event as StaffEvent

pytestmark = pytest.mark.django_db
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def stored(monkeypatch):
    """A secret of each kind under the old key; then the new key comes first."""
    monkeypatch.setenv("FIELD_KEYS", OLD)
    endpoint = factories.endpoint(factories.model("ant", served=False))
    Endpoint.objects.filter(pk=endpoint.pk).update(encrypted_api_key=secrets.encrypt("sk-provider"))
    Destination.objects.create(name="hub", kind="hub", place="a/b", encrypted_secret=secrets.encrypt("hf-token"))
    Destination.objects.create(name="without", kind="hub", place="a/c")
    Release.objects.create(name="2026-01-01", until=timezone.now(), encrypted_key=secrets.encrypt("00ff"), manifest={})
    Application.objects.create(user=User.objects.create_user("ada"))
    monkeypatch.setenv("FIELD_KEYS", f"{NEW},{OLD}")
    return monkeypatch


def in_clear():
    return (
        Endpoint.objects.get().api_key(),
        Destination.objects.get(name="hub").secret(),
        secrets.decrypt(bytes(Release.objects.get().encrypted_key)),
    )


def test_every_secret_is_readable_without_the_old_key(stored, capsys):
    events = Event.objects.count()
    call_command("rotate_keys")
    assert capsys.readouterr().out == "renewed: 4, current: 0, unreadable: 0, changed: 0\n"
    stored.setenv("FIELD_KEYS", NEW)
    assert in_clear() == ("sk-provider", "hf-token", "00ff")
    assert Event.objects.count() == events  # to the public register nothing changed
    assert StaffEvent.objects.get().kind == "rotated"


def test_a_second_run_does_nothing_more(stored, capsys):
    call_command("rotate_keys")
    call_command("rotate_keys")
    assert capsys.readouterr().out.splitlines()[-1] == "renewed: 0, current: 4, unreadable: 0, changed: 0"


def test_stopped_it_goes_on_where_it_was(stored):
    next(renew())
    assert [outcome for _row, outcome in renew()] == ["current", "renewed", "renewed", "renewed"]


def test_a_dry_run_writes_nothing(stored, capsys):
    before = in_clear(), bytes(Endpoint.objects.get().encrypted_api_key)
    call_command("rotate_keys", "--dry-run")
    assert capsys.readouterr().out.startswith("Would be: renewed: 4")
    assert (in_clear(), bytes(Endpoint.objects.get().encrypted_api_key)) == before


def test_a_secret_of_a_lost_key_is_named_and_left_alone(stored, capsys):
    stored.setenv("FIELD_KEYS", NEW)
    with pytest.raises(CommandError, match="Keep the older keys"):
        call_command("rotate_keys")
    told = capsys.readouterr()
    assert "unreadable: 4" in told.out
    assert "models_catalog.Endpoint" in told.err
    stored.setenv("FIELD_KEYS", OLD)
    assert in_clear() == ("sk-provider", "hf-token", "00ff")


def test_what_somebody_wrote_meanwhile_is_not_undone(stored):
    steps = renew()
    row, _outcome = next(steps)
    Destination.objects.filter(name="hub").update(encrypted_secret=secrets.encrypt("newer"))
    assert [outcome for _row, outcome in steps] == ["current", "renewed", "renewed"]
    assert Destination.objects.get(name="hub").secret() == "newer"


def test_without_a_key_nothing_is_tried(stored):
    stored.setenv("FIELD_KEYS", "")
    with pytest.raises(CommandError, match="FIELD_KEYS"):
        call_command("rotate_keys")
