"""The pages of the arena. Each finds the owner's comparison first; a POST leads to a page, or to a fragment."""

import uuid
from functools import wraps
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portals.caching import CACHE_AWAY, kept
from portals.models import LegalVersion, NewsItem

from . import answering, asking, comparing, drafts, holding, preferences, presenting, revealing, suggesting, voting
from .checks import judging
from .figures import figures
from .forms import FollowUpForm, PromptForm, VoteForm
from .models import Comparison, Suggestion, Turn
from .paying import MustWait, NeedsProof, Purse
from .refusals import Busy, Refused
from .rooms import joining
from .visitors import recognised


def refusable(view):
    """Answer a refusal with its sentence and status: a page, or an alert that htmx puts where notices are."""

    @wraps(view)
    def refusing(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except MustWait as refusal:
            return holding.wait(request, refusal, kwargs.get("id"), kwargs.get("room"))
        except Busy as refusal:
            return holding.busy(request, refusal)
        except NeedsProof as refusal:
            return holding.prove(request, refusal)
        except Refused as refusal:
            return refused(
                request, refusal.message, refusal.status, kwargs.get("id"), refusal.prompt, kwargs.get("room")
            )

    return refusing


def refused(request, message, status, comparison_id=None, prompt="", room=None):
    back = reverse("comparison", args=[comparison_id]) if comparison_id else ""
    context = {"message": message, "back": back, "room": room, "prompt": prompt, "new_key": uuid.uuid4()}
    if request.htmx:
        response = render(request, "arena/_refused.html", context, status=status)
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML show:window:top"
        return response
    return render(request, "arena/refused.html", context, status=status)


def invalid(request, form, comparison_id):
    """A form that cannot be taken: its first sentence."""
    return refused(request, next(iter(form.errors.values()))[0], 422, comparison_id)


def owned(request, comparison_id):
    comparisons = Comparison.objects.owned_by(request.visitor_key).select_related("portal")
    return get_object_or_404(comparisons, pk=comparison_id)


def owned_turn(request, comparison_id, number):
    """The view of one turn of the visitor's comparison; 404 if there is none."""
    comparison = owned(request, comparison_id)
    views = presenting.turn_views(comparison, number)
    if not views:
        raise Http404
    return views[0]


# --- Asking -----------------------------------------------------------------------------------------


def terms_of(request):
    """The terms of use in force, in the visitor's language, as of some seconds ago."""
    return kept(
        f"terms:{request.portal.pk}:{request.LANGUAGE_CODE}",
        lambda: LegalVersion.objects.current(request.portal, LegalVersion.Kind.TERMS, request.LANGUAGE_CODE),
    )


def prompt_form(request, data=None):
    terms = terms_of(request)
    room = joining.current(request)
    consented = terms and has_agreed(request.visitor_key, terms, room)
    initial = preferences.initial(request)
    at = {"portal": request.portal, "room": room, "terms": terms}
    return PromptForm(data, needs_consent=not consented, initial=initial, **at), terms


def has_agreed(visitor_key, terms, room=None):
    """Whether these terms were accepted. In a room of which nothing is published, that says nothing of elsewhere."""
    if room and joining.has_agreed(room, visitor_key, terms):
        return True
    owned = Comparison.objects.owned_by(visitor_key).filter(consent=terms)
    return owned.filter(Q(room=room) | Q(room=None) | Q(room__publish=True)).exists()


@never_cache
@recognised
@require_safe
def home(request):
    form, terms = prompt_form(request)
    shown = {"figures": figures(request.portal), "news": NewsItem.objects.latest(request.portal)}
    return render(request, "portals/home.html", {"form": form, "terms": terms} | shown)


@never_cache
@recognised
@refusable
@require_http_methods(["GET", "HEAD", "POST"])
def arena(request):
    form, terms = prompt_form(request, request.POST if request.method == "POST" else None)
    joining.check(request.POST.get("room"), form.room, request.POST.get("prompt", ""))
    if request.method != "POST":
        return render(request, "arena/start.html", {"form": form, "terms": terms} | ideas(request))
    if not form.is_valid():
        return render(request, "arena/start.html", {"form": form, "terms": terms}, status=422)
    asked = form.cleaned_data
    check = judging.judge(request, asked["prompt"])
    if check.stops:
        return render(request, "arena/start.html", {"form": form, "terms": terms, "check": check}, status=422)
    with Purse(request, form.room and form.room.pk) as purse:
        comparison = asking.begin(
            portal=request.portal,
            language=request.LANGUAGE_CODE,
            visitor_key=request.visitor_key,
            consent=terms,
            cohorts=request.cohorts,
            room=form.room,
            purse=purse,
            **{name: asked[name] for name in ("submission_key", "mode", "chosen", "prompt", "suggestion")},
        )
    response = redirect("comparison", id=comparison.pk)
    preferences.remember(response, request, asked["mode"], asked["models"])
    return response


def ideas(request):
    """Suggestions of questions, of the category and page that the address names."""
    category = request.GET.get("categorie", "")
    page = int(page) if (page := request.GET.get("idees", "")).isdecimal() and len(page) < 4 else 0
    return {
        "suggestions": suggesting.offered(request.LANGUAGE_CODE, category, page),
        "categories": Suggestion.Category,
        "category": category,
        "suggestions_url": "?" + urlencode({"categorie": category, "idees": page + 1}),
    }


# --- Following --------------------------------------------------------------------------------------


@never_cache
@recognised
@require_safe
def comparison(request, id):
    found = owned(request, id)
    follows = "suivre" in request.GET  # a page without JavaScript, which asks again every few seconds
    if follows:
        keep_running(found)
    return render(request, "arena/comparison.html", page_context(found) | {"follows": follows})


@never_cache
@recognised
@require_safe
def turn(request, id, number):
    """One turn, for a page whose socket is blocked."""
    keep_running(owned(request, id))
    return render(request, "arena/_turn.html", turn_context(owned_turn(request, id, number)))


def keep_running(comparison):
    answering.ensure_running(comparison.pk)
    try:
        drafts.mark_seen(comparison.pk)
    except CACHE_AWAY:
        return


def page_context(comparison):
    turns = presenting.turn_views(comparison)
    context = {"comparison": comparison, "turns": turns, "is_over": turns[-1].is_over}
    if not comparison.revealed_at:
        context |= presenting.vote_tags()
    else:
        answers = [answer.answer for turn in turns for answer in turn.answers]
        preferred = revealing.preference([turn.vote.choice for turn in turns if turn.vote])
        sides = revealing.sides(comparison, answers, preferred)
        context |= {
            "sides": sides,
            "preferred": preferred,
            "others": comparing.others(*(side.model for side in sides)),
            "tally": comparing.tally(comparison.visitor_key),
            "new_key": uuid.uuid4(),
        }
    return context


def turn_context(view):
    return {"turn": view, "comparison": view.comparison} | presenting.vote_tags()


@recognised
@refusable
@require_POST
def follow_up(request, id):
    comparison = owned(request, id)
    form = FollowUpForm(request.POST)
    if not form.is_valid():
        return invalid(request, form, id)
    check = judging.judge(request, form.cleaned_data["prompt"])
    if check.stops:
        return not_sent(request, comparison, form.cleaned_data["prompt"], check)
    with Purse(request, comparison.room_id) as purse:
        made = asking.follow_up(comparison, form.cleaned_data["number"], form.cleaned_data["prompt"], purse)
    if not request.htmx:
        return redirect(f"{comparison.get_absolute_url()}#turn-{made.number}")
    before, asked = presenting.turn_views(comparison)[made.number - 2 : made.number]
    return render(request, "arena/_followed_up.html", {"before": before} | turn_context(asked))


def not_sent(request, comparison, prompt, check):
    """A further question that was not sent, still in its box: the page, or what htmx puts under the box."""
    if not request.htmx:
        context = page_context(comparison) | {"check": check, "typed": prompt}
        return render(request, "arena/comparison.html", context, status=422)
    response = render(request, "arena/_check.html", {"check": check}, status=422)
    response.headers["HX-Retarget"] = "#follow-up-check"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


@recognised
@refusable
@require_POST
def retry(request, id, number, side):
    comparison = owned(request, id)
    get_object_or_404(Turn, comparison=comparison, number=number)
    with Purse(request, comparison.room_id) as purse:
        asking.retry(comparison, number, side, purse=purse)
    return changed_turn(request, comparison, number)


@recognised
@refusable
@require_POST
def stop(request, id, number):
    comparison = owned(request, id)
    get_object_or_404(Turn, comparison=comparison, number=number)
    asking.stop(comparison, number)
    return HttpResponse(status=204) if request.htmx else redirect(comparison)


# --- Voting and revealing -----------------------------------------------------------------------------


@recognised
@refusable
@require_POST
def vote(request, id, number):
    comparison = owned(request, id)
    form = VoteForm(request.POST)
    if not form.is_valid():
        return invalid(request, form, id)
    try:
        voting.cast(comparison, number, **form.cleaned_data)
    except Turn.DoesNotExist:
        raise Http404 from None
    if not request.htmx:
        return redirect(f"{comparison.get_absolute_url()}#turn-{number}-actions")
    return render(request, "arena/_saved.html", {"number": number, "is_saved": True, "comparison": comparison})


@recognised
@refusable
@require_POST
def reveal(request, id):
    comparison = voting.reveal(owned(request, id))
    if not request.htmx:
        return redirect(f"{comparison.get_absolute_url()}#reveal")
    return render(request, "arena/_comparison.html", page_context(comparison))


def changed_turn(request, comparison, number):
    if not request.htmx:
        return redirect(f"{comparison.get_absolute_url()}#turn-{number}")
    return render(request, "arena/_turn.html", turn_context(owned_turn(request, comparison.pk, number)))
