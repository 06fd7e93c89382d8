"""The pages of a shared result. Anyone may see them: they leave no cookie and know no visitor."""

from hashlib import sha256
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from models_catalog.models import LanguageModel
from portals.caching import CACHE_AWAY

from . import sharing, sharing_picture
from .models import Comparison
from .views import owned, refusable
from .visitors import recognised

AN_HOUR = 3600


@recognised
@refusable
@require_POST
def share(request, id):
    return redirect("shared", token=sharing.share(owned(request, id)))


@never_cache
@require_safe
def shared(request, token):
    try:
        found = sharing.shared(token)
    except Comparison.DoesNotExist:
        raise Http404 from None
    except sharing.Gone:
        return render(request, "arena/share/gone.html", {"is_withdrawn": True}, status=410)
    picture = request.build_absolute_uri(reverse("shared-picture", args=[token]))
    return page(request, found, request.build_absolute_uri(request.path), picture)


@never_cache
@require_safe
def old(request):
    """A link of the former site, which carries all that it shows."""
    encoded = request.GET.get("i", "")
    found = sharing.read_old(encoded)
    if found is None:
        return render(request, "arena/share/gone.html", status=404)
    address = request.build_absolute_uri(f"{request.path}?{urlencode({'i': encoded})}")
    return page(request, found, address, is_kept=False)


def page(request, found, address, picture="", is_kept=True):
    slugs = [side.model.slug for side in found.sides]
    drawable = {contender.slug for contender in LanguageModel.objects.contenders(request.portal).values()}
    context = {
        "shared": found,
        "sides": found.sides,
        "picture": picture,
        "is_kept": is_kept,
        "address": address,
        "ask_url": f"{reverse('arena')}?vs={','.join(slugs)}" if drawable.issuperset(slugs) else "",
    }
    return render(request, "arena/share/page.html", context)


@require_safe
def picture(request, token):
    """The card that social networks show, in the language of who shared it: the same for everyone."""
    try:
        found = sharing.shared(token)
    except (Comparison.DoesNotExist, sharing.Gone):
        raise Http404 from None
    with translation.override(found.language):
        card = sharing_picture.Card.of(found, request.get_host(), request.portal.theme)
    digest = sha256(repr(card).encode()).hexdigest()
    response = get_conditional_response(request, etag=f'"{digest}"')
    if response is None:
        response = HttpResponse(drawn(card, digest), content_type="image/png", headers={"ETag": f'"{digest}"'})
    response.headers["Cache-Control"] = f"public, max-age={AN_HOUR}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # shown where the address is pasted
    return response


def drawn(card, digest):
    """The picture, drawn once an hour at most."""
    try:
        return cache.get_or_set(f"shared-picture:{digest}", card.draw, AN_HOUR)
    except CACHE_AWAY:
        return card.draw()
