"""The models that the public of a portal may read about."""

from django.http import Http404

from .models import LanguageModel

PUBLISHED = (LanguageModel.Status.ENABLED, LanguageModel.Status.PAUSED, LanguageModel.Status.ARCHIVED)


def public(request):
    return LanguageModel.objects.filter(status__in=PUBLISHED).shown_on(request.portal)


def sheets(request):
    """The same, with all that a sheet tells."""
    models = public(request).select_related("organisation", "licence")
    return models.prefetch_related("endpoints", "sources")


def find(models, slug):
    """The model of this name, whatever an address may hold; raises Http404."""
    found = models.filter(slug=slug).first() if "\0" not in slug else None
    if found is None:
        raise Http404("No such model.")
    return found
