"""The teacher's pages: to open a room, to lead it from the projector, to print what came of it."""

from functools import wraps

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import limits, refusals
from ..checks import judging
from ..forms import PromptForm
from ..models import Room
from ..paying import Purse
from ..refusals import Refused
from ..views import has_agreed, refusable, terms_of
from ..visitors import recognised
from . import duelling, opening, showing, spelling
from .forms import OpenForm
from .views import changed

MOST_LISTED = 20


def leads(view):
    """Give the view the room that this browser leads, open or not; a page of it that is not theirs does not exist."""

    @never_cache
    @recognised
    @refusable
    @wraps(view)
    def of_teacher(request, room):
        found = Room.objects.taught_by(request.visitor_key).filter(code=room, portal=request.portal)
        found = found.select_related("comparison", "portal").first()
        if found is None:
            raise Http404
        return view(request, found)

    return of_teacher


# --- Before -----------------------------------------------------------------------------------------


@never_cache
@recognised
@refusable
@require_http_methods(["GET", "HEAD", "POST"])
def rooms(request):
    """Where a pupil types the code, and a teacher opens a room or finds theirs again."""
    if "code" in request.GET:
        code = spelling.typed(request.GET["code"])
        return redirect("room", room=code) if code else redirect("rooms")
    form = OpenForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        mine = Room.objects.taught_by(request.visitor_key).filter(portal=request.portal).order_by("-created_at")
        context = {"form": form, "rooms": mine[:MOST_LISTED]}
        return render(request, "arena/rooms/rooms.html", context, status=422 if form.is_bound else 200)
    if limits.opened_room(request):
        raise Refused(refusals.TOO_MANY_ROOMS, 429)
    made = opening.open_room(portal=request.portal, owner_key=request.visitor_key, **form.cleaned_data)
    return redirect("room-screen", room=made.code)


@require_safe
def guide(request):
    return render(request, "arena/rooms/guide.html")


@never_cache
@recognised
@require_http_methods(["GET", "HEAD", "POST"])
def take(request, link):
    """The secret link: whoever opens it, and says so, leads the room from this browser too."""
    room = Room.objects.filter(link=link, portal=request.portal).first()
    if room is None:
        raise Http404
    if request.method == "POST":
        opening.take(room, request.visitor_key)
        return redirect("room-screen", room=room.code)
    return render(request, "arena/rooms/take.html", {"room": room})


# --- During -----------------------------------------------------------------------------------------


@require_safe
@leads
def screen(request, room):
    context = screen_context(request, room)
    # Without JavaScript the page asks again by itself, but never while the teacher may be typing a question.
    context["follows"] = not context["duel"].can_be_followed and room.is_open and "pause" not in request.GET
    return render(request, "arena/rooms/screen.html", context)


def screen_context(request, room, form=None, check=None):
    form = form or prompt_form(request, room)
    address = f"{request.get_host()}/salle"
    asked = {"form": form, "terms": terms_of(request), "check": check}
    return showing.seen_by_class(room) | asked | {"address": address}


def prompt_form(request, room, data=None):
    terms = terms_of(request)
    agreed = terms and has_agreed(room.owner_key, terms, room)
    return PromptForm(data, portal=request.portal, room=room, terms=terms, needs_consent=not agreed)


def shown(request, room, form=None, status=200, check=None):
    """The screen after an act: the page anew, or the part of it that htmx puts in its place."""
    if not request.htmx and form is None:
        return redirect("room-screen", room=room.code)
    room = Room.objects.select_related("comparison", "portal").get(pk=room.pk)
    template = "arena/rooms/_screen.html" if request.htmx else "arena/rooms/screen.html"
    return render(request, template, screen_context(request, room, form, check), status=status)


@require_safe
@leads
def live(request, room):
    return changed(request, "arena/rooms/_board.html", showing.seen_by_class(room))


@require_POST
@leads
def ask(request, room):
    form = prompt_form(request, room, request.POST)
    if not form.is_valid():
        return shown(request, room, form, 422)
    asked = form.cleaned_data
    check = judging.judge(request, asked["prompt"])
    if check.stops:
        return shown(request, room, form, 422, check)
    with Purse(request, room.pk) as purse:
        duelling.ask(
            room,
            language=request.LANGUAGE_CODE,
            consent=terms_of(request),
            purse=purse,
            **{name: asked[name] for name in ("submission_key", "mode", "chosen", "prompt", "suggestion")},
        )
    return shown(request, room)


@require_POST
@leads
def reveal(request, room):
    duelling.reveal(room)
    return shown(request, room)


@require_POST
@leads
def stop(request, room):
    duelling.stop(room)
    return shown(request, room)


@require_POST
@leads
def retry(request, room):
    with Purse(request, room.pk) as purse:
        duelling.retry(room, purse)
    return shown(request, room)


@require_POST
@leads
def prolong(request, room):
    opening.prolong(room)
    return shown(request, room)


@require_POST
@leads
def close(request, room):
    opening.close(room)
    messages.success(request, _("The class room is closed. Its sheet can still be printed."))
    return redirect("room-screen", room=room.code)


# --- After ------------------------------------------------------------------------------------------


@require_safe
@leads
def sheet(request, room):
    """To print: each shared duel, the votes of the class, who answered and what it cost."""
    return render(request, "arena/rooms/sheet.html", showing.on_paper(room))
