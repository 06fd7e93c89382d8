"""Robots and monitors ask for the headers of a page alone."""

import pytest
from django.conf import settings

from comparia.tests import places


@pytest.mark.django_db
def test_every_page_answers_to_head_as_to_get(client):
    pages = places.furnish()
    client.cookies[settings.VISITOR_COOKIE] = places.KEY
    addresses = [address for found in pages.values() for address in found if address != "/rien/"]
    answers = {address: client.head(address) for address in addresses}
    statuses = {address: got.status_code for address, got in answers.items()}
    assert statuses == {address: client.get(address).status_code for address in addresses}
    assert not any(got.content for got in answers.values())
