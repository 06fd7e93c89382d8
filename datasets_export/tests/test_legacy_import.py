"""The way in from the existing site: what becomes of each row of its three files."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, timedelta
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from arena import rights
from arena.models import Answer, Comparison, Turn, Vote
from arena.tests import factories
from datasets_export.legacy import choices, importing, parsing
from datasets_export.legacy.columns import SCHEMAS, TAGS
from datasets_export.legacy.forgetting import forget
from datasets_export.legacy.refusals import RULES, Refused
from datasets_export.models import LegacyRow
from models_catalog.models import LanguageModel

from . import legacy_files as files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def portal():
    return factories.portal()


@pytest.fixture
def bring(tmp_path):
    """Write files and import them; what the command said."""

    def bring(*rows, **options):
        files.write(tmp_path / "files", *rows)
        said = StringIO()
        call_command("import_datasets", tmp_path / "files", stdout=said, **options)
        return said.getvalue()

    return bring


def everything():
    """Every row that an import may write, as it stands."""
    tables = (Comparison, Turn, Answer, Vote, LegacyRow, LanguageModel)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def refusals():
    return dict(LegacyRow.objects.exclude(refused="").values_list("key", "refused"))


def test_a_conversation_comes_in_whole(bring, portal):
    row = files.conversation(3, turns=2, system="Soyez bref.")
    row["conversation_b"][2]["reasoning_content"] = "Je réfléchis."
    bring([row])
    comparison = Comparison.objects.get()
    assert (comparison.origin, comparison.portal, comparison.language) == ("imported", portal, "fr")
    assert comparison.created_at == row["timestamp"].replace(tzinfo=UTC)
    assert (comparison.model_a.slug, comparison.model_b.slug) == ("gpt-5", "mistral-saba")
    assert (comparison.drawn_a, comparison.drawn_b, comparison.draw_probability) == (True, True, None)
    assert row["visitor_id"] not in comparison.visitor_key
    turns = list(comparison.turns.order_by("number"))
    assert [turn.prompt for turn in turns] == [row["conversation_a"][place]["content"] for place in (1, 3)]
    assert {(turn.prompt_language, *turn.topics) for turn in turns} == {
        ("fr", "Environment", "Daily Life & Home & Lifestyle")
    }
    answer = turns[0].answers.get(side="b")
    assert (answer.text, answer.reasoning) == (row["conversation_b"][2]["content"], "Je réfléchis.")
    assert (answer.output_tokens, answer.token_source, answer.generation_id) == (43, "provider", "gen-3-b")
    assert (answer.status, answer.system_prompt) == ("complete", "Soyez bref.")
    assert answer.finished_at - answer.started_at == timedelta(seconds=1.25)


def test_what_has_no_home_is_kept_and_texts_are_not_kept_twice(bring):
    row = files.conversation(1, system="Soyez bref.")
    bring([row], [files.vote(row, comments=("Un avis secret", ""))], [files.reaction(row, 1, comment="Bravo secret")])
    kept = LegacyRow.objects.get(file="conversations").data
    assert (kept["session_hash"], kept["short_summary"], kept["total_conv_a_kwh"]) == (
        "session1",
        "L’été en ville.",
        0.0004,
    )
    said = str(list(LegacyRow.objects.values_list("data", flat=True)))
    assert not [text for text in ("Question", "Réponse", "secret", "Soyez") if text in said]


def test_a_summary_that_holds_personal_data_is_not_kept(bring):
    summary = "Écrire à ada.martin@laposte.net."
    said = bring([files.conversation(1, short_summary=summary), files.conversation(2)])
    kept = dict(LegacyRow.objects.values_list("key", "data"))
    assert "short_summary" not in kept["1"] and "keywords" not in kept["1"]
    assert kept["2"]["short_summary"] == "L’été en ville."
    assert "summaries and keywords that hold personal data, left out: 1" in said


def test_the_same_visitor_has_the_same_key_and_no_other(bring):
    bring([files.conversation(number) for number in (3, 4, 6)])
    keys = list(Comparison.objects.order_by("created_at").values_list("visitor_key", flat=True))
    assert keys[0] == keys[1] != keys[2]


def test_a_vote_is_the_choice_on_the_last_turn_and_reactions_on_theirs(bring):
    row = files.conversation(1, turns=3)
    thumbs = [
        files.reaction(row, 1, "a", True, rank=0, tags=["useful"], comment="Bien"),
        files.reaction(row, 2, "b", False, rank=0, tags=["incorrect"]),
        files.reaction(row, 3, "b", True, rank=1),
    ]
    bring([row], [files.vote(row, chosen="both", tags=["creative_b"], comments=("", "Pareil"))], thumbs)
    votes = list(Vote.objects.order_by("turn__number").values_list("choice", "tags_a", "tags_b", "comment_a"))
    assert votes == [
        ("a_better", ["useful"], ["incorrect"], "Bien"),
        ("b_better", [], [], ""),
        ("both_good", [], ["creative"], ""),
    ]
    vote = Vote.objects.get(turn__number=3)
    assert (vote.comment_b, vote.created_at) == (
        "Pareil",
        (row["timestamp"] + timedelta(seconds=90)).replace(tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("a", "b", "choice"),
    [
        (1, 0, "a_better"),
        (1, -1, "a_better"),
        (0, -1, "a_better"),
        (0, 1, "b_better"),
        (-1, 1, "b_better"),
        (-1, 0, "b_better"),
        (1, 1, "both_good"),
        (-1, -1, "both_bad"),
    ],
)
def test_two_thumbs_make_a_choice(a, b, choice):
    assert choices.of_thumbs(a, b) == choice


@pytest.mark.parametrize("choice", ["a_better", "b_better", "both_good", "both_bad"])
def test_a_choice_makes_thumbs_that_make_it_again(choice):
    assert choices.of_thumbs(*choices.thumbs_of(choice)) == choice


@pytest.mark.parametrize("order", [("votes", "reactions"), ("reactions", "votes")])
def test_a_vote_wins_over_reactions_on_the_last_turn_whichever_comes_first(bring, order):
    row = files.conversation(1)
    rows = {
        "votes": [files.vote(row, chosen="b", comments=("Du vote", ""))],
        "reactions": [files.reaction(row, 1, "a", True, tags=["useful"], comment="De la réaction")],
    }
    bring([row])
    said = [bring(None, *(rows[file] if file == kind else None for file in ("votes", "reactions"))) for kind in order]
    vote = Vote.objects.get()
    assert (vote.choice, vote.tags_a) == ("b_better", ["useful"])
    assert sorted(vote.comment_a.split("\n")) == ["De la réaction", "Du vote"]
    assert "reactions that say otherwise than the vote, which wins: 1" in said[-1]


def test_of_two_votes_on_a_conversation_the_last_one_counts(bring):
    row = files.conversation(1)
    first, last = files.vote(row, 1, "a"), files.vote(row, 2, "b", timestamp=row["timestamp"] + timedelta(hours=1))
    said = bring([row], [last, first])
    assert Vote.objects.get().choice == "b_better"
    assert "the last one counts: 1" in said


def test_a_second_run_writes_nothing(bring):
    rows = [files.conversation(number, turns=2) for number in range(1, 6)]
    bad = files.conversation(9, models=("gpt-5", "gpt-5"))
    votes = [files.vote(row, comments=("Bien", "")) for row in rows[:3]]
    thumbs = [files.reaction(row, row["id"], "b", False) for row in rows]
    bring([*rows, bad], votes, thumbs)
    before = everything()
    said = bring([*rows, bad], votes, thumbs)
    assert everything() == before
    assert "written: " not in said
    assert "conversations: there already: 6" in said


def test_a_dry_run_says_what_would_be_and_writes_nothing(bring):
    row = files.conversation(1)
    before = everything()
    said = bring([row], [files.vote(row)], [files.reaction(row, 1)], dry_run=True)
    assert everything() == before
    assert [f"{file}: written: 1" in said for file in SCHEMAS] == [True] * 3


def test_only_one_file_is_read_when_it_is_asked_for(bring):
    row = files.conversation(1)
    said = bring([row], [files.vote(row)], only="votes")
    assert not Comparison.objects.exists()
    assert "votes: no-conversation" in said
    bring([row], [files.vote(row)])
    assert Vote.objects.get().choice == "a_better"


def test_a_model_that_the_catalogue_does_not_know_is_archived_and_never_offered(bring):
    LanguageModel.objects.create(**known_model("Mistral-Saba"))
    bring([files.conversation(1, models=("acme/New Model", "mistral-saba"))])
    made = LanguageModel.objects.get(name="acme/New Model")
    assert (made.slug, made.status) == ("acme-New-Model", "archived")
    assert made.history.get().history_change_reason == "import_datasets"
    assert made.pk not in LanguageModel.objects.contenders()
    assert Comparison.objects.get().model_b.slug == "Mistral-Saba"


def known_model(slug):
    made = factories.language_model("another")
    return {"slug": slug, "name": slug, "organisation": made.organisation, "licence": made.licence}


def test_a_side_without_an_answer_failed_and_the_vote_is_on_the_turn_before(bring):
    row = files.conversation(1, turns=3)
    row["conversation_a"][3]["content"] = ""
    row["conversation_a"].pop()
    row["conversation_b"].pop()
    said = bring([row], [files.vote(row)])
    assert list(Answer.objects.filter(status="failed").values_list("turn__number", "side", "error_code")) == [
        (2, "a", "empty_answer"),
        (3, "a", "empty_answer"),
        (3, "b", "empty_answer"),
    ]
    assert Vote.objects.get().turn.number == 1
    assert "imported as failed: 3" in said


def test_conversations_written_as_json_and_lists_too_come_in_the_same(bring, tmp_path):
    row = files.conversation(1)
    bring([row])
    before = list(Turn.objects.values_list("prompt", "topics")), list(Answer.objects.values_list("text"))
    Comparison.objects.all().delete()
    LegacyRow.objects.all().delete()
    table = pa.Table.from_pylist([row], SCHEMAS["conversations"])
    for name in ("conversation_a", "conversation_b", "keywords", "categories", "languages"):
        text = pa.array([json.dumps(row[name])])
        table = table.set_column(table.schema.get_field_index(name), name, text)
    folder = tmp_path / "json"
    folder.mkdir()
    pq.write_table(table, folder / "comparia-conversations-00000-of-00001.parquet")
    call_command("import_datasets", folder, stdout=StringIO())
    after = list(Turn.objects.values_list("prompt", "topics")), list(Answer.objects.values_list("text"))
    assert after == before


def broken(**columns):
    return files.conversation(1) | columns


ALONE = [files.message("Question ?"), files.message("Encore ?"), files.answer("Réponse")]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (broken(timestamp=None), "bad-timestamp"),
        (broken(conversation_pair_id=None), "no-pair"),
        (broken(conversation_a=[files.message("a\0"), files.answer("b")] * 1), "questions-differ"),
        (broken(session_hash="a\0b"), "nul-character"),
        (broken(model_a_name="<script>"), "bad-model-name"),
        (broken(model_b_name=None), "bad-model-name"),
        (broken(model_b_name="GPT-5"), "same-model-twice"),
        (broken(conversation_b=[]), "no-message"),
        (broken(conversation_b=None), "no-message"),
        (broken(conversation_a=ALONE, conversation_b=ALONE), "messages-do-not-alternate"),
        (broken(conversation_b=[files.message("Autre ?"), files.answer("Réponse")]), "questions-differ"),
        (
            broken(**{f"conversation_{side}": [files.message(" "), files.answer("b")] for side in "ab"}),
            "empty-question",
        ),
    ],
)
def test_a_conversation_that_makes_no_sense_is_refused_with_its_rule_alone(bring, row, rule):
    good = files.conversation(2)
    said = bring([row, good])
    assert refusals() == {"1": rule}
    assert LegacyRow.objects.get(key="1").data == {}
    assert f"conversations: {rule} ({RULES[rule]}): 1" in said
    assert Comparison.objects.get().pk == importing.comparison_of(good["conversation_pair_id"])


def test_half_a_character_in_messages_written_as_json_is_refused():
    row = files.conversation(1) | {"timestamp": 1_740_000_000_000_000}
    row["conversation_a"] = json.dumps(row["conversation_a"]).replace("choisie", "\\ud800")
    with pytest.raises(Refused, match="broken-character"):
        parsing.conversation(row)


def test_a_nul_in_an_answer_is_refused(bring):
    bring([broken(**{f"conversation_{side}": [files.message("Ça ?"), files.answer("b\0")] for side in "ab"})])
    assert refusals() == {"1": "nul-character"}


def test_the_same_id_or_the_same_conversation_twice_comes_in_once(bring):
    row = files.conversation(1)
    said = bring([row, row, row | {"id": 2}, files.conversation(3)])
    assert Comparison.objects.count() == 2
    assert refusals() == {"2": "same-conversation-twice"}
    assert "conversations: same-id-twice" in said


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"chosen_model_name": "another"}, "unknown-choice"),
        ({"both_equal": True}, "contradictory-choice"),
        ({"conv_comments_a": "a\0"}, "nul-character"),
        ({"timestamp": None}, "bad-timestamp"),
    ],
)
def test_a_vote_that_makes_no_sense_is_refused(bring, columns, rule):
    row = files.conversation(1)
    bring([row], [files.vote(row) | columns])
    assert refusals() == {"1": rule}
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"model_pos": "both_equal"}, "no-such-side"),
        ({"msg_index": 4}, "no-such-message"),
        ({"msg_rank": 1, "msg_index": 3}, "no-such-message"),
        ({"msg_rank": -1, "msg_index": -1}, "no-such-message"),
        ({"liked": False}, "no-thumb"),
        ({"disliked": True}, "both-thumbs"),
    ],
)
def test_a_reaction_that_makes_no_sense_is_refused(bring, columns, rule):
    row = files.conversation(1)
    bring([row], [], [files.reaction(row, 1) | columns])
    assert refusals() == {"1": rule}
    assert not Vote.objects.exists()


def test_a_vote_that_says_nothing_cannot_say(bring):
    row = files.conversation(1)
    bring([row], [files.vote(row, chosen="")])
    assert Vote.objects.get().choice == "cannot_say"


def a_file_without(*names):
    return lambda path: pq.write_table(
        pa.Table.from_pylist([files.vote(files.conversation(1))], SCHEMAS["votes"]).drop_columns(list(names)), path
    )


def a_file_with(name, values):
    def write(path):
        table = pa.Table.from_pylist([files.vote(files.conversation(1))], SCHEMAS["votes"])
        pq.write_table(table.set_column(table.schema.get_field_index(name), name, values), path)

    return write


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (a_file_without("both_equal"), "columns missing: both_equal"),
        (a_file_with("both_equal", pa.array(["yes"])), "column both_equal is string, where bool is expected"),
        (a_file_with("id", pa.array(["1"])), "column id is string, where int64 is expected"),
        (a_file_with("timestamp", pa.array(["today"])), "column timestamp is string"),
        (lambda path: path.write_bytes(b"PAR1 not really PAR1"), "not a Parquet file"),
        (lambda path: path.write_bytes(b""), "not a Parquet file"),
    ],
)
def test_one_file_that_cannot_be_read_stops_all_before_anything_is_written(bring, tmp_path, spoil, sentence):
    row = files.conversation(1)
    folder = files.write(tmp_path / "files", [row], [files.vote(row)])
    spoil(folder / "comparia-votes.parquet")
    with pytest.raises(CommandError, match=sentence):
        bring([row])
    assert not Comparison.objects.exists()


def test_a_file_damaged_further_on_says_so_and_keeps_what_came_before_whole(tmp_path):
    path = files.write(tmp_path, [files.conversation(number) for number in range(1, 2501)])
    path = path / "comparia-conversations.parquet"
    table = pq.read_table(path)
    pq.write_table(table, path, row_group_size=1000)
    place = pq.ParquetFile(path).metadata.row_group(2).column(4).data_page_offset
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 400)
    with pytest.raises(CommandError, match="is damaged"):
        call_command("import_datasets", tmp_path, stdout=StringIO())
    assert Comparison.objects.count() == Turn.objects.count() == LegacyRow.objects.count() == 2000


def test_a_directory_without_a_file_says_which_ones_are_expected(tmp_path):
    with pytest.raises(CommandError, match="none of comparia-conversations.parquet"):
        call_command("import_datasets", tmp_path)
    with pytest.raises(CommandError, match="not a directory"):
        call_command("import_datasets", tmp_path / "nowhere")


def test_a_column_of_another_time_is_left_out_and_said(tmp_path):
    table = pa.Table.from_pylist([files.conversation(1)], SCHEMAS["conversations"])
    pq.write_table(table.append_column("ip", pa.array(["203.0.113.7"])), tmp_path / "conversations.parquet")
    said = StringIO()
    call_command("import_datasets", tmp_path, stdout=said)
    assert "conversations.parquet: columns left out: ip." in said.getvalue()
    assert "203.0.113.7" not in str(everything())


def test_what_was_withdrawn_or_erased_leaves_no_text_and_does_not_come_back(bring):
    rows = [files.conversation(number, turns=2) for number in (1, 4)]
    votes = [files.vote(row) for row in rows]
    bring(rows, votes)
    gone = importing.comparison_of(rows[0]["conversation_pair_id"])
    rights.erase_all(Comparison.objects.get(pk=gone).visitor_key)
    assert forget() == 2
    assert {str(data) for data in LegacyRow.objects.filter(comparison=gone).values_list("data", flat=True)} == {"{}"}
    assert LegacyRow.objects.exclude(comparison=gone).exclude(data={}).count() == 2
    before = everything()
    said = bring(rows, votes, [files.reaction(rows[0], 1, comment="De retour")])
    assert everything() == before
    assert "reactions: no-conversation" in said
    assert forget() == 0


def test_two_imports_at_once_are_one(bring):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [importing.LOCK])
        with pytest.raises(CommandError, match="Another import is under way"):
            bring([files.conversation(1)])
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [importing.LOCK])
    finally:
        other.close()
    bring([files.conversation(1)])
    assert Comparison.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_whole_conversations_and_goes_on_where_it_was(tmp_path):
    """A process of its own, ended by SIGKILL in the middle of the conversations."""
    rows = [files.conversation(number, turns=2) for number in range(1, 12_001)]
    votes = [files.vote(row) for row in rows[::2]]
    files.write(tmp_path, rows, votes)
    database = connection.settings_dict
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "import_datasets", str(tmp_path)],
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    while process.poll() is None and not Comparison.objects.exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    _nothing, trouble = process.communicate()
    assert process.returncode == -signal.SIGKILL, trouble.decode()
    came = Comparison.objects.count()
    assert 0 < came < 12_000
    assert (Turn.objects.count(), Answer.objects.count(), LegacyRow.objects.count()) == (2 * came, 4 * came, came)
    said = StringIO()
    call_command("import_datasets", tmp_path, stdout=said)
    assert f"conversations: there already: {came}\n" in said.getvalue()
    assert f"conversations: written: {12_000 - came}\n" in said.getvalue()
    assert (Comparison.objects.count(), Vote.objects.count()) == (12_000, 6_000)


def test_the_modes_and_rules_are_those_of_the_site():
    assert set(parsing.MODES) == set(Comparison.Mode.values)
    assert len(TAGS) == 7
    used = {rule for module in (parsing, choices, importing) for rule in codes_in(module)}
    assert used == set(RULES)


def codes_in(module):
    """The rules that a module refuses by."""
    source = Path(module.__file__).read_text()
    return {rule for rule in RULES if f'"{rule}"' in source}


def test_a_refusal_says_nothing_of_what_it_refused():
    with pytest.raises(Refused) as refused:
        parsing.conversation(broken(model_a_name="<b>secret</b>", timestamp=1_700_000_000_000_000))
    assert str(refused.value) == "bad-model-name"
