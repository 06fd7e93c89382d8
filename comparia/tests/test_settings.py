"""Production's settings, as a process of its own reads them: clean, or refused with the name of what is wrong."""

import os
import subprocess
import sys

import pytest

from comparia.safety import problems
from comparia.tests.test_repository import ROOT

SAFE = {
    "SECRET_KEY": "k4-9f2hQzYw7sT1mXc8vB6nL3pR5jD0aGeUiOqWtZxCyVbNmKl",
    "DATABASE_URL": os.environ["DATABASE_URL"],
    "REDIS_URL": os.environ["REDIS_URL"],
    "ALLOWED_HOSTS": "comparia.test,admin.comparia.test",
    "FIELD_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "ADMIN_PATH": "a-door/",
}


def check(**changed):
    """`manage.py check --deploy` in production, every warning an error; a variable that is None is unset."""
    variables = {name: value for name, value in (SAFE | changed).items() if value is not None}
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_production_passes_every_check_of_a_deployment():
    done = check()
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues (0 silenced)" in done.stdout


SETTINGS = {
    **{"SECRET_KEY": SAFE["SECRET_KEY"], "DEBUG": False, "ALLOWED_HOSTS": ["comparia.test"], "ADMIN_HOST": ""},
    **{"ADMIN_PATH_IS_CHOSEN": True, "CSRF_TRUSTED_ORIGINS": ["https://comparia.test"], "STAFF_SECOND_FACTOR": True},
}


@pytest.mark.parametrize(
    ("changed", "keys", "named"),
    [
        ({}, SAFE["FIELD_KEYS"], []),
        ({"SECRET_KEY": "short"}, SAFE["FIELD_KEYS"], ["SECRET_KEY is weak"]),
        ({"SECRET_KEY": "a" * 80}, SAFE["FIELD_KEYS"], ["SECRET_KEY is weak"]),
        ({"SECRET_KEY": "django-insecure-" + SAFE["SECRET_KEY"]}, SAFE["FIELD_KEYS"], ["SECRET_KEY is weak"]),
        ({"ALLOWED_HOSTS": ["comparia.test", "*"]}, SAFE["FIELD_KEYS"], ["ALLOWED_HOSTS accepts any host"]),
        ({}, "", ["FIELD_KEYS is missing"]),
        ({}, SAFE["FIELD_KEYS"] + ",no-key", ["FIELD_KEYS: key 2 is no Fernet key"]),
        ({"CSRF_TRUSTED_ORIGINS": ["http://a.test"]}, SAFE["FIELD_KEYS"], ["CSRF_TRUSTED_ORIGINS: http://a.test"]),
        ({"CSRF_TRUSTED_ORIGINS": ["https://*.test"]}, SAFE["FIELD_KEYS"], ["CSRF_TRUSTED_ORIGINS: https://*.test"]),
        ({"ADMIN_PATH_IS_CHOSEN": False}, SAFE["FIELD_KEYS"], ["ADMIN_HOST and ADMIN_PATH are both unset"]),
        ({"ADMIN_PATH_IS_CHOSEN": False, "ADMIN_HOST": "door.test"}, SAFE["FIELD_KEYS"], []),
        ({"ADMIN_HOST": ".door.test"}, SAFE["FIELD_KEYS"], ["ADMIN_HOST is one host"]),
        ({"STAFF_SECOND_FACTOR": False}, SAFE["FIELD_KEYS"], ["STAFF_SECOND_FACTOR is off"]),
        ({"OIDC_OP_TOKEN_ENDPOINT": "http://a.test"}, SAFE["FIELD_KEYS"], ["OIDC_OP_TOKEN_ENDPOINT"]),
    ],
)
def test_what_is_unsafe_is_found_and_named(changed, keys, named):
    found = [*problems(SETTINGS | changed, keys)]
    assert len(found) == len(named)
    assert all(sentence.startswith(start) for sentence, start in zip(found, named, strict=True))


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"])
def test_a_missing_variable_stops_the_start(name):
    done = check(**{name: None})
    assert done.returncode != 0
    assert f"The environment variable {name} is missing" in done.stderr


def test_everything_that_is_unsafe_stops_the_start_and_is_said_at_once():
    done = check(DEBUG="1", FIELD_KEYS=None, ALLOWED_HOSTS="*", ADMIN_PATH=None, STAFF_SECOND_FACTOR="0")
    assert done.returncode != 0
    named = ("DEBUG is on", "FIELD_KEYS is missing", "ALLOWED_HOSTS", "ADMIN_HOST", "STAFF_SECOND_FACTOR is off")
    assert all(name in done.stderr for name in named)
    assert SAFE["SECRET_KEY"] not in done.stderr
