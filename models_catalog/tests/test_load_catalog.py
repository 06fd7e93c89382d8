"""The catalogue file reaches the tables, once and whole."""

import json
import re
from collections import Counter
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from models_catalog.management.commands.load_catalog import DEFAULT
from models_catalog.models import Endpoint, Event, FactSource, LanguageModel, Licence, Organisation

pytestmark = pytest.mark.django_db
NAMES = ("organisations", "licences", "models", "endpoints", "sources")
TABLES = (Organisation, Licence, LanguageModel, Endpoint, FactSource)
TRACES = (Event, *(table.history.model for table in TABLES))


def rows():
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


def load(capsys, *arguments):
    """What the command prints, as {"models": "1 created, 0 updated, 120 unchanged", "kept": "2 fields…"}."""
    capsys.readouterr()
    call_command("load_catalog", *arguments)
    lines = capsys.readouterr().out.splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line and not line.startswith(" "))


@pytest.fixture
def catalogue():
    return json.loads(DEFAULT.read_text())


@pytest.fixture
def write(tmp_path):
    def to_file(data):
        (tmp_path / "catalogue.json").write_text(json.dumps(data, indent=1))
        return tmp_path / "catalogue.json"

    return to_file


def model_in(catalogue, slug):
    return next(model for row in catalogue["organisations"] for model in row["models"] if model["id"] == slug)


def test_load_fills_the_tables(capsys):
    load(capsys)
    assert Counter(LanguageModel.objects.values_list("status", flat=True)) == {
        "archived": 74,
        "enabled": 40,
        "paused": 5,
        "draft": 2,
    }
    assert (Organisation.objects.count(), Licence.objects.count(), Endpoint.objects.count()) == (25, 13, 70)


def test_load_twice_changes_nothing(capsys):
    load(capsys)
    before = rows()
    traces = [trace.objects.count() for trace in TRACES]
    counts = load(capsys)
    assert rows() == before
    assert [trace.objects.count() for trace in TRACES] == traces
    assert counts["models"] == "0 created, 0 updated, 121 unchanged"
    assert {counts[name].rsplit(", ", 1)[0] for name in NAMES} == {"0 created, 0 updated"}
    assert "kept" not in counts


def test_load_dry_run_writes_nothing(capsys):
    assert load(capsys, "--dry-run")["models"] == "121 created, 0 updated, 0 unchanged"
    assert [table.objects.count() for table in (*TABLES, *TRACES)] == [0] * 11


def test_load_dry_run_shows_each_change(capsys, catalogue, write):
    load(capsys)
    LanguageModel.objects.filter(slug="gemma-3-4b").update(name="Gemma")
    model_in(catalogue, "gemma-3-4b")["simple_name"] = "Gemma 3, 4B"
    model = model_in(catalogue, "phi-4")
    model |= {"params": 15, "endpoint": model["endpoint"] | {"api_model_id": "microsoft/phi-4-new"}}
    catalogue["organisations"][5]["models"].append(model | {"id": "phi-9"})
    call_command("load_catalog", write(catalogue), "--dry-run")
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("phi-9: new")
    assert lines[start : start + 6] == [
        "phi-9: new",
        "gemma-3-4b",
        "  name: 'Gemma' -> 'Gemma 3, 4B' (kept: changed by an editor)",
        "phi-4",
        "  total_params: 14.0 -> 15.0",
        "  openrouter: microsoft/phi-4-new: new, in endpoints",
    ]
    assert lines[-1] == "Dry run: nothing was written."
    assert LanguageModel.objects.get(slug="phi-4").total_params == 14


def test_load_tells_the_register_why(capsys):
    load(capsys)
    assert set(Event.objects.values_list("reason", flat=True)) == {"load_catalog catalogue.json, 2026-12-01"}


def test_load_lists_what_the_rule_of_publication_would_refuse(capsys):
    call_command("load_catalog")
    lines = capsys.readouterr().out.splitlines()
    assert "enabled by the file, and refused by the rule of publication: 40 models" in lines
    [told] = [line for line in lines if line.startswith("  gpt-5.2: ")]
    assert "No endpoint in use has answered a test" in told


def edit(slug, **fields):
    """As an editor does, in the admin."""
    model = LanguageModel.objects.get(slug=slug)
    for name, value in fields.items():
        setattr(model, name, value)
    model.save()
    return model


def test_load_keeps_what_an_editor_changed(capsys, catalogue, write):
    load(capsys)
    edit("phi-4", total_params=14.7, status="paused")
    model_in(catalogue, "phi-4")["params"] = 15
    model_in(catalogue, "phi-4")["release_date"] = "01/2025"
    counts = load(capsys, write(catalogue))
    assert (counts["models"], counts["kept"]) == ("0 created, 1 updated, 120 unchanged", "2 fields changed by editors")
    model = LanguageModel.objects.get(slug="phi-4")
    assert (model.total_params, model.status, model.release_date) == (14.7, "paused", date(2025, 1, 1))


def test_load_keeps_it_at_the_next_loads_too(capsys, catalogue, write):
    load(capsys)
    edit("phi-4", total_params=14.7)
    for params, name in ((15, "Phi four"), (16, "Phi the fourth")):
        model_in(catalogue, "phi-4").update(params=params, simple_name=name)
        assert load(capsys, write(catalogue))["kept"] == "1 field changed by editors"
        model = LanguageModel.objects.get(slug="phi-4")
        assert (model.total_params, model.name) == (14.7, name)


def test_load_does_not_take_an_untouched_text_for_an_emptied_one(capsys, catalogue, write):
    load(capsys)
    model = LanguageModel.objects.get(slug="phi-4")
    assert model.url
    edit("phi-4", name="Phi IV", url=model.url, description_da="")
    model_in(catalogue, "phi-4")["url"] = "https://example.org/phi-4"
    assert load(capsys, write(catalogue))["models"] == "0 created, 1 updated, 120 unchanged"
    assert LanguageModel.objects.get(slug="phi-4").url == "https://example.org/phi-4"


def test_load_brings_back_neither_an_endpoint_nor_a_source_that_an_editor_removed(capsys):
    load(capsys)
    model = LanguageModel.objects.get(slug="phi-4")
    model.endpoints.get().delete()
    model.sources.get(field="total_params").delete()
    counts = load(capsys)
    assert (model.endpoints.count(), model.sources.filter(field="total_params").count()) == (0, 0)
    assert counts["kept"] == "2 fields changed by editors"


def test_load_does_not_add_the_route_that_an_editor_replaced(capsys):
    load(capsys)
    endpoint = Endpoint.objects.get(model__slug="phi-4")
    endpoint.api_model_id = "microsoft/phi-4-new"
    endpoint.save()
    load(capsys)
    assert endpoint.model.endpoints.get() == endpoint


def test_load_gives_no_source_to_a_fact_that_is_an_editors(capsys, catalogue, write):
    load(capsys)
    model = edit("phi-4", total_params=14.7)
    model.sources.filter(field="total_params").delete()
    model.sources.create(field="total_params", url="https://example.org/phi", date=date(2026, 3, 1))
    model_in(catalogue, "phi-4")["url"] = "https://example.org/other"
    load(capsys, write(catalogue))
    assert model.sources.get(field="total_params").url == "https://example.org/phi"
    assert model.sources.filter(field="licence", url="https://example.org/other").exists()


def test_load_fills_what_is_empty_in_a_row_older_than_the_history(capsys, catalogue, write):
    load(capsys)
    LanguageModel.history.all().delete()
    LanguageModel.objects.filter(slug="phi-4").update(total_params=14.7, release_date=None)
    load(capsys)
    model = LanguageModel.objects.get(slug="phi-4")
    assert (model.total_params, model.release_date) == (14.7, date(2024, 12, 1))


def test_load_records_history(capsys, catalogue, write):
    load(capsys)
    model_in(catalogue, "phi-4")["params"] = 15
    load(capsys, write(catalogue))
    records = LanguageModel.objects.get(slug="phi-4").history.values_list(
        "history_type", "total_params", "history_change_reason"
    )
    assert list(records) == [("~", 15, "load_catalog"), ("+", 14, "load_catalog")]


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
    edit("phi-4", description_fr="Un petit modèle.", context_window=16000)
    dated = dict(LanguageModel.objects.values_list("slug", "updated_at"))
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
        ({"params": 3, "active_params": 14}, "active_params: more active parameters than parameters"),
        ({"simple_name": None}, "simple_name: missing"),
        ({"id": "llama-3.3-70b"}, "'llama-3.3-70b' is there twice"),
        ({"parameters": 14}, "parameters: unknown field"),
        ({"reasoning": "often"}, "reasoning: 'often' is neither true, false nor"),
        ({"checked": {"price": {"url": "https://a.test", "date": "2026-01-01"}}}, "checked: 'price' is no fact"),
        ({"endpoint": {"api_type": "acme", "api_model_id": "x"}}, "endpoint.api_type: 'acme' is not among"),
        ({"endpoint": {"api_base": "https://a.test", "api_model_id": "x"}}, "endpoint.api_type: missing, and no"),
        ({"endpoint": {"api_type": "openrouter"}}, "endpoint.api_model_id: missing"),
        ({"url": "javascript:alert(1)"}, "url: 'javascript:alert(1)' is not a web address"),
    ],
)
def test_load_refuses_a_bad_file_whole(catalogue, write, change, problem):
    model_in(catalogue, "phi-4").update(change)
    written = write(catalogue)
    with pytest.raises(CommandError) as refusal:
        call_command("load_catalog", written)
    assert problem in str(refusal.value)
    [line, field] = re.search(
        r"\n  line (\d+), organisations\[5\]\.models\[0\]\.([\w.]+): ", str(refusal.value)
    ).groups()
    key = list(change)[-1]
    assert field.startswith(key)
    assert written.read_text().splitlines()[int(line) - 1].strip().startswith((f'"{field.split(".")[-1]}"', f'"{key}"'))
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


def test_load_dates_the_facts_that_were_read_again(capsys):
    load(capsys)
    model = LanguageModel.objects.select_related("licence").get(slug="DeepSeek-V3.2")
    assert (model.licence.name, model.reasoning) == ("MIT", "hybrid")
    sources = {source.field: source for source in model.sources.all()}
    assert (sources["licence"].url, sources["licence"].date) == (model.url, date(2026, 11, 24))
    assert sources["total_params"].date == date(2026, 2, 11)
