"""The legal pages: the version in force, or an older one that a consent refers to."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .models import LegalVersion
from .prose import as_html


@require_safe
def terms(request):
    return legal(request, LegalVersion.Kind.TERMS)


@require_safe
def legal_notice(request):
    return legal(request, LegalVersion.Kind.LEGAL_NOTICE)


@require_safe
def personal_data(request):
    return legal(request, LegalVersion.Kind.PERSONAL_DATA)


def legal(request, kind):
    """`?version=` names an older one; 404 where it is not of this page, or not published."""
    wanted = request.GET.get("version", "")
    if wanted:
        found = LegalVersion.objects.published(request.portal, kind).filter(pk=wanted if wanted.isdecimal() else 0)
        version = found.first()
    else:
        version = LegalVersion.objects.current(request.portal, kind, request.LANGUAGE_CODE)
    if version is None:
        raise Http404
    return render(request, "portals/legal.html", page_of(version))


def page_of(version):
    """What the page shows of a version: its text, and which others there are in its language."""
    others = LegalVersion.objects.published(version.portal, version.kind).filter(language=version.language)
    return {"version": version, "text": as_html(version.text), "others": others.exclude(pk=version.pk)}
