"""How many votes each portal has, counted exactly: each night, and whenever asked."""

from functools import partial

from portals import counting
from portals.models import Portal

from .models import Comparison, Vote


def cast(portal):
    """Votes ever given on a portal, those of the former site included, demonstration aside."""
    votes = Vote.objects.filter(turn__comparison__portal=portal)
    return votes.exclude(turn__comparison__origin=Comparison.Origin.DEMO).count()


def count_votes(dry_run=False):
    """[(portal, votes that its row said, votes counted)]."""
    return [
        (portal, portal.vote_count, cast(portal) if dry_run else counting.recount(portal, partial(cast, portal)))
        for portal in Portal.objects.order_by("code")
    ]
