"""What a release holds, what it leaves out and says of it, and how it is read."""

import json
from datetime import timedelta

import duckdb
import jsonschema
import mlcroissant
import pandas
import pytest
from datasets import load_dataset
from django.core.management import CommandError, call_command
from django.utils import timezone

from arena import published, releasing
from arena.models import Answer, Comparison, Exclusion, Room, Turn
from arena.tests import factories as arena_factories
from datasets_export import columns, documents
from datasets_export.legacy.columns import SCHEMAS
from datasets_export.models import Release
from datasets_export.releases import folders, shards, verifying
from datasets_export.tests import factories, released
from datasets_export.tests.released import build, content, files_with, rows

pytestmark = pytest.mark.django_db
EVERYWHERE = ["legacy/comparia-conversations.parquet", "legacy/comparia-votes.parquet", "sample.jsonl"]


@pytest.fixture(autouse=True)
def place(settings, monkeypatch, tmp_path):
    released.prepare(settings, monkeypatch, tmp_path / "releases")


def answers(**fields):
    """Fields of an answer that was served and measured."""
    now = timezone.now()
    return {
        **{"provider": "acme", "api_model_id": "acme-1", "temperature": 0.7, "max_tokens": 100, "quantization": "q8"},
        **{"system_prompt": "Be kind.", "electricity_zone": "FRA", "finish_reason": "stop", "first_token_ms": 120},
        **{"input_tokens": 12, "output_tokens": 34, "token_source": "provider", "energy_wh_min": 0.1},
        **{"energy_wh_max": 0.4, "gco2_min": 0.01, "gco2_max": 0.02, "water_l_min": 0.001, "water_l_max": 0.002},
        **{"impact_method": "ecologits/1", "reasoning_ms": 5, "started_at": now - timedelta(seconds=2)},
        "generation_id": "gen-1",
    } | fields


def test_the_columns_are_those_that_the_visitor_was_shown_with_the_same_values():
    turn = factories.turn(answers=answers(), texts={"comment_a": "Clear."}, mode="random")
    build()
    shown = published.row(turn, with_text=True)
    assert set(columns.NAMES) - set(columns.NOT_OF_THE_VISITOR) == set(shown)
    [row] = rows()
    aside = {"comparison", "timestamp"}
    assert {name: row[name] for name in shown if name not in aside} == {
        n: v for n, v in shown.items() if n not in aside
    }
    assert row["timestamp"].isoformat(timespec="seconds") == turn.created_at.replace(microsecond=0).isoformat()


def test_comparison_and_visitor_have_the_same_codes_in_all_files_and_others_in_the_next_release():
    turn = factories.turn()
    other = factories.turn(visitor_key=turn.comparison.visitor_key)
    codes = []
    for name in ("first", "second"):
        build(name)
        here = rows(name)
        codes.append({row["comparison"] for row in here} | {row["visitor"] for row in here})
        assert len(codes[-1]) == 3
        outcomes = rows(name, "outcomes.parquet")
        assert {row["comparison"] for row in outcomes} | {row["visitor"] for row in outcomes} == codes[-1]
        legacy = rows(name, "legacy/comparia-conversations.parquet")
        assert {row["conversation_pair_id"] for row in legacy} | {row["visitor_id"] for row in legacy} == codes[-1]
    assert not codes[0] & codes[1]
    for private in (turn.comparison.visitor_key, turn.comparison.receipt, str(turn.comparison_id), str(other.pk)):
        assert files_with(f"'{private}'") == files_with(f'"{private}"') == []


def test_personal_data_is_replaced_in_every_text_and_counted():
    word = "jane.doe@example.org"
    said = {
        name: f"… {word} …"
        for name in ("prompt", "text_a", "text_b", "reasoning_a", "reasoning_b", "comment_a", "comment_b")
    }
    factories.turn(*((name, word, "email") for name in said), texts=said)
    release = build()
    assert files_with(word) == []
    [row] = rows()
    assert {row[name] for name in columns.TEXTS} == {"… [e-mail] …"}
    assert row["is_redacted"] is True
    assert release.manifest["redacted"] == {"email": 7}


def test_what_a_person_said_is_no_personal_data_stays():
    turn = factories.turn(("prompt", "Question", "name"))
    turn.analysis.spans.update(is_kept=True)
    build()
    assert rows()[0]["prompt"].startswith("Question")
    assert rows()[0]["is_redacted"] is False


def left_out():
    """{rule: a turn that it leaves out}"""
    now = timezone.now()
    room = Room.objects.create(code="abc", owner_key="k", portal=arena_factories.portal(), expires_at=now)
    found = {
        "withdrawn": factories.turn(withdrawn_at=now),
        "erased": factories.turn(withdrawn_at=now, erased_at=now),
        "cohort": factories.turn(cohorts=["pix"]),
        "room": factories.turn(room=room),
        "review": factories.turn(analysis={"review": "waiting"}),
        "not-analysed": factories.turn(analysis=False),
        "changed-since-analysis": factories.turn(analysis={"texts_digest": "0" * 64}),
        "abuse": factories.turn(),
        "personal-data": factories.turn(),
        "unfinished": factories.turn(),
    }
    for rule, scope in {"abuse": "everything", "personal-data": "text"}.items():
        Exclusion.objects.create(comparison=found[rule].comparison, rule=rule, scope=scope)
    Answer.objects.filter(turn=found["unfinished"], side="a").update(status="pending")
    return found


def test_what_may_not_leave_is_in_no_file_and_counted_by_rule():
    kept = factories.turn()
    demo = factories.turn(origin="demo")
    out = left_out()
    release = build()
    assert release.manifest["left_out"] == [{"rule": rule, "turns": 1} for rule in sorted(out)]
    assert release.manifest["counts"]["turns"] == len(rows()) == 1
    assert Turn.objects.count() == 2 + len(out)
    assert set(EVERYWHERE) < set(files_with(kept.word))
    for turn in (demo, *out.values()):
        assert files_with(turn.word) == []


def test_a_turn_without_its_text_keeps_its_outcome():
    out = left_out()
    build()
    of_outcomes = {"review", "not-analysed", "changed-since-analysis", "personal-data"}
    assert {row["model_a"] for row in rows(pattern="outcomes.parquet")} == {
        out[rule].comparison.model_a.slug for rule in of_outcomes
    }


def test_turns_of_the_last_days_wait(settings):
    settings.RELEASE_DELAY_DAYS = 7
    recent, old = factories.turn(), factories.turn()
    Turn.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    build()
    assert [row["prompt"] for row in rows()] == [old.prompt]
    assert files_with(recent.word) == []
    assert len(rows(pattern="outcomes.parquet")) == 1


def test_a_release_may_be_of_a_portal_or_a_language(settings):
    turn = factories.turn()
    Turn.objects.filter(pk=factories.turn().pk).update(prompt_language="da")
    assert {row["prompt"] for row in released.rows(build("danish", language="da").name)} != {turn.prompt}
    call_command("build_release", portal="fr", language="fr")
    release = Release.objects.get(portal__code="fr")
    assert release.name == f"{timezone.localdate()}-fr-fr"
    assert release.manifest["scope"] == {"portal": "fr", "language": "fr"}
    assert [row["prompt"] for row in rows(release.name)] == [turn.prompt]


def test_rows_go_to_the_files_of_their_portal_and_language_in_the_order_of_their_codes(monkeypatch):
    monkeypatch.setattr(shards, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(shards, "ROWS_A_FILE", 4)
    made = [factories.turn() for _number in range(11)]
    for turn, language in zip(made, ("fr", "fr", "", "fr", "da", "fr", "fr", "fr", "fr", "", "fr"), strict=True):
        Turn.objects.filter(pk=turn.pk).update(prompt_language=language)
    release = build()
    folder = folders.place("first")
    assert {
        path.relative_to(folder / "turns").as_posix(): len(rows(pattern=path.relative_to(folder).as_posix()))
        for path in released.paths()
    } == {
        "fr-da/part-00000.parquet": 1,
        "fr-fr/part-00000.parquet": 4,
        "fr-fr/part-00001.parquet": 4,
        "fr-und/part-00000.parquet": 2,
    }
    codes = [row["comparison"] for row in rows(pattern="turns/fr-fr/*.parquet")]
    assert codes == sorted(codes)
    assert release.manifest["counts"]["by_language"] == {"": 2, "da": 1, "fr": 8}
    assert [path.name for path in released.paths(pattern="legacy/comparia-votes*")] == [
        f"comparia-votes-{number:05}.parquet" for number in range(3)
    ]


def test_conversations_of_several_turns_are_one_legacy_row_and_a_row_each():
    turn = factories.turn()
    factories.turn(of=turn.comparison, number=2)
    build()
    assert [row["turn"] for row in rows()] == [1, 2]
    [conversation] = rows(pattern="legacy/comparia-conversations.parquet")
    assert conversation["conv_turns"] == 2


def test_legacy_files_have_their_columns_even_without_rows():
    build()
    for file, schema in SCHEMAS.items():
        [path] = released.paths(pattern=f"legacy/comparia-{file}.parquet")
        assert pandas.read_parquet(path).columns.tolist() == schema.names


def test_the_manifest_counts_what_is_there():
    turn = factories.turn(choice="both_bad")
    factories.turn(of=turn.comparison, number=2, choice=None)
    manifest = build().manifest
    month = f"{turn.created_at:%Y-%m}"
    models = sorted([turn.comparison.model_a.slug, turn.comparison.model_b.slug])
    assert manifest["counts"] == {
        **{"turns": 2, "comparisons": 1, "voted": 1, "visitors": 1, "by_portal": {"fr": 2}, "by_language": {"fr": 2}},
        **{"by_month": {month: 2}, "by_choice": {"both_bad": 1}, "by_model": dict.fromkeys(models, 2)},
    }
    assert manifest == folders.read_json(folders.place("first") / "manifest.json")
    rows_of = {file["path"]: file["rows"] for file in manifest["files"] if file["rows"]}
    assert rows_of == {
        **{"turns/fr-fr/part-00000.parquet": 2, "outcomes.parquet": 1, "sample.jsonl": 2},
        **{"legacy/comparia-conversations.parquet": 1, "legacy/comparia-reactions.parquet": 2},
    }
    assert set(manifest["personal_data"]["measured"]) >= {"fr", "en", "da", "sv", "lt"}


def test_a_demonstration_says_so_in_every_file_and_takes_nothing_else():
    demo, real = factories.turn(origin="demo"), factories.turn()
    release = build("demo", demo=True)
    found = content(folders.place("demo"))
    assert [row["prompt"] for row in rows("demo")] == [demo.prompt]
    assert not any(real.word in text for text in found.values())
    silent = {path for path, text in found.items() if "DEMO" not in text}
    assert silent <= {"schema.json", "sample.jsonl"}
    assert {row["origin"] for row in map(json.loads, found["sample.jsonl"].splitlines())} == {"demo"}
    assert (release.is_demo, release.manifest["demo"]) == (True, "DEMO")
    assert not Comparison.objects.exclude(first_release="").exists()


def test_it_is_read_by_datasets_pandas_and_duckdb_and_holds_to_its_own_schema(tmp_path):
    for number in range(3):
        factories.turn(answers=answers(), choice=("a_better", None, "cannot_say")[number])
    build()
    place = folders.place("first")
    files = [str(path) for path in released.paths()]
    loaded = load_dataset("parquet", data_files={"train": files}, cache_dir=str(tmp_path / "cache"))["train"]
    assert loaded.column_names == list(columns.NAMES)
    assert len(loaded) == len(pandas.read_parquet(files[0])) == 3
    asked = f"SELECT count(*), count(choice) FROM '{place}/turns/*/*.parquet'"
    assert duckdb.sql(asked).fetchall() == [(3, 2)]
    schema = json.loads((place / "schema.json").read_text())
    assert schema == documents.schema()
    lines = [json.loads(line) for line in (place / "sample.jsonl").read_text().splitlines()]
    assert len(lines) == 3
    for line in lines:
        jsonschema.validate(line, schema, format_checker=jsonschema.FormatChecker())


def test_its_croissant_file_gives_its_rows():
    turn = factories.turn(("prompt", "Question", "name"), texts={"prompt": "Question"}, answers=answers())
    build()
    dataset = mlcroissant.Dataset(jsonld=str(folders.place("first") / "croissant.json"))
    assert dataset.metadata.ctx.issues.warnings == set()
    [row] = [row for records in dataset.metadata.record_sets for row in dataset.records(records.uuid)]
    found = {name.rpartition("/")[2]: value for name, value in row.items()}
    assert (found["prompt"], found["model_a"]) == (b"[name]", turn.comparison.model_a.slug.encode())


def test_the_same_rows_and_key_give_the_same_bytes():
    for number in range(5):
        factories.turn(("prompt", "Question", "name"), answers=answers(), texts={"reasoning_a": f"Hm {number}."})
    factories.turn()
    data = ("turns/*/*.parquet", "legacy/*.parquet", "outcomes.parquet", "sample.jsonl")
    bytes_of = []
    for _again in range(2):
        release = build()
        bytes_of.append([path.read_bytes() for pattern in data for path in released.paths(pattern=pattern)])
        folders.place("first").rename(folders.root() / f"kept-{_again}")
        Release.objects.filter(pk=release.pk).update(status="failed")
        Turn.objects.filter(pk=Turn.objects.first().pk).update(suggestion="")  # moves its row to the end of the table
    assert bytes_of[0] == bytes_of[1]
    assert len(bytes_of[0]) == 6


def test_a_comparison_keeps_the_name_of_its_first_release():
    old = factories.turn()
    factories.turn(withdrawn_at=timezone.now())
    build("first")
    new = factories.turn()
    build("second")
    names = dict(Comparison.objects.values_list("pk", "first_release"))
    assert names[old.comparison_id] == "first"
    assert names[new.comparison_id] == "second"
    assert sorted(names.values()) == ["", "first", "second"]
    assert releasing.mark_released([old.comparison_id], "third") == 0


def test_the_next_release_leaves_the_first_as_it_was_and_tells_the_difference():
    gone, _kept = factories.turn(), factories.turn()
    build("first")
    before = {path: path.read_bytes() for path in folders.place("first").rglob("*") if path.is_file()}
    [there] = [row for row in rows() if row["prompt"] == gone.prompt]
    Comparison.objects.filter(pk=gone.comparison_id).update(withdrawn_at=timezone.now())
    factories.turn(), factories.turn()
    second = build("second")
    assert {path: path.read_bytes() for path in folders.place("first").rglob("*") if path.is_file()} == before
    assert second.manifest["previous"] == {"name": "first", "revision": 0}
    changes = folders.read_json(folders.place("second") / "changes.json")
    assert changes["counts"]["turns"] == [2, 3]
    assert changes["left_out"] == {"withdrawn": [0, 1]}
    assert gone.comparison.model_a.slug in changes["models"]["gone"]
    tombstones = folders.read_json(folders.place("second") / "tombstones.json")
    assert tombstones["rows"] == [
        {
            "release": "first",
            "comparison": there["comparison"],
            "turn": 1,
            "reason": "withdrawn",
            "on": timezone.localdate().isoformat(),
        }
    ]
    assert not any(there["comparison"] in str(row) for row in rows("second"))


def test_a_dry_run_says_what_would_be_there_and_writes_nothing(capsys):
    factories.turn(), factories.turn(cohorts=["pix"])
    call_command("build_release", "first", dry_run=True)
    assert capsys.readouterr().out.splitlines() == [
        "left out, cohort: 1",
        "Release first would hold 1 turns and 1 outcomes at most.",
        "Dry run: nothing was written.",
    ]
    assert not folders.root().exists()
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"name": "../up"}, "small letters, digits and hyphens"),
        ({"name": "there"}, "there already, and never changes"),
        ({"name": "new", "portal": "xx"}, "no portal xx"),
    ],
)
def test_what_cannot_be_built_is_refused_in_words_and_changes_nothing(asked, said):
    build("there")
    with pytest.raises(CommandError, match=said):
        call_command("build_release", **asked)
    assert [release.name for release in Release.objects.all()] == ["there"]
    assert [path.name for path in folders.root().iterdir()] == ["there"]


def test_without_a_key_for_secrets_it_is_refused(monkeypatch):
    monkeypatch.delenv("FIELD_KEYS")
    with pytest.raises(CommandError, match="FIELD_KEYS"):
        call_command("build_release", "first")
    assert not Release.objects.exists()


def test_the_command_ends_with_counts(capsys):
    factories.turn(), factories.turn(cohorts=["pix"])
    call_command("build_release", "first")
    said = capsys.readouterr().out.splitlines()
    assert "left out, cohort: 1" in said
    assert said[-1].startswith("Release first: 1 turns, 1 voted, of 1 comparisons; 11 files, ")
    assert verifying.differences(folders.place("first")) == []
