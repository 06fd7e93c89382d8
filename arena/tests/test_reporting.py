"""What a reporting tool may read."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.utils import ProgrammingError

from arena.models import Answer, Attempt, Comparison, Exclusion, Turn, Vote
from arena.tests import factories
from models_catalog import spending
from models_catalog.models import Endpoint

pytestmark = pytest.mark.django_db
PLANTED = "zanzibar"
ROLE = "comparia_reporting_of_a_test"


@pytest.fixture
def reporting():
    call_command("create_reporting", role=ROLE, verbosity=0)


def views():
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'reporting' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def read(view):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM reporting.{view}")
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def planted():
    """A comparison with the phrase in every column that a person or a provider can fill in."""
    comparison = factories.comparison(visitor_key=PLANTED, draw_policy="uniform/1")
    turn = factories.turn(comparison, choice="a_better", prompt=PLANTED)
    texts = dict.fromkeys(("text", "reasoning", "finish_reason", "generation_id", "system_prompt"), PLANTED)
    answer = Answer.objects.get(turn=turn, side="a")
    Answer.objects.filter(pk=answer.pk).update(**texts)
    Attempt.objects.create(answer=answer, number=1, model=answer.model, **texts)
    Vote.objects.update(comment_a=PLANTED, comment_b=PLANTED, tags_a=["useful", PLANTED])
    Exclusion.objects.create(
        comparison=comparison, rule="review", scope="text", reason=PLANTED, why_lifted=PLANTED, evidence={"a": PLANTED}
    )
    Comparison.objects.update(share_token=PLANTED)
    endpoint = Endpoint.objects.get(model=answer.model)
    spending.settle(endpoint, spending.reserve(endpoint, 0), spending.Spent(10, 20))
    return comparison


def test_no_view_shows_a_text_a_visitor_or_the_address_of_a_comparison(reporting):
    factories.tags()
    comparison = planted()
    everything = {view: read(view) for view in views()}
    told = repr(everything)
    assert PLANTED not in told
    assert str(comparison.pk) not in told and comparison.receipt not in told
    [vote] = everything["votes"]
    assert (vote["choice"], vote["tags_a"], vote["has_comment_a"]) == ("a_better", ["useful"], True)
    assert [row["turns"] for row in everything["comparisons"]] == [1]
    assert everything["turns"][0]["prompt_characters"] == len(PLANTED)
    assert sorted(row["attempts"] for row in everything["answers"]) == [0, 1]
    assert [row["answers"] for row in everything["spending"]] == [1]
    assert len(everything["exclusions"]) == 1


def test_the_role_reads_the_views_and_no_table(reporting):
    planted()
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        cursor.execute("SELECT choice FROM reporting.votes")
        assert cursor.fetchall() == [("a_better",)]
        for statement in (
            *(f"SELECT * FROM {model._meta.db_table}" for model in (Comparison, Turn, Answer, Vote, Endpoint)),
            "CREATE TABLE reporting.mine (id int)",
        ):
            cursor.execute("SAVEPOINT before")
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(statement)
            cursor.execute("ROLLBACK TO before")
        cursor.execute("RESET ROLE")


def test_views_are_made_again_as_often_as_one_likes_and_taken_away(reporting, capsys):
    call_command("create_reporting", role=ROLE)
    assert "9 views" in capsys.readouterr().out
    call_command("create_reporting", drop=True)
    assert views() == []


def test_who_may_not_make_a_role_is_told_what_to_ask_for(capsys):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE poor_owner_of_a_test")
        cursor.execute("SELECT current_database()")
        cursor.execute(f'GRANT CREATE ON DATABASE "{cursor.fetchone()[0]}" TO poor_owner_of_a_test')
        cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO poor_owner_of_a_test")
        cursor.execute("SET LOCAL ROLE poor_owner_of_a_test")
        call_command("create_reporting", role="nobody_of_a_test")
        cursor.execute("RESET ROLE")
    told = capsys.readouterr()
    assert 'CREATE ROLE "nobody_of_a_test" NOLOGIN' in told.err
    assert "9 views" in told.out
