from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DatasetsExportConfig(AppConfig):
    name = "datasets_export"
    verbose_name = _("Open data")
