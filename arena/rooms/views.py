"""The pupil's pages: to join a room, to follow its duel, to vote."""

from functools import wraps

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ..models import Room
from ..rights_views import listed
from ..views import invalid, refusable, terms_of
from ..visitors import recognised
from . import joining, showing, spelling, tallying
from .forms import JoinForm, RoomVoteForm


def unknown(request, code):
    return render(request, "arena/rooms/unknown.html", {"code": code[:20]}, status=404)


def in_room(view):
    """Give the view the room that the pupil is in, open or not; anybody else is led to its door."""

    @never_cache
    @recognised
    @refusable
    @wraps(view)
    def of_pupil(request, room):
        found = Room.objects.joined_by(request.visitor_key).filter(code=room, portal=request.portal)
        found = found.select_related("comparison", "portal").first()
        return redirect("room", room=room) if found is None else view(request, found)

    return of_pupil


@never_cache
@recognised
@refusable
@require_safe
def room(request, room):
    """The door of the room, then the room itself."""
    code = spelling.typed(room)
    if code != room:
        return redirect("room", room=code) if code else unknown(request, room)
    found = joining.by_code(request, code)
    if found is None:
        return unknown(request, code)
    if Room.objects.taught_by(request.visitor_key).filter(pk=found.pk).exists():
        return redirect("room-screen", room=code)
    if not found.is_open:
        return render(request, "arena/rooms/closed.html", {"room": found}, status=410)
    if not Room.objects.joined_by(request.visitor_key).filter(pk=found.pk).exists():
        return door(request, found)
    response = render(request, "arena/rooms/pupil.html", pupil_context(request, found))
    joining.remember(response, request, found)
    return response


def door(request, room, form=None):
    context = {"room": room, "form": form or JoinForm(room=room), "terms": terms_of(request)}
    return render(request, "arena/rooms/door.html", context, status=422 if form else 200)


def pupil_context(request, room):
    if room.is_shared:
        return showing.seen_by_pupil(room, request.visitor_key)
    mine = listed(request.visitor_key).filter(room=room)
    return {"room": room, "mine": mine[:50]}


@never_cache
@recognised
@refusable
@require_POST
def join(request, room):
    found = joining.by_code(request, room)
    if found is None:
        return unknown(request, room)
    if not found.is_open:
        return redirect("room", room=room)
    form = JoinForm(request.POST, room=found)
    if not form.is_valid():
        return door(request, found, form)
    if not Room.objects.taught_by(request.visitor_key).filter(pk=found.pk).exists():
        joining.join(found, request.visitor_key, terms_of(request))
    response = redirect("room", room=room)
    joining.remember(response, request, found)
    return response


@require_safe
@in_room
def live(request, room):
    """The pupil's part that changes; nothing if the page has it already."""
    return changed(request, "arena/rooms/_pupil.html", showing.seen_by_pupil(room, request.visitor_key))


def changed(request, template, context):
    if request.GET.get("v") == context["version"]:
        return HttpResponse(status=204)
    return render(request, template, context)


@require_POST
@in_room
def vote(request, room):
    form = RoomVoteForm(request.POST)
    if not form.is_valid():
        return invalid(request, form, None)
    tallying.cast(room, request.visitor_key, form.cleaned_data["turn"], form.cleaned_data["choice"])
    if not request.htmx:
        return redirect("room", room=room.code)
    return render(request, "arena/rooms/_pupil.html", showing.seen_by_pupil(room, request.visitor_key))
