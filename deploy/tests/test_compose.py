"""deploy/compose.yaml, as far as it can be looked at without an engine that runs it."""

import json
import re
from pathlib import Path

import pytest
import yaml
from compose_spec import PyCompose

DEPLOY = Path(__file__).resolve().parents[1]
TEXT = re.sub(
    r"\$\{\w+(?::-([^}]*)|:\?[^}]*)\}", lambda found: found[1] or "some", (DEPLOY / "compose.yaml").read_text()
)
WRITTEN = yaml.safe_load(TEXT)
SERVICES = {
    name: service.model_dump(mode="json", exclude_none=True)
    for name, service in PyCompose.from_json(json.dumps(WRITTEN)).to_spec().services.items()
}
OURS = {"site-a", "site-b", "worker", "beat", "migrate"}


def test_the_file_holds_the_whole_site():
    """It was read by the models of the published Compose specification, which refuse what they do not know."""
    assert SERVICES.keys() == {*OURS, "caddy", "postgres", "redis", "backup"}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_can_do_more_than_it_needs(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "devices"} & service.keys()
    if name not in OURS:  # the image says whose ours are
        assert service["user"].split(":")[0].isdigit() and service["user"][0] != "0"


def test_only_caddy_can_be_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["caddy"]
    assert WRITTEN["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis", "backup"):
        assert list(SERVICES[name]["networks"]) == ["inside"]


def test_nothing_begins_before_the_migrations_are_done():
    for name in OURS - {"migrate"}:
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_one_beat_and_two_processes_of_the_site_that_caddy_knows():
    assert [name for name in SERVICES if "beat" in SERVICES[name].get("command", ())] == ["beat"]
    assert "--beat" not in json.dumps(SERVICES)
    assert "{$SITE_PROCESSES:site-a:8000 site-b:8000}" in (DEPLOY / "Caddyfile").read_text()


def test_no_secret_is_written_in_it():
    for name in OURS:
        assert SERVICES[name]["environment"] == {"SECRETS_DIR": "/run/secrets/site", "TRUSTED_PROXIES": "1"}
    said = [f"{key}={value}" for key, value in SERVICES["postgres"]["environment"].items() if "PASSWORD" in key]
    assert said == ["POSTGRES_PASSWORD_FILE=/run/secrets/postgres_password"]
