"""The register of events is written by the database, whatever changed the row."""

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from models_catalog.models import Endpoint, Event, LanguageModel
from models_catalog.register import because

from . import factories

pytestmark = pytest.mark.django_db


def told(model):
    return [(event.kind, event.before, event.after) for event in reversed(model.events.all())]


def test_a_status_changed_by_update_appears():
    model = factories.model("m", served=False, status="draft")
    LanguageModel.objects.filter(pk=model.pk).update(status="enabled")
    LanguageModel.objects.filter(pk=model.pk).update(status="paused")
    LanguageModel.objects.filter(pk=model.pk).update(status="archived")
    assert told(model) == [
        ("added", "", "draft"),
        ("enabled", "draft", "enabled"),
        ("paused", "enabled", "paused"),
        ("archived", "paused", "archived"),
    ]


def test_a_status_changed_by_hand_in_psql_appears():
    model = factories.model("m", served=False, status="draft")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE models_catalog_languagemodel SET status = 'enabled' WHERE id = %s", [model.pk])
    assert told(model)[-1] == ("enabled", "draft", "enabled")


def test_work_before_publication_is_not_told_but_a_withdrawal_is():
    model = factories.model("m", served=False, status="draft")
    for status in ("review", "draft", "enabled", "review"):
        LanguageModel.objects.filter(pk=model.pk).update(status=status)
    assert told(model)[1:] == [("enabled", "draft", "enabled"), ("withdrawn", "enabled", "review")]


def test_what_changes_nothing_is_not_told():
    model = factories.model("m", served=False)
    LanguageModel.objects.filter(pk=model.pk).update(status="enabled", description_fr="Mot.")
    assert told(model) == [("added", "", "enabled")]


def test_each_change_of_an_endpoint_is_told_without_its_address_key_or_prompt():
    model = factories.model("m", served=False)
    served = factories.endpoint(model, provider="first", api_model_id="m", base_url="https://a.example/v1")
    changes = [
        {"provider": "second"},
        {"quantization": "q8"},
        {"system_prompt": "Soyez bref."},
        {"base_url": "https://secret.example/v1"},
        {"is_enabled": False},
        {"is_enabled": True},
        {"temperature": 0.2},
    ]
    for change in changes:
        Endpoint.objects.filter(pk=served.pk).update(**change)
    Endpoint.objects.filter(pk=served.pk).delete()
    assert told(model)[1:] == [
        ("endpoint_added", "", "first: m"),
        ("provider", "first", "second"),
        ("quantization", "", "q8"),
        ("system_prompt", "", ""),
        ("endpoint_changed", "m", "m"),
        ("endpoint_paused", "second: m", "second: m"),
        ("endpoint_enabled", "second: m", "second: m"),
        ("endpoint_removed", "second: m", ""),
    ]


def test_a_reason_holds_for_its_transaction_only():
    model = factories.model("m", served=False, status="draft")
    with because("its weights were published"):
        LanguageModel.objects.filter(pk=model.pk).update(status="enabled")
    assert model.events.first().reason == "its weights were published"


@pytest.mark.parametrize("rewrite", [lambda events: events.update(reason=""), lambda events: events.delete()])
def test_nothing_rewrites_it(rewrite):
    model = factories.model("m", served=False)
    with pytest.raises(ProgrammingError, match="Cannot (update|delete)"):
        rewrite(Event.objects.filter(model=model))


def test_it_outlives_its_model():
    model = factories.model("gone", served=False)
    factories.endpoint(model)
    pk = model.pk
    model.delete()
    assert set(Event.objects.filter(model_id=pk).values_list("slug", flat=True)) == {"gone"}
