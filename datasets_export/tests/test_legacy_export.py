"""The way back: the three files of the existing site, made of a release's rows."""

from itertools import groupby
from operator import attrgetter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import call_command

from arena.models import Answer, Comparison, Turn
from arena.tests import factories as arena
from datasets_export.legacy import exporting
from datasets_export.legacy.columns import FILES, OURS, SCHEMAS
from datasets_export.models import LegacyRow
from datasets_export.releases.gathering import Gathering
from models_catalog.models import LanguageModel

from . import factories
from . import legacy_files as files
from .test_legacy_import import everything

pytestmark = pytest.mark.django_db

COLUMNS = {
    "conversations": (
        "id timestamp model_a_name model_b_name conversation_a conversation_b conv_turns conversation_pair_id "
        "conv_a_id conv_b_id session_hash visitor_id model_pair_name opening_msg system_prompt_a system_prompt_b mode "
        "custom_models_selection short_summary keywords categories languages total_conv_a_output_tokens "
        "total_conv_b_output_tokens model_a_total_params model_b_total_params model_a_active_params "
        "model_b_active_params total_conv_a_kwh total_conv_b_kwh"
    ),
    "votes": (
        "id timestamp model_a_name model_b_name model_pair_name chosen_model_name opening_msg both_equal "
        "conversation_a conversation_b conv_turns system_prompt_a system_prompt_b selected_category is_unedited_prompt "
        "conversation_pair_id session_hash visitor_id conv_comments_a conv_comments_b conv_useful_a conv_useful_b "
        "conv_complete_a conv_complete_b conv_creative_a conv_creative_b conv_clear_formatting_a "
        "conv_clear_formatting_b conv_incorrect_a conv_incorrect_b conv_superficial_a conv_superficial_b "
        "conv_instructions_not_followed_a conv_instructions_not_followed_b"
    ),
    "reactions": (
        "id timestamp model_a_name model_b_name refers_to_model msg_index opening_msg conversation_a conversation_b "
        "model_pos conv_turns conversation_pair_id conv_a_id conv_b_id refers_to_conv_id session_hash visitor_id "
        "response_content question_content liked disliked comment useful complete creative clear_formatting incorrect "
        "superficial instructions_not_followed model_pair_name msg_rank question_id system_prompt"
    ),
}


@pytest.fixture(autouse=True)
def portal():
    return arena.portal()


def analyse():
    for turn in Turn.objects.filter(analysis=None):
        factories.analysed(turn)


def exported(key=b"k" * 32):
    """{file: its table}, of all that is published."""
    rows = Gathering(Turn.objects.publishable().filter(analysis__status="done"), key)
    comparisons = [list(turns) for _code, turns in groupby(rows, attrgetter("comparison"))]
    sizes = {
        slug: (total, active)
        for slug, total, active in LanguageModel.objects.values_list("slug", "total_params", "active_params")
    }
    return exporting.tables(comparisons, sizes)


def written(tables, folder):
    """The files' bytes, in the order of their numbers."""
    folder.mkdir()
    for file, table in tables.items():
        pq.write_table(table.sort_by("id"), folder / f"comparia-{file}.parquet")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def sample():
    """Rows of every kind that the existing site has."""
    rows = [files.conversation(number, turns=1 + number % 3) for number in range(1, 10)]
    rows[0] = files.conversation(1, turns=3, system="Soyez bref.")
    rows[1]["conversation_b"][1]["reasoning_content"] = "Je réfléchis."
    rows[2] |= {"mode": "custom", "custom_models_selection": ["gpt-5"]}
    rows[3] |= {"mode": "reasoning", "visitor_id": None, "short_summary": None, "keywords": None}
    rows[4]["conversation_a"][1]["metadata"] = None
    votes = [
        files.vote(rows[0], 1, "a", ["useful_a", "incorrect_b"], ("Bien", "Non")),
        files.vote(rows[1], 2, "both"),
        files.vote(rows[2], 3, "b"),
        files.vote(rows[3], 4, ""),
        files.vote(rows[3], 5, "a", selected_category="arts", is_unedited_prompt=None),
    ]
    reactions = [
        files.reaction(rows[0], 11, "a", True, 0, ["complete"], "Bravo"),
        files.reaction(rows[0], 12, "b", False, 0, ["superficial"]),
        files.reaction(rows[0], 13, "b", True, 2, [], "Mieux"),
        files.reaction(rows[5], 14, "b", False),
    ]
    return rows, votes, reactions


def brought(tmp_path, *rows):
    call_command("import_datasets", files.write(tmp_path / "in", *rows), verbosity=0)
    analyse()


@pytest.mark.parametrize("file", FILES)
def test_the_columns_are_those_of_the_existing_site(file):
    assert SCHEMAS[file].names == COLUMNS[file].split()
    assert exporting.tables([], {})[file].schema == SCHEMAS[file]


def test_import_then_export_gives_the_files_back(tmp_path, capsys):
    """All but who asked, who has the release's code, and a comment that another was put beside."""
    rows, votes, reactions = sample()
    brought(tmp_path, rows, votes, reactions)
    tables = exported()
    for file, given in zip(FILES, (rows, votes, reactions), strict=True):
        got = tables[file].sort_by("id").drop_columns("visitor_id").to_pylist()
        wanted = pa.Table.from_pylist(given, SCHEMAS[file]).drop_columns("visitor_id").sort_by("id").to_pylist()
        if file == "votes":
            assert got[0].pop("conv_comments_b") == "Non\nMieux"
            assert wanted[0].pop("conv_comments_b") == "Non"
        if file == "reactions":
            assert got[2].pop("comment") == "Non\nMieux"
            assert wanted[2].pop("comment") == "Mieux"
        assert got == wanted


def test_import_export_import_is_stable_to_the_byte(tmp_path, capsys):
    brought(tmp_path, *sample())
    first = written(exported(), tmp_path / "first")
    before = everything()
    call_command("import_datasets", tmp_path / "first")
    said = capsys.readouterr().out
    assert [f"{file}: there already: {rows}" in said for file, rows in zip(FILES, (9, 5, 4), strict=True)] == [True] * 3
    assert everything() == before
    assert written(exported(), tmp_path / "second") == first


def test_an_export_comes_into_an_empty_site_and_gives_the_same_export(tmp_path):
    brought(tmp_path, *sample())
    first = exported()
    written(first, tmp_path / "first")
    Comparison.objects.all().delete()
    LegacyRow.objects.all().delete()
    call_command("import_datasets", tmp_path / "first", verbosity=0)
    analyse()
    for file, table in exported().items():
        assert (
            table.drop_columns("visitor_id").sort_by("id").equals(first[file].drop_columns("visitor_id").sort_by("id"))
        )


def test_a_comparison_of_the_site_gives_its_vote_and_its_reactions():
    comparison = arena.comparison()
    for number, choice in enumerate(["a_better", "both_bad", "cannot_say", "b_better"], 1):
        factories.turn(of=comparison, number=number, choice=choice)
    Answer.objects.update(generation_id="gen", output_tokens=10, energy_wh_min=1.0, energy_wh_max=3.0)
    tables = exported()
    (row,) = tables["conversations"].to_pylist()
    assert (row["model_a_name"], row["mode"]) == (comparison.model_a.slug, "random")
    assert (row["conv_turns"], len(row["conversation_a"]), row["total_conv_a_output_tokens"]) == (4, 8, 40)
    assert (row["model_a_total_params"], row["total_conv_b_kwh"]) == (8.0, 0.008)
    (vote,) = tables["votes"].to_pylist()
    assert (vote["chosen_model_name"], vote["both_equal"]) == (comparison.model_b.slug, False)
    thumbs = [
        (reaction["msg_rank"], reaction["model_pos"], reaction["liked"], reaction["disliked"])
        for reaction in tables["reactions"].to_pylist()
    ]
    assert thumbs == [(0, "a", True, False), (1, "a", False, True), (1, "b", False, True)]
    for reaction in tables["reactions"].to_pylist():
        side = reaction["model_pos"]
        message = reaction[f"conversation_{side}"][reaction["msg_index"]]
        assert message["content"] == reaction["response_content"]
        assert reaction["refers_to_conv_id"] == reaction[f"conv_{side}_id"]
    numbers = [row["id"] for table in tables.values() for row in table.to_pylist()]
    assert min(numbers) >= OURS
    assert len(set(tables["reactions"].column("id").to_pylist())) == 3


def test_what_the_site_wrote_does_not_come_in_as_imported(tmp_path, capsys):
    factories.turn()
    written(exported(), tmp_path / "out")
    before = everything()
    call_command("import_datasets", tmp_path / "out")
    assert everything() == before
    assert "conversations: written by this site: 1" in capsys.readouterr().out


def test_codes_of_the_site_are_those_of_the_release_and_no_other(tmp_path):
    turn = factories.turn()
    one, another = (exported(key)["conversations"].to_pylist()[0] for key in (b"1" * 32, b"2" * 32))
    for name in ("id", "conversation_pair_id", "conv_a_id", "session_hash", "visitor_id"):
        assert one[name] != another[name]
    assert turn.comparison.visitor_key not in str(one)
    assert str(turn.comparison_id) not in str(one)


def test_personal_data_is_in_none_of_the_files(tmp_path):
    """Not in what the site wrote, nor in what it imported: the summary of a conversation may tell it too."""
    secret = "ada@example.org"
    row = files.conversation(1, turns=2, short_summary=f"Écrire à {secret}", keywords=[secret])
    for side in "ab":
        row[f"conversation_{side}"][0]["content"] = f"Écris à {secret}, merci."
        row[f"conversation_{side}"][1]["content"] = f"Voilà pour {secret} ({side})."
    vote = files.vote(row, comments=(f"Et {secret} ?", ""))
    thumb = files.reaction(row, 1, "a", True, comment=f"Oui, {secret}")
    call_command("import_datasets", files.write(tmp_path, [row], [vote], [thumb]), verbosity=0)
    for turn in Turn.objects.all():
        texts = factories.texts_of(turn)
        found = [(field, secret, "email") for field, text in texts.items() if secret in text]
        factories.analysed(turn, *found)
    tables = exported()
    assert [table.num_rows for table in tables.values()] == [1, 1, 1]
    assert "[e-mail]" in str(tables["reactions"].to_pylist())
    assert secret not in str([table.to_pylist() for table in tables.values()])


def test_a_turn_that_is_not_published_takes_its_vote_and_its_reactions_with_it(tmp_path):
    row = files.conversation(1, turns=3)
    thumbs = [files.reaction(row, 1, rank=0), files.reaction(row, 2, rank=1)]
    brought(tmp_path, [row], [files.vote(row)], thumbs)
    turns = list(Turn.objects.order_by("number"))
    for turn in (turns[0], turns[2]):
        turn.exclusions.create(comparison=turn.comparison, rule="review", scope="text")
    tables = exported()
    assert tables["votes"].num_rows == 0
    (kept,) = tables["reactions"].to_pylist()
    assert (kept["id"], kept["msg_rank"], kept["msg_index"]) == (2, 0, 1)
    assert kept["conversation_a"][1]["content"] == kept["response_content"]


def test_a_system_message_stays_where_it_was(tmp_path):
    rows = [files.conversation(1, system="Soyez bref."), files.conversation(2)]
    rows[1] |= {"system_prompt_a": "Seul.", "system_prompt_b": "Seul."}
    brought(tmp_path, rows, [], [files.reaction(row, row["id"]) for row in rows])
    tables = exported()
    roles = [[m["role"] for m in row["conversation_a"]] for row in tables["conversations"].sort_by("id").to_pylist()]
    assert roles == [["system", "user", "assistant"], ["user", "assistant"]]
    assert sorted(tables["reactions"].column("msg_index").to_pylist()) == [1, 2]
