"""Who makes models, and under which licence."""

from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.forms import ModelForm
from django.utils.translation import gettext_lazy as _

from portals.pictures import drawn_anew

from ..models import Licence, Organisation
from .history import HistoryAdmin


class CountsModels(HistoryAdmin):
    """A list that says how many models each row has."""

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(model_count=Count("models"))

    @admin.display(description=_("models"), ordering="model_count")
    def how_many(self, row):
        return row.model_count


class OrganisationForm(ModelForm):
    def clean_logo(self):
        logo = self.cleaned_data["logo"]
        return drawn_anew(logo) if isinstance(logo, UploadedFile) else logo


@admin.register(Organisation)
class OrganisationAdmin(CountsModels):
    form = OrganisationForm
    list_display = ["name", "country", "how_many"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Licence)
class LicenceAdmin(CountsModels):
    list_display = ["name", "distribution", "reuse", "commercial_use", "how_many"]
    list_filter = ["distribution"]
    search_fields = ["name"]
