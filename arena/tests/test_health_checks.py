"""`check_endpoints` and its beat: real calls to the scripted provider, real breakers."""

import time

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django_redis import get_redis_connection

from arena import checking, tasks
from models_catalog import availability
from models_catalog.models import Endpoint, LanguageModel
from staff import secrets

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def short_delays(settings, monkeypatch):
    settings.ARENA_FIRST_TOKEN_SECONDS = settings.ARENA_SILENCE_SECONDS = 1
    monkeypatch.setattr(availability, "COPY_SECONDS", -1)
    monkeypatch.delenv("HF_TOKEN", raising=False)


def endpoints(*models):
    return [model.endpoints.get() for model in models]


def checked(capsys, *slugs, **options):
    capsys.readouterr()
    call_command("check_endpoints", *slugs, skip_checks=False, **options)  # as from a terminal
    return capsys.readouterr().out.splitlines()


def test_each_endpoint_is_called_and_what_it_gave_is_told(models, capsys, scripted):
    scripted.reset()
    made = models("quick-1", "reasoning-1", "unauthorized-1", "timeout-before-1", "length?after=0&end=length")
    keyless = models("quick-2")[0]
    keyless.endpoints.update(api_key_variable="HF_TOKEN")
    homeless = models("quick-3")[0]
    homeless.endpoints.update(base_url="$NO_SUCH_URL")
    *lines, last = checked(capsys)
    assert last == "3 answered, 2 failed, 2 without a key or an address."
    told = {line.split(" ", 1)[1] for line in lines}
    assert told == {
        f"{made[0].slug}, scripted: quick-1: answered",
        f"{made[1].slug}, scripted: reasoning-1: answered",
        f"{made[2].slug}, scripted: unauthorized-1: misconfigured HTTP 401",
        f"{made[3].slug}, scripted: timeout-before-1: timeout TimeoutError",
        f"{made[4].slug}, scripted: length?after=0&end=length: answered",
        f"{keyless.slug}, scripted: quick-2: no key (HF_TOKEN)",
        f"{homeless.slug}, scripted: quick-3: no address ($NO_SUCH_URL)",
    }
    assert [endpoint.answered_at is not None for endpoint in endpoints(*made)] == [True, True, False, False, True]
    states = availability.state_of(endpoint.pk for endpoint in endpoints(*made))
    assert [state.failures for state in states.values()] == [0, 0, 1, 1, 0]
    assert len(scripted.calls()) == 5
    assert {call["max_tokens"] for call in scripted.calls()} == {checking.MAX_TOKENS}


def test_a_check_hangs_up_at_the_first_token(models, capsys, scripted):
    scripted.reset()
    models("slow-check")
    checked(capsys)
    assert scripted.wait_for("slow-check", "hung_up")["sent"] < 20


def test_a_dry_run_calls_nothing_and_keeps_nothing(models, capsys, scripted):
    scripted.reset()
    [model] = models("quick")
    lines = checked(capsys, dry_run=True)
    assert lines == [
        f"- {model.slug}, scripted: quick: would be called",
        "1 would be called, 0 without a key or an address.",
    ]
    assert scripted.calls() == []
    assert endpoints(model)[0].answered_at is None


def test_only_enabled_endpoints_of_enabled_models_are_called_unless_named(models, capsys):
    [draft] = models("quick", status="draft")
    [off] = models("quick")
    off.endpoints.update(is_enabled=False)
    assert checked(capsys) == ["0 answered, 0 failed, 0 without a key or an address."]
    assert checked(capsys, draft.slug)[-1] == "1 answered, 0 failed, 0 without a key or an address."


def test_an_unknown_model_is_refused_and_nothing_is_called(models, capsys, scripted):
    scripted.reset()
    [model] = models("quick")
    with pytest.raises(CommandError, match="There is no model nobody, nothing-else: nothing was called."):
        call_command("check_endpoints", "nothing-else", model.slug, "nobody")
    assert scripted.calls() == []


@pytest.mark.parametrize("keys", ["", Fernet.generate_key().decode()], ids=["no key", "another key"])
def test_a_key_that_can_no_longer_be_read_counts_as_missing_and_stops_nobody_else(models, monkeypatch, keys):
    lost, well = models("quick", "quick")
    monkeypatch.setenv("FIELD_KEYS", Fernet.generate_key().decode())
    lost.endpoints.update(encrypted_api_key=secrets.encrypt("a secret"))
    monkeypatch.setenv("FIELD_KEYS", keys)
    assert lost.endpoints.get().missing() == "key"
    assert list(LanguageModel.objects.contenders()) == [well.pk]


def test_the_beat_takes_turns_and_each_endpoint_has_one(models, settings):
    settings.ENDPOINT_CHECK_MINUTES = 3
    made = endpoints(*models(*["quick"] * 6))
    turns = [checking.due(minute) for minute in range(30, 33)]
    assert [len(turn) for turn in turns] == [2, 2, 2]
    assert {endpoint.pk for turn in turns for endpoint in turn} == {endpoint.pk for endpoint in made}


def test_the_beat_tries_an_endpoint_whose_pause_is_over_and_closes_its_breaker(models, settings):
    settings.ENDPOINT_CHECK_MINUTES = 10_000_000_000  # nobody's turn
    first, second = endpoints(*models("quick", "quick"))
    for endpoint in (first, second):
        availability.record([(endpoint.pk, "timeout")] * 3)
    get_redis_connection("default").zadd(availability.OPENED, {first.pk: time.time() - 1})
    assert checking.due(1) == [first]
    tasks.check_endpoints()
    assert not availability.is_open(first.pk)
    assert availability.is_open(second.pk)
    assert Endpoint.objects.get(pk=first.pk).answered_at is not None
