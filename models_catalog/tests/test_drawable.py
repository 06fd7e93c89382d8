"""Which models can be drawn: enabled, shown on the portal, and with an endpoint that can be called now."""

import pytest
from django.core.management import call_command

from models_catalog.models import LanguageModel
from portals.models import Portal

from . import factories

pytestmark = pytest.mark.django_db
VARIABLES = ("OPENROUTER_API_KEY", "HF_TOKEN", "ALBERT_API_KEY", "VERTEXAI_PROJECT", "LOCAL_MODELS_URL")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def drawn(portal=None):
    """The slugs of those that can be drawn; both ways to ask agree."""
    models = LanguageModel.objects.drawable(portal)
    contenders = LanguageModel.objects.contenders(portal)
    assert contenders == {model.pk: (model.slug, model.name, model.total_params) for model in models}
    return [model.slug for model in models]


def test_drawable_without_any_variable_is_empty(capsys):
    call_command("load_catalog")
    assert drawn() == []


def test_drawable_with_the_local_server(capsys, monkeypatch):
    call_command("load_catalog")
    monkeypatch.setenv("LOCAL_MODELS_URL", "http://127.0.0.1:8091/v1")
    assert sorted(drawn()) == ["gemma-3-270m", "qwen2.5-coder-1.5b-instruct", "smollm2-135m-instruct"]


def test_drawable_with_a_key(capsys, monkeypatch):
    call_command("load_catalog")
    monkeypatch.setenv("OPENROUTER_API_KEY", "secret")
    assert len(drawn()) == 35
    monkeypatch.setenv("HF_TOKEN", "secret")
    assert len(drawn()) == 37


def test_drawable_needs_an_enabled_model_and_endpoint():
    factories.model("served")
    factories.model("unserved", served=False)
    factories.model("paused", status="paused")
    factories.endpoint(factories.model("off", served=False), is_enabled=False)
    assert drawn() == ["served"]


def test_drawable_takes_the_first_usable_endpoint():
    model = factories.model("two", served=False)
    factories.endpoint(model, provider="keyless", position=0, api_key_variable="HF_TOKEN")
    factories.endpoint(model, provider="open", position=1)
    assert LanguageModel.objects.drawable()[0].usable_endpoint().provider == "open"


def test_drawable_of_a_portal_has_its_models_and_those_of_all():
    here, there = (Portal.objects.create(code=code, name=code, objective=1) for code in ("here", "there"))
    factories.model("everywhere")
    factories.model("both").portals.set([here, there])
    factories.model("elsewhere").portals.set([there])
    assert drawn(here) == ["everywhere", "both"]


def test_drawable_costs_as_many_queries_for_121_models(capsys, monkeypatch, django_assert_num_queries):
    call_command("load_catalog")
    monkeypatch.setenv("OPENROUTER_API_KEY", "secret")
    portal = Portal.objects.create(code="here", name="here", objective=1)
    with django_assert_num_queries(2):
        names = [model.organisation.name for model in LanguageModel.objects.drawable(portal)]
    with django_assert_num_queries(1):
        assert len(LanguageModel.objects.contenders(portal)) == len(names) == 35
