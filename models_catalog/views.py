"""The public pages of the catalogue."""

from django.shortcuts import get_object_or_404, render

from .models import LanguageModel


def sheet(request, slug):
    models = LanguageModel.objects.select_related("organisation", "licence").exclude(status__in=["draft", "review"])
    return render(request, "models_catalog/sheet.html", {"model": get_object_or_404(models, slug=slug)})
