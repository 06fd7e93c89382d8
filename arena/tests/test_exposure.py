"""The admin's page that checks the draw: what was drawn against what the policy should draw."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arena import exposure
from arena.models import Attempt, Comparison, PairWeight

from . import factories

pytestmark = pytest.mark.django_db
PAGE = "/admin/arena/comparison/exposure/"


@pytest.fixture
def three():
    return [factories.language_model(name) for name in ("one", "two", "three")]


def drawn(a, b, pool, **fields):
    digest = ",".join(str(model.pk) for model in pool)
    made = factories.comparison(model_a=a, model_b=b, **fields)
    made.pool = type(made.pool).objects.get_or_create(
        digest=digest, defaults={"model_ids": sorted(model.pk for model in pool)}
    )[0]
    made.save()
    return made


def rows():
    return {row.name.removeprefix("Modèle "): row for row in exposure.exposures()[2]}


def test_each_model_is_expected_with_the_probability_of_its_pairs(three):
    one, two, other = three
    for _ in range(6):
        drawn(one, two, three)
    drawn(one, other, three, drawn_a=False)  # chosen by the visitor: no draw of the site
    found = rows()
    assert {name: row.drawn for name, row in found.items()} == {"one": 6, "two": 6, "three": 0}
    assert {round(row.expected, 9) for row in found.values()} == {4}  # each model is in two of the three pairs
    assert found["three"].surprise == pytest.approx(-4 / (6 * 2 / 3 / 3) ** 0.5)


def test_only_draws_since_the_needs_changed_count_and_by_their_weights(three):
    one, two, other = three
    before = drawn(one, two, three)
    Comparison.objects.filter(pk=before.pk).update(created_at=timezone.now() - timedelta(days=2))
    for pair, weight in (((one, two), 2.0), ((one, other), 1.0), ((two, other), 1.0)):
        first, second = sorted(model.pk for model in pair)
        PairWeight.objects.create(
            model_1_id=first, model_2_id=second, weight=weight, computed_at=timezone.now() - timedelta(days=1)
        )
    drawn(one, two, three, draw_policy="balanced/1")
    since, draws, _found = exposure.exposures()
    assert (since.date(), draws) == ((timezone.now() - timedelta(days=1)).date(), 1)
    found = rows()
    assert [found[name].expected for name in ("one", "two", "three")] == pytest.approx([0.75, 0.75, 0.5])


def test_a_replaced_model_counts_as_the_one_that_was_drawn(three):
    one, two, other = three
    made = drawn(one, two, three, is_replaced=True)
    turn = factories.turn(made)
    Attempt.objects.create(answer=turn.answers.get(side="a"), number=1, model=other, status="failed")
    assert {name: row.drawn for name, row in rows().items()} == {"one": 0, "two": 1, "three": 1}


def test_the_page_shows_a_table_with_as_many_queries_for_30_draws_as_for_1(admin_client, three):
    drawn(*three[:2], three)
    assert "Modèle three" in admin_client.get(PAGE).content.decode()
    with CaptureQueriesContext(connection) as one:
        admin_client.get(PAGE)
    for _ in range(29):
        drawn(*three[1:], three)
    with CaptureQueriesContext(connection) as thirty:
        admin_client.get(PAGE)
    assert len(thirty) == len(one)


def test_the_page_is_for_staff_who_may_see_comparisons(client, django_user_model):
    assert client.get(PAGE).status_code == 302
    client.force_login(django_user_model.objects.create_user("staff", is_staff=True))
    assert client.get(PAGE).status_code == 403
