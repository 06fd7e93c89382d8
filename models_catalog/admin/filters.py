"""Find the models that wait for words or for sources."""

from django.conf import settings
from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from ..models import FactSource
from ..publishing import SOURCED, TEXTS, name_of


class MissingText(admin.SimpleListFilter):
    title = _("missing text")
    parameter_name = "without_text"

    def lookups(self, request, model_admin):
        return settings.LANGUAGES

    def queryset(self, request, queryset):
        if self.value() not in dict(settings.LANGUAGES):
            return queryset
        is_missing = Q()
        for text in TEXTS:
            column = f"{text}_{self.value()}"
            is_missing |= Q(**{column: ""}) | Q(**{f"{column}__isnull": True})
        return queryset.filter(is_missing)


class MissingSource(admin.SimpleListFilter):
    title = _("missing source")
    parameter_name = "without_source"

    def lookups(self, request, model_admin):
        return [(fact, name_of(fact)) for fact in SOURCED]

    def queryset(self, request, queryset):
        if self.value() not in SOURCED:
            return queryset
        sources = FactSource.objects.filter(model=OuterRef("pk"), field=self.value())
        return queryset.filter(~Exists(sources), **{f"{self.value()}__isnull": False})
