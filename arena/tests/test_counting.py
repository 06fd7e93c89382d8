"""The exact number of votes of a portal, counted while visitors vote."""

from threading import Thread

import pytest
from django.core.cache import cache, caches
from django.core.management import call_command
from django.db import connection

from arena import counting, tasks
from arena.models import Vote
from arena.tests import factories
from portals import counting as portals_counting
from portals.models import Portal


@pytest.fixture
def portal(db):
    portal = factories.portal(vote_count=0)
    cache.delete(portal.votes_key)
    yield portal
    cache.delete(portal.votes_key)


def shown(portal):
    caches["process"].clear()
    return Portal.objects.get(pk=portal.pk).votes()


def cast(portal, **fields):
    """As a visitor's vote: committed, then added to the counter."""
    factories.turn(factories.comparison(**fields), choice="a_better")
    portal.count_vote()


def test_the_count_is_exact_and_the_counter_starts_again(portal, capsys):
    for _ in range(3):
        cast(portal)
    Vote.objects.first().delete()
    factories.turn(factories.comparison(origin="imported", visitor_key=None, consent=None), choice="both_bad")
    factories.turn(factories.comparison(origin="demo"), choice="a_better")
    call_command("count_votes", "--dry-run")
    assert (shown(portal), Portal.objects.get(pk=portal.pk).vote_count) == (3, 0)
    call_command("count_votes")
    assert "fr: 3 votes (0 at the last count)" in capsys.readouterr().out
    assert (Portal.objects.get(pk=portal.pk).vote_count, cache.get(portal.votes_key), shown(portal)) == (3, 0, 3)
    cast(portal)
    tasks.count_votes()
    assert (Portal.objects.get(pk=portal.pk).vote_count, shown(portal)) == (4, 4)


def test_a_counter_that_was_forgotten_or_wrong_is_mended(portal):
    for _ in range(2):
        cast(portal)
    cache.delete(portal.votes_key)
    assert shown(portal) == 0
    counting.count_votes()
    assert shown(portal) == 2
    cache.set(portal.votes_key, 50, timeout=None)
    counting.count_votes()
    assert shown(portal) == 2


def test_a_vote_cast_while_votes_are_counted_stays(portal):
    cast(portal)

    def count():
        found = counting.cast(portal)
        cast(portal)
        return found

    assert portals_counting.recount(portal, count) == 1
    assert shown(portal) == 2


@pytest.mark.django_db(transaction=True)
def test_no_vote_is_lost_however_often_they_are_counted_meanwhile(portal):
    comparisons = [factories.comparison() for _ in range(60)]
    turns = [factories.turn(comparison) for comparison in comparisons]

    def vote(some):
        try:
            for turn in some:
                Vote.objects.create(turn=turn, choice="a_better")
                portal.count_vote()
        finally:
            connection.close()

    visitors = [Thread(target=vote, args=[turns[place::4]]) for place in range(4)]
    for visitor in visitors:
        visitor.start()
    while any(visitor.is_alive() for visitor in visitors):
        committed = Vote.objects.count()
        counting.count_votes()
        assert Portal.objects.get(pk=portal.pk).vote_count >= committed
    assert shown(portal) >= 60
    counting.count_votes()
    assert (Portal.objects.get(pk=portal.pk).vote_count, shown(portal)) == (60, 60)
