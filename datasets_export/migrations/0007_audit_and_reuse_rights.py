"""Who judges the samples of releases, and who keeps the reuses: publishers, and administrators who may delete."""

from django.db import migrations

PUBLISHERS = ["view_audit", "change_audit", "view_reuse", "add_reuse", "change_reuse"]
RIGHTS = {"Editors": ["view_reuse"], "Publishers": PUBLISHERS, "Administrators": [*PUBLISHERS, "delete_reuse"]}


def grant(apps, schema_editor):
    """Permissions are made here if need be: Django makes them only after all migrations."""
    for name, rights in RIGHTS.items():
        group, _new = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*(permission(apps, right) for right in rights))


def permission(apps, right):
    act, model = right.split("_")
    kind, _new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="datasets_export", model=model
    )
    return apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=right, defaults={"name": f"Can {act} {model}"}
    )[0]


class Migration(migrations.Migration):
    dependencies = [("datasets_export", "0006_turns_to_review")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
