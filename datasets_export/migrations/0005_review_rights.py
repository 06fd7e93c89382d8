"""Who may review personal data: a group of its own, and administrators. Nobody else reads what was not reviewed yet."""

from django.db import migrations

RIGHTS = ["view_analysis", "change_analysis"]


def grant(apps, schema_editor):
    """Permissions are made here if need be: Django makes them only after all migrations."""
    for name in ("Reviewers", "Administrators"):
        group, _new = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*(permission(apps, right) for right in RIGHTS))


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
        ("datasets_export", "0004_reuses_and_rows_to_judge"),
        ("models_catalog", "0004_staff_groups"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
