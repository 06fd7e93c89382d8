"""What a release holds, what it leaves out, and that it appears whole or not at all."""

import json
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from arena.models import Answer, Turn
from arena.tests import factories as arena_factories
from datasets_export.models import Release
from datasets_export.releases import building, folders, shards, verifying
from datasets_export.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELD_KEYS", Fernet.generate_key().decode())
    settings.RELEASES_DIR = tmp_path / "releases"
    settings.RELEASE_DELAY_DAYS = 0
    return settings.RELEASES_DIR


def build(name="first", **wanted):
    return building.build(name, say=lambda line: None, **wanted)


def rows(name="first"):
    found = []
    for path in sorted(folders.place(name).glob("turns/*/*.parquet")):
        found += shards.read(path, shards.turns_schema().names).to_pylist()
    return found


def test_a_release_holds_what_its_manifest_says():
    factories.turn()
    release = build()
    [row] = rows()
    assert row["prompt"].startswith("Question")
    assert release.status == "built"
    assert verifying.differences(folders.place("first")) == []
