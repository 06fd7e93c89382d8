"""What the staff see of what models cost."""

import csv
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse
from django.utils import timezone

from arena.tests import factories
from models_catalog.models import Endpoint
from models_catalog.spending import Spending

pytestmark = pytest.mark.django_db
PAGE = "/admin/models_catalog/spending/"


@pytest.fixture
def staff(client):
    factories.portal(default_language="en", languages=["en"])
    user = User.objects.create_user("publisher", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name="Publishers"))
    client.force_login(user)
    return client


def spend(slug, dollars, ago=0, **fields):
    endpoint = Endpoint.objects.filter(model__slug=slug).first()
    if endpoint is None:
        endpoint = factories.language_model(slug).endpoints.get()
    counted = {"answers": 2, "input_tokens": 30, "output_tokens": 400, "dollars": Decimal(dollars)}
    day = timezone.localdate() - timedelta(days=ago)
    Spending.objects.create(
        model=endpoint.model, endpoint=endpoint, provider=endpoint.provider, day=day, **counted | fields
    )
    return endpoint


def test_models_are_shown_with_what_they_cost_the_dearest_first(staff):
    for slug, dollars, ago in (("cheap", "1.5", 1), ("dear", "20", 0), ("dear", "10", 2), ("dear", "99", 40)):
        spend(slug, dollars, ago)
    response = staff.get(PAGE)
    lines = response.context["lines"]
    assert [(line.name, line.dollars, line.answers) for line in lines] == [
        ("Modèle dear", Decimal(30), 4),
        ("Modèle cheap", Decimal("1.5"), 2),
    ]
    assert response.context["most"] == 20
    assert [bar.dollars for bar in response.context["bars"][-3:]] == [10, Decimal("1.5"), 20]
    html = response.content.decode()
    assert html.count('<rect class="colour-0" x=') == 2
    assert "style=" not in html.partition('class="spending"')[2]
    assert len(staff.get(f"{PAGE}?days=90").context["bars"]) == 90


def test_ceilings_of_today_say_where_they_are_and_the_first_page_says_which_are_near(staff):
    assert "ceiling" not in staff.get("/admin/").content.decode()
    for slug, dollars in (("calm", "5"), ("near", "8.5"), ("full", "9.9")):
        endpoint = spend(slug, dollars)
        Endpoint.objects.filter(pk=endpoint.pk).update(daily_ceiling=10)
    states = [(each.endpoint.model.slug, each.percent, str(each.kind)) for each in staff.get(PAGE).context["ceilings"]]
    assert states == [("full", 99, "wrong"), ("near", 85, "unsure"), ("calm", 50, "right")]
    page = staff.get("/admin/").content.decode()
    assert "2 endpoints are near their daily ceilings." in page
    assert reverse("admin:models_catalog_spending_changelist") in page


def test_a_model_whose_price_is_not_known_is_not_said_to_be_free(staff):
    spend("unknown", "0")
    assert "price unknown" in staff.get(PAGE).content.decode()


def test_the_table_is_taken_away_as_csv(staff):
    spend("mine", "1.25")
    Spending.objects.update(provider="=cmd()")
    response = staff.get(f"{PAGE}?days=7&csv")
    assert response["Content-Disposition"] == 'attachment; filename="spending.csv"'
    [row] = csv.DictReader(response.content.decode().splitlines())
    assert (row["model"], row["provider"], Decimal(row["dollars"])) == ("mine", "'=cmd()", Decimal("1.25"))


def test_only_who_may_see_spending_sees_it_and_nobody_writes_it(staff, client):
    row = spend("mine", "1").spendings.get()
    assert staff.post(f"{PAGE}{row.pk}/delete/").status_code == 403
    user = User.objects.create_user("editor", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_languagemodel"))
    client.force_login(user)
    assert client.get(PAGE).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_as_often_for_one_model_as_for_three(staff, django_assert_num_queries, count):
    for number in range(count):
        spend(f"model-{number}", "1")
    Endpoint.objects.update(daily_ceiling=10)
    staff.get(PAGE)
    with django_assert_num_queries(8):
        staff.get(PAGE)
