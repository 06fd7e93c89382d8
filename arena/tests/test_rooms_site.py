"""A whole class over HTTP, all from one address and with the ordinary limits: what it sees, and what is published."""

from collections import Counter

import pytest

from arena import published
from arena.database import unit_of_work
from arena.models import RoomMember, RoomVote, Turn, Vote
from bench import classroom

pytestmark = [pytest.mark.asyncio]
PUPILS = 35


@pytest.fixture
def pair(site, models):
    return unit_of_work(lambda: models("quick-a", "quick-b"))


@unit_of_work
def rows_of(code):
    """The rows of the room, in a release and in a ranking; and whether each says that it is of a room."""
    found = Turn.objects.publishable().filter(comparison__room__code=code)
    marks = {published.row(turn, with_text=True)["in_room"] for turn in found}
    return found.count(), Turn.objects.for_ranking().filter(comparison__room__code=code).count(), marks


@unit_of_work
def count(model):
    return model.objects.count()


async def test_a_class_reads_one_duel_and_every_vote_is_counted_once(site, pair):
    await pair()
    lesson = await classroom.lead(site.url, "shared", PUPILS)
    assert lesson.refused == []
    assert lesson.joined == PUPILS == await count(RoomMember)
    assert lesson.shown == Counter({choice: 0 for choice in classroom.CHOICES}) | Counter(lesson.cast.values())
    assert (await count(RoomVote), await count(Vote)) == (PUPILS, 0)
    assert await rows_of(lesson.code) == (0, 0, set())


@pytest.mark.parametrize(("publish", "rows"), [(False, (0, 0, set())), (True, (PUPILS, PUPILS, {True}))])
async def test_what_pupils_ask_is_published_and_marked_only_where_the_teacher_asked(site, pair, publish, rows):
    await pair()
    lesson = await classroom.lead(site.url, "own", PUPILS, publish)
    assert lesson.refused == []
    assert len(set(lesson.paths)) == PUPILS == await count(Vote)
    assert await rows_of(lesson.code) == rows


async def test_the_one_duel_of_a_published_room_is_published_without_the_class_votes(site, pair):
    await pair()
    lesson = await classroom.lead(site.url, "shared", 3, publish=True)
    assert lesson.refused == []
    assert await rows_of(lesson.code) == (1, 0, {True})
