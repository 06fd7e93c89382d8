"""What a room's pages are given.

The answers are drawn once for the whole class, whose pages ask for what is new every second or two.
"""

import hashlib
import time
from contextlib import suppress
from functools import lru_cache

from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from portals.caching import CACHE_AWAY

from .. import presenting, revealing
from ..models import Comparison, RoomMember
from . import duelling, tallying

WRITING_SECONDS = 0.7
"""How long a drawing of unfinished answers serves everybody."""
KEPT_SECONDS = 60
"""The same, of finished ones: until then a change in the catalogue is not seen."""
POLL_SECONDS = {duelling.WRITING: 1}
POLL_SECONDS_ELSE = 2
REFRESH_SECONDS = 5  # of a page without JavaScript


def seen_by_pupil(room, visitor_key):
    """The context of the pupil's page and of its fragment."""
    found = followed(room)
    revealed = found.stage == duelling.REVEALED
    tally = tallying.tally(found.turn_id) if revealed else None
    chosen = tallying.choice_of(found.turn_id, visitor_key) if found.turn_id else ""
    return context_of(room, found, tally, chosen=chosen)


def seen_by_class(room):
    """The context of the projector's page and of its fragment."""
    found = followed(room)
    tally = tallying.tally(found.turn_id) if found.stage in (duelling.VOTING, duelling.REVEALED) else None
    counts = {"joined": RoomMember.objects.filter(room=room, is_teacher=False).count()}
    if not room.is_shared:
        counts |= of_own(room)
    return context_of(room, found, tally, counts=counts)


def of_own(room):
    """{what: how many} of the comparisons of pupils."""
    return Comparison.objects.filter(room=room).aggregate(
        asked=Count("pk", distinct=True),
        voted=Count("pk", distinct=True, filter=Q(turns__vote__isnull=False)),
        revealed=Count("pk", distinct=True, filter=Q(revealed_at__isnull=False)),
    )


def followed(room):
    found = duelling.duel(room)
    with suppress(CACHE_AWAY):
        duelling.keep_running(found)
    return found


def context_of(room, found, tally, **own):
    preferred = tally.preferred if found.stage == duelling.REVEALED else None
    html = drawn_now(room, found, preferred)
    said = (found.stage, found.turn_id, tally, own)
    version = hashlib.blake2s(f"{said}{html}".encode(), digest_size=8).hexdigest()
    return {
        "room": room,
        "duel": found,
        "stage": found.stage,
        "tally": tally,
        "answers_html": html,
        "version": version,
        "draft_key": f"{room.code}-{found.turn_id}",
        "refresh_seconds": REFRESH_SECONDS,
        "poll_seconds": POLL_SECONDS.get(found.stage, POLL_SECONDS_ELSE),
        **own,
    }


def drawn_now(room, found, preferred):
    """The question and its answers, with who answered once that is revealed: the same for everybody in the room."""
    if found.comparison is None:
        return ""
    seconds = WRITING_SECONDS if found.stage == duelling.WRITING else KEPT_SECONDS
    tick = int(time.monotonic() / seconds)
    return drawn(
        *(found.comparison.pk, found.number, found.state, bool(found.comparison.revealed_at), preferred),
        *(translation.get_language(), tick),
    )


@lru_cache(maxsize=64)
def drawn(comparison_id, number, state, is_revealed, preferred, language, tick):
    comparison = Comparison.objects.select_related("portal").get(pk=comparison_id)
    return mark_safe(render_to_string("arena/rooms/_duel.html", of_duel(comparison, preferred, number)))


def of_duel(comparison, preferred, number=None):
    """The context of a duel as it is drawn: its turns, or that one, and both sides once revealed."""
    turns = presenting.turn_views(comparison, number)
    sides = []
    if comparison.revealed_at:
        answers = [answer.answer for turn in turns for answer in turn.answers]
        sides = revealing.sides(comparison, answers, preferred)
    return {"comparison": comparison, "portal": comparison.portal, "turns": turns, "sides": sides}


def on_paper(room):
    """The context of the sheet: every shared duel with the votes on its last question."""
    duels = []
    for comparison in duelling.past(room).select_related("portal"):
        last = comparison.turns.order_by("-number").values_list("pk", flat=True)[0]
        tally = tallying.tally(last)
        duels.append(of_duel(comparison, tally.preferred) | {"tally": tally})
    joined = RoomMember.objects.filter(room=room, is_teacher=False).count()
    return {"room": room, "duels": duels, "joined": joined} | ({} if room.is_shared else of_own(room))
