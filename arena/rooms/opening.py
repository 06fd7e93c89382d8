"""The teacher opens a room, prolongs it, closes it, and takes it to another machine."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from .. import refusals
from ..models import Room, RoomMember
from ..refusals import Refused
from . import spelling

PAIRS = (*[3] * 6, *[4] * 6)
"""How long the codes are that are tried in turn: longer ones once the short ones are mostly taken."""
LONGEST = timedelta(days=14)
"""From its opening, whatever it is prolonged by."""


def open_room(*, portal, owner_key, kind, publish, minutes, link):
    """The room that this form opens, or opened already: `link`, made with the form, tells a form sent twice."""
    made = Room.objects.filter(link=link).first()
    if made is not None:
        if made.owner_key != owner_key:
            raise Refused(refusals.SENT_ELSEWHERE)
        return made
    expires_at = timezone.now() + timedelta(minutes=minutes)
    for pairs in PAIRS:
        fields = {"portal": portal, "owner_key": owner_key, "kind": kind, "publish": publish, "link": link}
        try:
            with transaction.atomic():
                return Room.objects.create(code=spelling.new(pairs), expires_at=expires_at, **fields)
        except IntegrityError:  # the code is taken, or the other click of a double click was faster
            if Room.objects.filter(link=link).exists():
                return open_room(minutes=minutes, **fields)
    raise Refused(refusals.TOO_MANY_ROOMS, 503)


def take(room, visitor_key):
    """Who came by its secret link leads it from now on too."""
    if not room.owner_key:  # the browser that opened it erased all that it gave
        Room.objects.filter(pk=room.pk, owner_key="").update(owner_key=visitor_key)
    RoomMember.objects.update_or_create(room=room, visitor_key=visitor_key, defaults={"is_teacher": True})


def prolong(room, hours=1):
    """Open for so much longer, or again."""
    until = max(room.expires_at, timezone.now()) + timedelta(hours=hours)
    room.expires_at = min(until, room.created_at + LONGEST)
    room.save(update_fields=["expires_at"])


def close(room):
    """Nothing can be asked nor voted any more; the sheet can still be printed."""
    Room.objects.filter(pk=room.pk).open().update(expires_at=timezone.now())
