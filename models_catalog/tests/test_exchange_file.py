"""Exported and read back, the catalogue is the same; what comes from outside is read whole or refused whole."""

import json
from datetime import date
from decimal import Decimal

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils.translation import override

from models_catalog import exchange_file
from models_catalog.loading import load
from models_catalog.models import Endpoint, Event, FactSource, LanguageModel, Licence, Organisation
from models_catalog.reading import LARGEST, FileRefused
from portals.models import Portal
from staff import secrets

from . import factories

pytestmark = pytest.mark.django_db
TABLES = (Organisation, Licence, LanguageModel, Endpoint, FactSource)
TRACES = (Event, *(table.history.model for table in TABLES))
NOT_CARRIED = {"id", "model_id", "organisation_id", "licence_id", "created_at", "updated_at", "rank_summary"}
NOT_CARRIED |= {"answered_at", "encrypted_api_key", "description", "size_description", "did_you_know", "known_limits"}


@pytest.fixture
def rich(monkeypatch):
    """One row of each kind with every column filled, and one with none that can be empty."""
    monkeypatch.setenv("FIELD_KEYS", Fernet.generate_key().decode())
    Portal.objects.get_or_create(code="lt", defaults={"name": "Lietuva", "languages": ["lt"], "objective": 1})
    licence = Licence.objects.create(
        name="Licence « libre »", distribution="open-weights", reuse=False, commercial_use=None, url="https://a.test/l"
    )
    organisation = Organisation.objects.create(
        slug="acme", name="Acmé", country="FR", website="https://acme.test/", logo="logos/acme.png"
    )
    model = LanguageModel.objects.create(
        slug="acme-1.5_b",
        name="Acmé 1.5",
        organisation=organisation,
        licence=licence,
        status="review",
        architecture="moe",
        is_architecture_estimated=True,
        total_params=0.1 + 0.2,
        active_params=0.1,
        are_params_estimated=True,
        quantization="q8",
        reasoning="hybrid",
        context_window=128_000,
        release_date=date(2025, 8, 7),
        knowledge_cutoff=date(2024, 5, 31),
        languages=["fr", "lt"],
        inputs=["text", "image"],
        url="https://acme.test/m",
        has_open_weights=True,
        has_open_code=False,
        has_open_data=None,
        published_wh_per_million_tokens=1234.5,
        description_fr='Deux lignes,\nune « citation » et "d\'autres".',
        description_lt="Ąžuolas",
        description_sv="",
        known_limits_da="Ved ikke.",
        rank_summary={"tier": 1},
    )
    model.portals.set(Portal.objects.filter(code__in=["fr", "lt"]))
    model.sources.create(field="total_params", url="https://acme.test/m", date=date(2026, 1, 2))
    model.sources.create(field="total_params", url="https://b.test/", date=date(2026, 1, 3))
    factories.endpoint(
        model,
        provider="second",
        position=7,
        is_enabled=False,
        protocol="litellm",
        api_key_variable="ACME_API_KEY",
        encrypted_api_key=secrets.encrypt("sk-topsecret"),
        extra={"provider": {"order": ["a", "b"]}, "top_p": 0.9, "seed": None},
        electricity_zone="FRA",
        quantization="q4",
        system_prompt="Soyez bref.",
        temperature=0.25,
        max_tokens=512,
        input_price=Decimal("0.000001"),
        output_price=Decimal("123456.789012"),
        daily_ceiling=Decimal("12.30"),
    )
    factories.endpoint(model, provider="first", position=2)
    factories.model("bare", served=False, status="draft")
    return model


def everything():
    """Every value of every row, by what people call it."""
    return {
        "organisations": carried(Organisation.objects.order_by("slug")),
        "licences": carried(Licence.objects.order_by("name")),
        "models": [
            (
                carried([model]),
                model.organisation.slug,
                model.licence.name,
                sorted(model.portals.values_list("code", flat=True)),
                carried(model.endpoints.all()),
                carried(model.sources.order_by("field", "url")),
            )
            for model in LanguageModel.objects.order_by("slug")
        ],
    }


def carried(rows):
    return [
        {name: value for name, value in vars(row).items() if name[0] != "_" and name not in NOT_CARRIED} for row in rows
    ]


def empty():
    for table in reversed(TABLES):
        table.objects.all().delete()


def restore(text):
    return load(exchange_file.read(text.encode()), "restored")


def test_export_then_import_into_an_empty_catalogue_is_the_identity(rich):
    before, exported = everything(), exchange_file.export()
    empty()
    restore(exported)
    assert everything() == before
    assert exchange_file.export() == exported


def test_every_column_is_exported_or_left_out_on_purpose(rich):
    [model] = [row for row in json.loads(exchange_file.export())["models"] if row["slug"] == rich.slug]
    for table, exported in (
        (LanguageModel, model),
        (Endpoint, model["endpoints"][0]),
        (FactSource, model["sources"][0]),
    ):
        names = {column.attname for column in table._meta.concrete_fields} - NOT_CARRIED
        texts = {f"{name}_{language}" for language, names in model["texts"].items() for name in names}
        assert names - set(exported) - (texts if table is LanguageModel else set()) == set()


def test_the_order_of_endpoints_and_every_text_are_in_the_export(rich):
    [model] = [row for row in json.loads(exchange_file.export())["models"] if row["slug"] == rich.slug]
    assert [(row["provider"], row["position"]) for row in model["endpoints"]] == [("first", 2), ("second", 7)]
    assert model["texts"]["lt"]["description"] == "Ąžuolas"
    assert (model["texts"]["sv"]["description"], model["texts"]["en"]["description"]) == ("", None)
    assert set(model["texts"]) == {"fr", "en", "da", "sv", "lt"}


def test_a_key_is_never_exported(rich):
    factories.endpoint(
        rich, provider="hidden", extra={"extra_headers": {"X-Api-Key": "sk-topsecret", "API_KEY": "sk-topsecret"}}
    )
    factories.endpoint(rich, provider="address", base_url="https://me:sk-topsecret@acme.test/v1")
    exported = exchange_file.export()
    assert "sk-topsecret" not in exported
    assert bytes(rich.endpoints.get(provider="second").encrypted_api_key).decode() not in exported
    restore(exported)
    assert secrets.decrypt(bytes(rich.endpoints.get(provider="second").encrypted_api_key)) == "sk-topsecret"
    assert rich.endpoints.get(provider="hidden").extra["extra_headers"]["API_KEY"] == "sk-topsecret"


def test_the_whole_catalogue_goes_out_and_comes_back(tmp_path, capsys):
    call_command("load_catalog")
    call_command("export_catalog", tmp_path / "first.json")
    before = everything()
    empty()
    call_command("load_catalog", tmp_path / "first.json")
    call_command("export_catalog", tmp_path / "second.json")
    assert (tmp_path / "second.json").read_bytes() == (tmp_path / "first.json").read_bytes()
    assert everything() == before


def test_imported_over_itself_the_catalogue_does_not_move(tmp_path, capsys):
    call_command("load_catalog")
    call_command("export_catalog", tmp_path / "same.json")
    traces = [trace.objects.count() for trace in TRACES]
    report = load(exchange_file.read((tmp_path / "same.json").read_bytes()), "again")
    assert report.changes_nothing and not report.kept
    assert {(count.created, count.updated) for count in report.counts.values()} == {(0, 0)}
    assert [trace.objects.count() for trace in TRACES] == traces


def test_export_to_the_standard_output_is_the_file(rich, capsys):
    call_command("export_catalog")
    assert capsys.readouterr().out == exchange_file.export()


def test_what_the_file_does_not_state_is_left_alone(rich):
    data = json.loads(exchange_file.export())
    [model] = [row for row in data["models"] if row["slug"] == rich.slug]
    for name in ("total_params", "portals", "texts", "sources", "endpoints"):
        del model[name]
    before = everything()
    assert restore(json.dumps(data)).changes_nothing
    assert everything() == before


def test_a_null_states_that_the_fact_is_unknown(rich, admin_user):
    data = json.loads(exchange_file.export())
    [model] = [row for row in data["models"] if row["slug"] == rich.slug]
    model |= {"context_window": None, "portals": []}
    load(exchange_file.read(json.dumps(data).encode()), "corrected", by=admin_user)
    rich.refresh_from_db()
    assert (rich.context_window, rich.portals.count()) == (None, 0)
    latest = rich.history.first()
    assert (latest.history_user, latest.history_change_reason) == (admin_user, "import")


def test_the_lists_of_portals_that_an_editor_changed_are_kept(tmp_path, capsys):
    call_command("load_catalog")
    call_command("export_catalog", tmp_path / "all.json")
    data = json.loads((tmp_path / "all.json").read_text())
    listed, edited = data["models"][:2]
    listed["portals"] = edited["portals"] = ["fr"]
    LanguageModel.objects.get(slug=edited["slug"]).portals.add(Portal.objects.create(code="dk", name="DK", objective=1))
    report = load(exchange_file.read(json.dumps(data).encode()), "lists")
    assert [(change.about, change.is_editors) for change in report.changes] == [
        (listed["slug"], False),
        (edited["slug"], True),
    ]
    assert [*LanguageModel.objects.get(slug=edited["slug"]).portals.values_list("code", flat=True)] == ["dk"]
    data["models"][0]["portals"] = []
    assert [change.is_editors for change in load(exchange_file.read(json.dumps(data).encode()), "again").changes] == [
        False,
        True,
    ]


# --- Hostile or mistaken files -----------------------------------------------------------------------


def refusal_of(content):
    with pytest.raises(FileRefused) as refusal, override("en"):
        exchange_file.read(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    with override("en"):
        return [str(problem) for problem in refusal.value.problems]


def changed(rich, old, new):
    """The export with one value replaced, and the number of the line where it is."""
    text = exchange_file.export()
    assert text.count(old) >= 1
    return text.replace(old, new, 1), text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"total_params": 0.30000000000000004', '"total_params": NaN', "total_params: not a number that can be kept"),
        ('"total_params": 0.30000000000000004', '"total_params": 1e999', "total_params: not a number that can be kept"),
        ('"total_params": 0.30000000000000004', '"total_params": -3', "total_params: -3 is below zero"),
        ('"total_params": 0.30000000000000004', '"total_params": true', "total_params: True is not a number"),
        (
            '"context_window": 128000',
            f'"context_window": {"9" * 5000}',
            "context_window: not a number that can be kept",
        ),
        ('"context_window": 128000', '"context_window": 3000000000', "context_window: Ensure this value is less than"),
        ('"context_window": 128000', '"context_window": 1.5', "context_window: 1.5 is not a whole number"),
        ('"name": "Acmé 1.5"', '"name": "a\\u0000b"', "name: a sign that cannot be kept"),
        ('"name": "Acmé 1.5"', '"name": "a\\ud800b"', "name: a sign that cannot be kept"),
        ('"name": "Acmé 1.5"', '"name": ["Acmé"]', "name: ['Acmé'] is not a text"),
        ('"name": "Acmé 1.5"', '"name": null', "name: This field cannot be null."),
        ('"seed": null', '"seed": NaN', "extra: not a number that can be kept"),
        ('"seed": null', '"se\\u0000ed": null', "extra: a sign that cannot be kept"),
        ('"seed": null', '"api_key": "sk"', "extra: a key is never in the file"),
        ('"status": "review"', '"status": "on"', "status: Value 'on' is not a valid choice."),
        ('"release_date": "2025-08-07"', '"release_date": "2025-13-07"', "release_date: “2025-13-07” value has"),
        ('"electricity_zone": "FRA"', '"electricity_zone": "ZZZ"', "electricity_zone: 'ZZZ' is no zone"),
        ('"organisation": "acme"', '"organisation": "acne"', "organisation: 'acne' is not in the file"),
        ('"lt"\n   ],\n   "status"', '"xx"\n   ],\n   "status"', "portals: 'xx' is no portal of this site"),
        (
            '"logo": "logos/acme.png"',
            '"logo": "../../etc/passwd"',
            "logo: '../../etc/passwd' is not the name of a logo",
        ),
        ('"slug": "acme-1.5_b"', '"slug": "a/b"', "slug: 'a/b' has other signs than letters"),
        ('"slug": "bare"', '"slug": "acme-1.5_b"', "slug: 'acme-1.5_b' is there twice"),
        ('"slug": "acme-1.5_b"', '"slug": "x", "slug": "y"', "'slug': is there twice in the same object"),
        ('"temperature": 0.25', '"temprature": 0.25', "temprature: unknown field"),
        ('"active_params": 0.1', '"active_params": 9', "active_params: more active parameters than parameters"),
        ('"url": "https://b.test/"', '"url": "javascript:alert(1)"', "url: Enter a valid URL."),
        ('"input_price": 1e-06', '"input_price": 1e-09', "input_price: Ensure that there are no more than 6 decimal"),
        (
            '"format": "comparia-catalogue-1"',
            '"format": "comparia-catalogue-9"',
            "format: 'comparia-catalogue-9' is none of",
        ),
    ],
)
def test_a_mistake_is_refused_with_its_line_and_field(rich, old, new, problem):
    text, line = changed(rich, old, new)
    before = everything()
    found = refusal_of(text)
    assert any(problem in told for told in found)
    assert all(told.startswith("line ") for told in found)
    if "portals" not in problem and "extra" not in problem:  # there the line is that of the list or object
        assert any(told.startswith(f"line {line}, ") and problem in told for told in found)
    assert everything() == before


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff\xfe{", "not a text in UTF-8"),
        (b"", "line 1: not JSON (Expecting value)"),
        (b"{\n\n]", "line 3: not JSON (Expecting property name enclosed in double quotes)"),
        (b"3", "line 1, the file: not an object"),
        (b"[" * 100_000, "line 1: not JSON (nested too deep)"),
        (b'{"a":' * 100_000, "line 1: not JSON (nested too deep)"),
        (b"[" + b"{}," * 1_500_000 + b"{}]", "line 1: not JSON (too many values)"),
        (b'{"format": "comparia-catalogue-1"}', "line 1, licences: missing"),
        (b'{"format": 1, "organisations": 2, "licences": {}, "models": [3]}', "line 1, models[0]: not an object"),
        (b" " * (LARGEST + 1), "larger than 5000000 bytes"),
        (b'{"format": "comparia-catalogue-1", "organisations": [{"slug": "\\u0000"}]}', "a sign that cannot be kept"),
    ],
)
def test_what_is_no_catalogue_is_refused(content, problem):
    assert any(problem in told for told in refusal_of(content))


def test_ten_megabytes_are_refused_unread(tmp_path):
    (tmp_path / "huge.json").write_bytes(b'{"a": "' + b"x" * 10_000_000 + b'"}')
    with pytest.raises(CommandError, match="larger than 5000000 bytes"):
        call_command("load_catalog", tmp_path / "huge.json")


def test_a_file_of_mistakes_is_read_no_further_than_a_thousand():
    assert len(refusal_of('{"format": "comparia-catalogue-1", "models": [' + "{}," * 100_000 + "{}]}")) == 1000


def test_every_mistake_is_told_at_once(rich):
    text = exchange_file.export().replace('"status": "review"', '"status": "on"').replace("1234.5", '"much"')
    assert [told.split(", ", 1)[1] for told in refusal_of(text)] == [
        "models[0].status: Value 'on' is not a valid choice.",
        "models[0].published_wh_per_million_tokens: 'much' is not a number",
    ]


def test_what_the_database_refuses_beside_what_is_there_changes_nothing(rich):
    data = json.loads(exchange_file.export())
    for row in data["models"]:
        row["organisation"] = data["organisations"][0]["slug"] = "other"
    before = everything()
    with override("en"), pytest.raises(FileRefused, match="the database refuses it beside what is there"):
        restore(json.dumps(data))
    assert everything() == before
