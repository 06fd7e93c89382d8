"""The page where the staff tries an endpoint. The response is the page itself, sent as the model writes."""

from contextlib import aclosing

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from models_catalog import availability
from models_catalog.models import Endpoint
from staff.entering import behind_the_door

from . import trying

HERE = "<!-- the answer -->"
QUESTION = _("Why is the sky blue? Answer in three sentences.")


class TrialForm(forms.Form):
    prompt = forms.CharField(
        label=_("Question"),
        max_length=2000,
        initial=QUESTION,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@behind_the_door
def trial(request, pk):
    if not may_try(request.user):
        raise PermissionDenied
    endpoint = get_object_or_404(Endpoint.objects.select_related("model"), pk=pk)
    form = TrialForm(request.POST if request.method == "POST" else None)
    missing = endpoint.missing()
    context = admin.site.each_context(request) | {
        "title": _("Trial of an endpoint"),
        "subtitle": endpoint.model.name,
        "endpoint": endpoint,
        "form": form,
        "missing": missing,
        "state": availability.state_of([endpoint.pk])[endpoint.pk],
    }
    if request.method != "POST" or not form.is_valid() or missing:
        return render(request, "arena/trial.html", context, status=422 if request.method == "POST" else 200)
    page = render_to_string("arena/trial.html", context | {"here": HERE}, request)
    parts = written(page, endpoint, form.cleaned_data["prompt"], translation.get_language())
    return StreamingHttpResponse(parts, headers={"X-Accel-Buffering": "no"})


def may_try(user):
    rights = ("models_catalog.change_endpoint", "models_catalog.change_languagemodel")
    return any(user.has_perm(right) for right in rights)


async def written(page, endpoint, prompt, language):
    """The page up to the answer, the answer as it comes, its figures, the rest of the page."""
    before, after = page.split(HERE)
    yield before
    figures = trying.Figures()
    is_thinking = None
    async with aclosing(trying.answer(endpoint, prompt, figures)) as chunks:
        async for chunk in chunks:
            for text, is_thought in ((chunk.reasoning, True), (chunk.text, False)):
                if text:
                    yield turned(is_thinking, is_thought) + escape(text)
                    is_thinking = is_thought
    with translation.override(language):
        end = render_to_string("arena/_trial_figures.html", {"figures": figures})
    yield turned(is_thinking, None) + end + after


def turned(before, now):
    """The tags between what it thinks and what it answers."""
    if before == now:
        return ""
    end = "" if before is None else "</p>"
    begin = "" if now is None else f'<p class="{"trial-thought" if now else "trial-text"}">'
    return end + begin
