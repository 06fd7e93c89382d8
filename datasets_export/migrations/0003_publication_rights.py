"""Who may do what with destinations: editors see them, publishers keep them with their keys, administrators delete them."""

from django.db import migrations

RIGHTS = {
    "Editors": ["view_destination", "view_publication"],
    "Publishers": ["view_destination", "view_publication", "add_destination", "change_destination"],
    "Administrators": [
        "view_destination",
        "view_publication",
        "add_destination",
        "change_destination",
        "delete_destination",
    ],
}


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
    dependencies = [
        ("datasets_export", "0002_publication_lease_and_account"),
        ("models_catalog", "0004_staff_groups"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
