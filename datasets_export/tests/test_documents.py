"""What explains a release: each document read by the programs that it is made for."""

import json
import logging
import os
import subprocess
import sys

import jsonschema
import pytest
import yaml
from cryptography.fernet import Fernet
from django.test.utils import override_settings

from datasets_export import documents
from datasets_export.columns import COLUMNS, NAMES
from datasets_export.releases import building

from . import factories, folders

ALONE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("releases") / "2026-02-10"
    made.mkdir()
    folders.write(made)
    return made


def told(folder):
    return json.loads((folder / "manifest.json").read_text())


def test_the_schema_is_one_and_holds_for_every_row_of_the_sample(folder):
    schema = documents.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    rows = [json.loads(line) for line in (folder / "sample.jsonl").read_text().splitlines()]
    assert len(rows) == 5
    for row in rows:
        jsonschema.validate(row, schema, jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "wrong",
    [
        {"comparison": "not a code"},
        {"prompt": None},
        {"choice": "maybe"},
        {"draw_probability": 0},
        {"turn": 0},
        {"receipt": "abc"},
        {"timestamp": 12},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_the_schema_refuses_a_row_that_is_none(wrong):
    row = json.loads(json.dumps(folders.row(1), default=str)) | wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(row, documents.schema(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize("number", range(3), ids=["datasets", "pandas", "duckdb"])
def test_each_snippet_of_the_card_runs_in_the_folder_of_the_release_and_finds_all_rows(folder, tmp_path, number):
    card = (folder / "README.md").read_text()
    code = documents.snippets("2026-02-10")[number].code
    assert f"```python\n{code}```" in card
    code += "\nprint(len(turns))\n"
    environment = os.environ | ALONE | {"HF_HOME": str(tmp_path)}
    run = [sys.executable, "-W", "error::UserWarning", "-c", code]
    done = subprocess.run(run, cwd=folder.parent, env=environment, capture_output=True, text=True, timeout=120)
    assert (done.stderr if done.returncode else "", done.stdout.split()[-1:]) == ("", ["5"])


def test_each_configuration_of_the_card_loads_its_own_rows(folder, tmp_path, monkeypatch):
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)
    names = datasets.get_dataset_config_names(str(folder))
    found = {}
    for name in names:
        loaded = datasets.load_dataset(str(folder), name, split="train", cache_dir=str(tmp_path))
        found[name] = (loaded.num_rows, loaded.column_names == list(NAMES))
    assert found == {"default": (5, True), "da-und": (2, True), "fr-fr": (3, True)}


def test_the_front_of_the_card_says_licence_languages_size_and_parts():
    files = [{"kind": "outcomes", "path": "outcomes.parquet"}]
    files += [{"kind": "legacy", "path": f"legacy/comparia-votes-0000{part}.parquet"} for part in "01"]
    files += [{"kind": "turns", "path": "turns/fr-fr/part-00000.parquet", "portal": "fr", "language": "fr"}]
    front = yaml.safe_load(documents.card(folders.manifest(files=files)).split("---\n")[1])
    assert front["license"] == "etalab-2.0"
    assert front["language"] == ["da", "de", "en", "fr", "sv"]
    assert front["size_categories"] == ["100K<n<1M"]
    assert {config["config_name"]: config["data_files"] for config in front["configs"]} == {
        "default": "turns/*/*.parquet",
        "fr-fr": "turns/fr-fr/*.parquet",
        "outcomes": "outcomes.parquet",
        "legacy-votes": "legacy/comparia-votes*.parquet",
    }


def test_the_card_says_what_was_left_out_replaced_measured_and_judged():
    audited = {"measured": folders.MEASURED, "audit": {"rows": 200, "found": 1, "upper_bound": 0.0237}}
    card = documents.card(folders.manifest(personal_data=audited))
    assert "| withdrawn by whoever asked it | 320 |" in card
    assert "| rule `odd-rule` | 3 |" in card
    assert "not yet searched" not in card  # no turn was left out by that rule
    assert "| e-mail addresses | 812 |" in card
    assert "names of persons" not in card
    assert "| fr | 97.3% | 95.1% | 420 |" in card
    assert (
        "A person read 200 rows drawn at random and found personal data in 1: with 95% confidence, no more than 2.4%"
        in card
    )
    assert all(f"`{column.name}`" in card for column in COLUMNS)
    assert "DEMO" not in card and "This is the first release" in card


def test_the_card_of_a_demo_says_so_first_and_in_both_languages():
    card = documents.card(folders.manifest(demo="DEMO"))
    assert card.split("\n\n")[2].startswith("> **DEMO.**")
    assert "**Données de démonstration" in card
    assert "demo" in yaml.safe_load(card.split("---\n")[1])["tags"]


def test_a_release_of_nothing_has_documents_too():
    empty = {name: {} if name.startswith("by_") else 0 for name in folders.manifest()["counts"]}
    manifest = folders.manifest(counts=empty, left_out=[], redacted={}, personal_data={"measured": {}, "audit": None})
    assert "Nothing: every turn" in documents.card(manifest)
    assert documents.croissant(manifest)["recordSet"] == []


def test_mlcroissant_reads_the_records_without_a_warning(folder, caplog):
    import mlcroissant

    with caplog.at_level(logging.WARNING):
        dataset = mlcroissant.Dataset(folder / "croissant.json")
        assert dataset.metadata.ctx.issues.report() == ""
        records = list(dataset.records("turn"))
    assert caplog.messages == []
    expected = {row["comparison"]: row for row in map(folders.row, range(5))}
    assert {record["turn/comparison"].decode() for record in records} == set(expected)
    for record in records:
        row = expected[record["turn/comparison"].decode()]
        assert record["turn/prompt"].decode() == row["prompt"]
        assert record["turn/choice"] == (row["choice"].encode() if row["choice"] else None)
        assert [word.decode() for word in record["turn/topics"]] == row["topics"]
        assert record["turn/timestamp"] == row["timestamp"]
        assert record["turn/output_tokens_a"] == row["output_tokens_a"]


def test_the_croissant_description_tells_what_a_responsible_reader_asks():
    croissant = documents.croissant(folders.manifest())
    told = {name: value for name, value in croissant.items() if name.startswith("rai:")}
    assert all(told.values())
    assert "320 turns: withdrawn by whoever asked it" in told["rai:dataCollectionMissingData"]
    assert told["rai:dataCollectionTimeframe"] == ["2025-12-01", "2026-02-03"]
    assert "not known" in told["rai:personalSensitiveInformation"][1]


def test_the_croissant_description_gives_each_file_its_fingerprint(folder):
    manifest = told(folder)
    described = {one["@id"]: one["sha256"] for one in documents.croissant(manifest)["distribution"] if "sha256" in one}
    assert described == {file["path"]: file["sha256"] for file in manifest["files"] if file["kind"] == "turns"}
    assert len(described) == 2


@pytest.mark.django_db
def test_a_release_that_was_built_loads_by_its_card_and_by_its_croissant_description(tmp_path, monkeypatch):
    import datasets
    import mlcroissant

    monkeypatch.setenv("FIELD_KEYS", Fernet.generate_key().decode())
    turns = [factories.turn(), factories.turn(choice=None)]
    with override_settings(RELEASES_DIR=tmp_path / "releases", RELEASE_DELAY_DAYS=-1):
        building.build("2026-03-01", say=lambda text: None)
    folder = tmp_path / "releases/2026-03-01"
    prompts = sorted(turn.prompt for turn in turns)
    records = mlcroissant.Dataset(folder / "croissant.json").records("turn")
    assert sorted(record["turn/prompt"].decode() for record in records) == prompts
    loaded = datasets.load_dataset(str(folder), split="train", cache_dir=str(tmp_path / "cache"))
    assert (sorted(loaded["prompt"]), loaded.column_names) == (prompts, list(NAMES))
    outcomes = datasets.load_dataset(str(folder), "outcomes", split="train", cache_dir=str(tmp_path / "cache"))
    assert outcomes.num_rows == 1
    votes = datasets.load_dataset(str(folder), "legacy-votes", split="train", cache_dir=str(tmp_path / "cache"))
    assert votes.num_rows == 1
