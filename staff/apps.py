from django.apps import AppConfig
from django.contrib.admin import apps
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = _("Staff")
    default = True

    def ready(self):
        from . import recording

        recording.listen()


class DoorConfig(apps.AdminConfig):
    """Django's admin, behind our door."""

    default = False
    default_site = "staff.site.StaffSite"
