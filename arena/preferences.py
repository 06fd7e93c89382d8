"""What the question form opens with: what the address asks for, else what the visitor chose last time."""

from django.conf import settings

from . import suggesting
from .models import Comparison
from .visitors import is_secure

COOKIE = f"{settings.COOKIE_PREFIX}arena"
A_YEAR = 60 * 60 * 24 * 365


def initial(request):
    """Initial values of the PromptForm. `?vs=a,b` opens the choice of models, `?suggestion=` fills the question in."""
    mode, *models = request.COOKIES.get(COOKIE, "").split()[:3] or [""]
    if "vs" in request.GET:
        mode, models = Comparison.Mode.CUSTOM, request.GET["vs"].split(",")[:2]
    values = {"mode": mode, "models": models} if mode in Comparison.Mode else {}
    suggestion = suggesting.named(request.LANGUAGE_CODE, request.GET.get("suggestion", ""))
    if suggestion is not None:
        values |= {"suggestion": suggestion.code, "prompt": suggestion.prompt}
    return values


def remember(response, request, mode, models):
    """For next time, in this browser only."""
    value = " ".join([mode, *models] if mode == Comparison.Mode.CUSTOM else [mode])
    response.set_cookie(COOKIE, value, max_age=A_YEAR, httponly=True, secure=is_secure(request), samesite="Lax")
