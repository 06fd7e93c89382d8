"""Keys at rest: encrypted, readable after a rotation, and nowhere in clear."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import call_command
from django.db import connection
from django.forms import modelform_factory

from models_catalog.forms import EndpointForm
from models_catalog.models import Endpoint
from staff import secrets

from . import factories

KEY = "sk-very-secret"


@pytest.fixture
def fernet_keys(monkeypatch):
    """Sets FIELD_KEYS to these keys, the newest first."""

    def use(*keys):
        monkeypatch.setenv("FIELD_KEYS", ",".join(keys))

    return use


@pytest.fixture
def old(fernet_keys):
    key = Fernet.generate_key().decode()
    fernet_keys(key)
    return key


def form_for(endpoint, **typed):
    form = modelform_factory(Endpoint, EndpointForm, fields=["electricity_zone"])
    return form({"electricity_zone": "", **typed}, instance=endpoint)


def test_secret_comes_back(old):
    assert secrets.decrypt(secrets.encrypt(KEY)) == KEY
    assert KEY.encode() not in secrets.encrypt(KEY)


def test_secret_survives_a_rotation(old, fernet_keys):
    token = secrets.encrypt(KEY)
    new = Fernet.generate_key().decode()
    fernet_keys(new, old)
    assert secrets.decrypt(token) == KEY
    newer = secrets.encrypt(KEY)
    fernet_keys(new)
    assert secrets.decrypt(newer) == KEY
    with pytest.raises(InvalidToken):
        secrets.decrypt(token)


def test_secret_without_keys_says_which_variable(monkeypatch):
    monkeypatch.delenv("FIELD_KEYS", raising=False)
    with pytest.raises(RuntimeError, match="FIELD_KEYS"):
        secrets.encrypt(KEY)


@pytest.mark.django_db
def test_key_typed_by_an_editor_is_stored_encrypted(old):
    endpoint = factories.endpoint(factories.model("m", served=False))
    form = form_for(endpoint, new_api_key=KEY)
    assert form.is_valid()
    form.save()
    endpoint.refresh_from_db()
    assert (endpoint.api_key(), endpoint.is_usable()) == (KEY, True)
    assert KEY not in everything()
    assert KEY not in form_for(endpoint).as_p()


@pytest.mark.django_db
def test_key_left_empty_is_kept(old):
    endpoint = factories.endpoint(factories.model("m", served=False), encrypted_api_key=secrets.encrypt(KEY))
    form = form_for(endpoint, new_api_key="")
    assert form.is_valid()
    form.save()
    endpoint.refresh_from_db()
    assert endpoint.api_key() == KEY


@pytest.mark.django_db
@pytest.mark.parametrize("moved", [{"base_url": "https://elsewhere.test/v1"}, {"provider": "elsewhere"}])
def test_key_is_forgotten_when_its_endpoint_goes_elsewhere(old, moved):
    """Else whoever may change an address could have the key sent to a machine of theirs."""
    endpoint = factories.endpoint(factories.model("m", served=False), encrypted_api_key=secrets.encrypt(KEY))
    [field] = moved
    form = modelform_factory(Endpoint, EndpointForm, fields=["electricity_zone", field])
    form = form({"electricity_zone": "", "new_api_key": ""} | moved, instance=endpoint)
    assert form.is_valid()
    form.save()
    endpoint.refresh_from_db()
    assert endpoint.api_key() == ""


@pytest.mark.django_db
def test_key_without_fernet_is_refused(monkeypatch):
    monkeypatch.delenv("FIELD_KEYS", raising=False)
    form = form_for(factories.endpoint(factories.model("m", served=False)), new_api_key=KEY)
    assert list(form.errors) == ["new_api_key"]


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "kept"), [("fra", "FRA"), ("WOR", "WOR"), ("", "")])
def test_zone_is_one_that_ecologits_knows(typed, kept):
    endpoint = factories.endpoint(factories.model("m", served=False))
    form = form_for(endpoint, electricity_zone=typed)
    assert form.is_valid()
    assert form.save().electricity_zone == kept
    assert list(form_for(endpoint, electricity_zone="XYZ").errors) == ["electricity_zone"]


@pytest.mark.django_db
def test_loading_puts_no_key_in_the_database(monkeypatch, capsys):
    for name in ("OPENROUTER_API_KEY", "HF_TOKEN", "ALBERT_API_KEY", "VERTEXAI_PROJECT"):
        monkeypatch.setenv(name, KEY)
    call_command("load_catalog")
    assert KEY not in everything()
    assert KEY not in capsys.readouterr().out


def everything():
    """All endpoints as the database shows them, the encrypted column as text too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(concat(row::text, encode(row.encrypted_api_key, 'escape')), ' ') "
            "FROM models_catalog_endpoint AS row"
        )
        return cursor.fetchone()[0]
