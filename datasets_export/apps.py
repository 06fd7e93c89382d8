from django.apps import AppConfig


class DatasetsExportConfig(AppConfig):
    name = "datasets_export"
    verbose_name = "Open data"
