"""Publishers and administrators see what models cost."""

from importlib import import_module

from django.db import migrations

permission = import_module("models_catalog.migrations.0004_staff_groups").permission


def grant(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.filter(name__in=["Publishers", "Administrators"])
    for group in groups:
        group.permissions.add(permission(apps, "spending", "view"))


class Migration(migrations.Migration):
    dependencies = [("models_catalog", "0007_spending")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
