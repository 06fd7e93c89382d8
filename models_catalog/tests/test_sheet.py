"""The public sheet of a model."""

import pytest

from . import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "code"), [("enabled", 200), ("paused", 200), ("archived", 200), ("review", 404), ("draft", 404)]
)
def test_sheet_by_status(client, status, code):
    model = factories.model("acme-1.5b", status=status)
    assert client.get(model.get_absolute_url()).status_code == code
