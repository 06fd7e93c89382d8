"""How a browser finds a room, joins it, and is known to be in it when it asks a question of its own."""

from django.conf import settings

from .. import limits, refusals
from ..models import Room, RoomMember
from ..refusals import Refused
from ..visitors import is_secure

COOKIE = f"{settings.COOKIE_PREFIX}room"


def by_code(request, code):
    """The portal's room of this code, or None; a wrong code is counted, and refused once there were too many.

    Who is in the room already is never refused.
    """
    room = Room.objects.filter(code=code, portal=request.portal).select_related("portal", "comparison").first()
    if room is None:
        wait = limits.wrong_rooms(request, 1)
    elif is_known(room, request.visitor_key):
        return room
    else:
        wait = limits.wrong_rooms(request)
    if wait:
        raise Refused(refusals.TOO_MANY_ROOM_CODES, 429)
    return room


def is_known(room, visitor_key):
    return room.owner_key == visitor_key or RoomMember.objects.filter(room=room, visitor_key=visitor_key).exists()


def join(room, visitor_key, consent):
    """Be a pupil of the room; a second time changes nothing. `consent` is the version of the terms that was shown."""
    RoomMember.objects.get_or_create(room=room, visitor_key=visitor_key, defaults={"consent": consent})


def current(request):
    """The open room that this browser joined last, or None: what it asks belongs there."""
    code = request.COOKIES.get(COOKIE)
    return Room.objects.open().joined_by(request.visitor_key).filter(code=code).first() if code else None


def check(code, room, prompt):
    """Refuse a question whose form promised another room than the one that the visitor is in now, or an ended one."""
    if code and (room is None or room.code != code):
        raise Refused(refusals.ROOM_LEFT, prompt=prompt)


def has_agreed(room, visitor_key, terms):
    """Whether the pupil accepted these terms when they joined."""
    return RoomMember.objects.filter(room=room, visitor_key=visitor_key, consent=terms).exists()


def remember(response, request, room):
    """The browser is in this room until it ends."""
    response.set_cookie(
        COOKIE, room.code, expires=room.expires_at, httponly=True, secure=is_secure(request), samesite="Lax"
    )
