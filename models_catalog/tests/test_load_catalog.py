"""The catalogue file reaches the tables, once and whole."""

import json
from collections import Counter
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from models_catalog.management.commands.load_catalog import DEFAULT
from models_catalog.models import Endpoint, FactSource, LanguageModel, Licence, Organisation

pytestmark = pytest.mark.django_db
TABLES = (Organisation, Licence, LanguageModel, Endpoint, FactSource)


def rows():
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


def load(capsys, *arguments):
    """What the command prints, as {table: "created, updated, unchanged"}."""
    call_command("load_catalog", *arguments)
    return dict(line.split(": ") for line in capsys.readouterr().out.splitlines())


@pytest.fixture
def catalogue():
    return json.loads(DEFAULT.read_text())


@pytest.fixture
def write(tmp_path):
    def to_file(data):
        (tmp_path / "catalogue.json").write_text(json.dumps(data))
        return tmp_path / "catalogue.json"

    return to_file


def model_in(catalogue, slug):
    return next(model for row in catalogue["organisations"] for model in row["models"] if model["id"] == slug)


def test_load_fills_the_tables(capsys):
    load(capsys)
    assert Counter(LanguageModel.objects.values_list("status", flat=True)) == {
        "archived": 71,
        "enabled": 43,
        "paused": 5,
        "draft": 2,
    }
    assert (Organisation.objects.count(), Licence.objects.count(), Endpoint.objects.count()) == (25, 13, 70)


def test_load_twice_changes_nothing(capsys):
    load(capsys)
    before = rows()
    counts = load(capsys)
    assert rows() == before
    assert counts["models"] == "0 created, 0 updated, 121 unchanged"
    assert counts.pop("texts") == "0 filled, 258 unchanged"
    assert {count.rsplit(", ", 1)[0] for count in counts.values()} == {"0 created, 0 updated"}


def test_load_dry_run_writes_nothing(capsys):
    counts = load(capsys, "--dry-run")[  # the last line is a sentence
        "models"
    ]
    assert counts == "121 created, 0 updated, 0 unchanged"
    assert [table.objects.count() for table in TABLES] == [0] * 5


def test_load_states_an_estimate_as_such(capsys):
    load(capsys)
    model = LanguageModel.objects.select_related("organisation").get(slug="gpt-5")
    assert (model.organisation.country, model.architecture, model.total_params, model.active_params) == (
        "US",
        "moe",
        300,
        94,
    )
    assert (model.is_architecture_estimated, model.are_params_estimated, model.has_open_weights) == (True, True, False)
    assert model.release_date == date(2025, 8, 1)
    assert {source.url for source in model.sources.all()} == {"https://github.com/betagouv/ComparIA"}
    assert {source.date for source in model.sources.all()} == {date(2026, 2, 11)}


def test_load_says_openness_only_where_the_file_does(capsys):
    load(capsys)
    openness = LanguageModel.objects.values_list("has_open_weights", "has_open_code", "has_open_data")
    assert openness.get(slug="phi-4") == (True, None, None)
    assert openness.get(slug="olmo-3-32b-think") == (True, True, True)


@pytest.mark.parametrize(
    ("slug", "served"),
    [
        ("llama-3.1-8b", ("albert", "openai", "https://albert.api.etalab.gouv.fr/v1", "ALBERT_API_KEY")),
        (
            "aya-expanse-32b",
            ("huggingface", "openai", "https://router.huggingface.co/cohere/compatibility/v1", "HF_TOKEN"),
        ),
        ("gemini-2.5-flash", ("vertex_ai", "litellm", "", "VERTEXAI_PROJECT")),
        ("phi-4", ("openrouter", "openai", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY")),
        ("smollm2-135m-instruct", ("local", "openai", "$LOCAL_MODELS_URL", "")),
    ],
)
def test_load_finds_who_serves_a_model(capsys, slug, served):
    load(capsys)
    endpoint = Endpoint.objects.get(model__slug=slug)
    assert (endpoint.provider, endpoint.protocol, endpoint.base_url, endpoint.api_key_variable) == served


def test_load_updates_what_differs_only(capsys, catalogue, write):
    load(capsys)
    dated = dict(LanguageModel.objects.values_list("slug", "updated_at"))
    LanguageModel.objects.filter(slug="phi-4").update(description_fr="Un petit modèle.", context_window=16000)
    model_in(catalogue, "phi-4")["params"] = 15
    assert load(capsys, write(catalogue))["models"] == "0 created, 1 updated, 120 unchanged"
    model = LanguageModel.objects.get(slug="phi-4")
    assert (model.total_params, model.description_fr, model.context_window) == (15, "Un petit modèle.", 16000)
    after = dict(LanguageModel.objects.values_list("slug", "updated_at"))
    assert {slug for slug in dated if dated[slug] != after[slug]} == {"phi-4"}


def test_load_deletes_nothing(capsys, catalogue, write):
    load(capsys)
    catalogue["organisations"] = catalogue["organisations"][:1]
    load(capsys, write(catalogue))
    assert LanguageModel.objects.count() == 121


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"release_date": "2024-12"}, "release_date: '2024-12' is not MM/YYYY"),
        ({"license": "Beerware"}, "license: 'Beerware' is not among the licences of the file"),
        ({"status": "on"}, "status: 'on' is none of enabled, archived, disabled, missing_data"),
        ({"params": "14"}, "params: '14' is not a number above zero"),
        ({"params": True}, "params: True is not a number above zero"),
        ({"params": 3, "active_params": 14}, "active_params: 14 is more than the total (3.0)"),
        ({"simple_name": None}, "simple_name: missing"),
        ({"id": "llama-3.3-70b"}, "'llama-3.3-70b' is there twice"),
        ({"parameters": 14}, "parameters: unknown field"),
        ({"endpoint": {"api_type": "acme", "api_model_id": "x"}}, "endpoint.api_type: 'acme' is not among"),
        ({"endpoint": {"api_base": "https://a.test", "api_model_id": "x"}}, "endpoint.api_type: missing, and no"),
        ({"endpoint": {"api_type": "openrouter"}}, "endpoint.api_model_id: missing"),
        ({"url": "javascript:alert(1)"}, "url: 'javascript:alert(1)' is not a web address"),
    ],
)
def test_load_refuses_a_bad_file_whole(catalogue, write, change, problem):
    model_in(catalogue, "phi-4").update(change)
    with pytest.raises(CommandError) as refusal:
        call_command("load_catalog", write(catalogue))
    assert problem in str(refusal.value)
    assert "is there twice" in problem or "\n  organisations[5].models[0]." in str(refusal.value)
    assert [table.objects.count() for table in TABLES] == [0] * 5


def test_load_tells_every_mistake_at_once(catalogue, write):
    catalogue["licenses"][2]["distribution"] = "free"
    model_in(catalogue, "phi-4")["arch"] = "rnn"
    with pytest.raises(CommandError) as refusal:
        call_command("load_catalog", write(catalogue))
    assert "licenses[2].distribution" in str(refusal.value)
    assert "organisations[5].models[0].arch" in str(refusal.value)


@pytest.mark.parametrize("text", ["{", "[]", '{"organisations": 3}'])
def test_load_refuses_what_is_no_catalogue(tmp_path, text):
    (tmp_path / "catalogue.json").write_text(text)
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("load_catalog", tmp_path / "catalogue.json")


def test_load_refuses_a_missing_file(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_catalog", tmp_path / "none.json")
