"""Batches fetched by a thread while those before are used."""

from contextlib import closing
from itertools import islice
from threading import Event

import pytest
from django.db import connection, transaction

from arena.database import ahead
from arena.models import VoteTag

pytestmark = pytest.mark.django_db(transaction=True)


def batches():
    """Words, two at a time, from a cursor of the server."""
    found = VoteTag.objects.order_by("code").values_list("code", flat=True).iterator(chunk_size=2)
    while batch := list(islice(found, 2)):
        yield batch


@pytest.fixture
def words():
    VoteTag.objects.all().delete()
    codes = ["a", "b", "c", "d", "e"]
    VoteTag.objects.bulk_create(VoteTag(code=code, polarity="positive", label=code) for code in codes)
    return codes


def test_the_next_batch_is_fetched_while_the_one_before_is_used():
    is_second_there = Event()

    def told():
        yield [1]
        is_second_there.set()
        yield [2]

    with closing(ahead(told())) as coming:
        assert next(coming) == [1]
        assert is_second_there.wait(10)
        assert list(coming) == [[2]]


def test_they_are_read_in_the_transaction_of_whoever_asks(words):
    with transaction.atomic():
        VoteTag.objects.filter(code="c").update(code="z")  # seen by this connection alone
        found = [code for batch in ahead(batches()) for code in batch]
    assert found == ["a", "b", "d", "e", "z"]


def test_what_goes_wrong_in_the_thread_is_raised_to_whoever_asks():
    def failing():
        yield [1]
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        list(ahead(failing()))


def test_a_reader_that_fails_half_way_leaves_the_connection_as_it_was(words):
    with pytest.raises(LookupError), transaction.atomic(), closing(ahead(batches())) as coming:
        next(coming)
        raise LookupError
    assert not connection.in_atomic_block and VoteTag.objects.count() == len(words)
    assert not connection.allow_thread_sharing
