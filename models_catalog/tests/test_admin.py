"""The editors' pages open, and their lists cost as many queries whatever their length."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from models_catalog.models import LanguageModel

from . import factories

pytestmark = pytest.mark.django_db


def make(number):
    return factories.model(
        f"m{number}",
        organisation=factories.organisation(f"Organisation {number}"),
        licence=factories.licence(f"Licence {number}"),
    )


@pytest.mark.parametrize("table", ["languagemodel", "organisation", "licence"])
def test_list_costs_as_many_queries_for_3_rows_as_for_1(admin_client, table):
    address = reverse(f"admin:models_catalog_{table}_changelist")
    make(1)
    admin_client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert admin_client.get(address).context["cl"].result_count == 1
    make(2), make(3)
    with CaptureQueriesContext(connection) as three:
        assert admin_client.get(address).context["cl"].result_count == 3
    assert len(three) == len(one)


def test_list_finds_a_model_by_its_endpoint(admin_client):
    make(1), make(2)
    page = admin_client.get(reverse("admin:models_catalog_languagemodel_changelist"), {"q": "m2"})
    assert [row.slug for row in page.context["cl"].result_list] == ["m2"]


def test_model_is_edited_with_its_endpoint(admin_client):
    model = make(1)
    address = reverse("admin:models_catalog_languagemodel_change", args=[model.pk])
    page = admin_client.get(address)
    data = {
        f"{form.prefix}-{field.name}" if form.prefix else field.name: field.value()
        for form in [page.context["adminform"].form]
        + [form for formset in page.context["inline_admin_formsets"] for form in formset.formset.forms]
        for field in form
        if field.value() is not None and field.value() is not False
    }
    for formset in page.context["inline_admin_formsets"]:
        data |= {f"{formset.formset.prefix}-{field.name}": field.value() for field in formset.formset.management_form}
    saved = admin_client.post(address, data | {"total_params": "8", "endpoints-0-electricity_zone": "swe"})
    assert saved.status_code == 302
    model = LanguageModel.objects.get(pk=model.pk)
    assert (model.total_params, model.endpoints.get().electricity_zone) == (8, "SWE")
