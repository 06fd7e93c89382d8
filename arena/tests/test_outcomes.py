"""The outcome file as the site writes it: what is in it, in which order, and what can never be."""

import subprocess
import sys
import uuid

import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.utils import timezone

from arena import codes, outcome_file
from arena.models import Answer, Comparison, Turn, Vote
from arena.outcomes import Styles, rows, write_outcomes
from arena.tests import factories
from arena.traits import traits

KEY, OTHER_KEY = b"k" * 32, b"l" * 32


@pytest.fixture
def path(tmp_path):
    return tmp_path / "outcomes.parquet"


@pytest.fixture
def voted(db):
    """Votes made in an order, with texts that must not leave."""
    ant, bee = factories.language_model("ant"), factories.language_model("bee")
    made = []
    for number in range(6):
        comparison = factories.comparison(model_a=ant, model_b=bee, visitor_key=f"visitor-key-{number % 2}")
        made.append(factories.turn(comparison, choice="a_better", text="# SECRET\n\n**bold**"))
    return made


def read(path, column):
    return pq.read_table(path).column(column).to_pylist()


def test_style_is_counted_from_markdown_outside_code():
    text = "# One\n\n**Two** and __three__\n\n- four\n* five\n1. six\n\n```python\n# no\n- no **no**\n```\n#tag 2 * 3"
    assert traits(text) == (len(text), 1, 3, 2)
    assert traits("") == (0, 0, 0, 0)


def test_a_fence_ends_with_one_as_long_and_of_the_same_kind():
    assert traits("````\n```\n# no\n~~~~\n````\n# yes")[1] == 1


def test_no_text_no_key_no_receipt_and_no_address_is_in_the_file(voted, path):
    Vote.objects.update(comment_a="SECRET")
    write_outcomes(path, key=KEY)
    table = pq.read_table(path).to_pylist()
    content = str(table)
    comparison = voted[0].comparison
    for private in ("SECRET", "Pourquoi", "visitor-key", comparison.receipt, str(comparison.pk), comparison.pk.hex):
        assert private not in content
    assert {line["headings_a"] for line in table} == {1}
    assert len({line["visitor"] for line in table}) == 2
    assert all(len(line["visitor"]) == 16 and len(line["comparison"]) == 20 for line in table)


@pytest.mark.parametrize("key", [KEY, b"", b"short", bytes(range(64))])
@pytest.mark.django_db
def test_the_database_computes_the_same_codes(key):
    made = [factories.comparison(id=uuid.uuid4()) for _ in range(5)]
    found = Comparison.objects.annotate(code=codes.comparison_code_in_sql(key, "pk"))
    expected = sorted((codes.comparison_code(key, comparison.pk), comparison.pk) for comparison in made)
    assert list(found.order_by("code").values_list("code", "pk")) == expected


def test_a_key_that_hmac_would_hash_first_is_refused():
    with pytest.raises(ValueError, match="64 bytes"):
        codes.comparison_code_in_sql(b"k" * 65)


def test_codes_are_others_with_another_key_and_do_not_meet_across_kinds(voted, path):
    found = []
    for key in (KEY, OTHER_KEY, b"", b""):
        write_outcomes(path, key=key)
        found.append({*read(path, "comparison"), *read(path, "visitor")})
    assert all(len(codes) == 8 for codes in found)
    assert len(set.union(*found)) == 32
    same = uuid.uuid4()
    assert codes.visitor_code(KEY, str(same), same) != codes.comparison_code(KEY, same)[: codes.VISITOR_DIGITS]
    assert codes.visitor_code(KEY, None, same) != codes.visitor_code(KEY, str(same), same)


def test_rows_come_in_the_order_of_their_codes(voted):
    for turn in voted:
        factories.turn(turn.comparison, number=2, choice="b_better")
    keys = [line[:2] for line in rows(Turn.objects.with_outcome(), KEY, Styles())]
    expected = [(codes.comparison_code(KEY, turn.comparison_id), number) for turn in voted for number in (1, 2)]
    assert keys == sorted(expected)


def test_bytes_do_not_depend_on_the_order_of_the_database(voted, path):
    write_outcomes(path, key=KEY)
    before = path.read_bytes()
    for turn in reversed(voted):  # moved to the end of the table, in another order
        Turn.objects.filter(pk=turn.pk).update(suggestion="moved")
        Comparison.objects.filter(pk=turn.comparison_id).update(share_token=turn.comparison.receipt)
        Answer.objects.filter(turn=turn).update(generation_id="moved")
    write_outcomes(path, key=KEY)
    assert path.read_bytes() == before


def test_styles_counted_before_give_the_same_bytes_and_their_texts_are_not_read_again(voted, path):
    write_outcomes(path, key=KEY)
    before, styles = path.read_bytes(), Styles()
    for turn in voted[1::2]:
        text_a, text_b = turn.answers.order_by("side").values_list("text", flat=True)
        styles.add(turn.pk, text_a, text_b)
        turn.answers.update(text="")
    write_outcomes(path, key=KEY, styles=styles)
    assert path.read_bytes() == before


def test_only_rows_with_an_outcome_are_there_and_a_stopped_side_is_flagged(voted, path):
    factories.turn(factories.comparison(), choice="cannot_say")
    factories.turn(factories.comparison(withdrawn_at=timezone.now()), choice="a_better")
    stopped = factories.turn(factories.comparison(visitor_key="z"), choice="b_better", statuses=("stopped", "complete"))
    assert write_outcomes(path, key=KEY) == 7
    lines = pq.read_table(path).to_pylist()
    expected = [codes.comparison_code(KEY, stopped.comparison_id)]
    assert [line["comparison"] for line in lines if line["is_stopped"]] == expected


def test_the_words_that_visitors_ticked_are_on_their_side(path, db):
    turn = factories.turn(factories.comparison(), choice="a_better")
    Vote.objects.filter(turn=turn).update(tags_a=["useful", "complete"], tags_b=["superficial"])
    write_outcomes(path)
    assert (read(path, "tags_a"), read(path, "tags_b")) == ([["complete", "useful"]], [["superficial"]])


def test_imported_votes_without_a_visitor_stand_each_alone(path, db):
    for _ in range(3):
        factories.turn(factories.comparison(origin="imported", visitor_key=None, consent=None), choice="a_better")
    write_outcomes(path)
    assert len(set(read(path, "visitor"))) == 3


def test_rows_out_of_order_or_twice_are_refused_and_leave_no_file(voted, path):
    lines = list(rows(Turn.objects.with_outcome(), KEY, Styles()))
    for wrong in (reversed(lines), [lines[0], lines[0]]):
        with pytest.raises(ValueError, match="canonical order"):
            outcome_file.write(path, wrong)
    assert list(path.parent.iterdir()) == []


def test_the_process_of_the_pages_does_not_load_pyarrow():
    script = "import comparia.asgi, comparia.urls, sys; raise SystemExit('pyarrow' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=settings.BASE_DIR, check=True)
