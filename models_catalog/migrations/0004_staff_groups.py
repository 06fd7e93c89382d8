"""Who may do what in the catalogue: three groups, each with what the one before has. docs/editors.md tells them apart."""

from django.db import migrations

EDITORS = {
    "languagemodel": ["view", "add", "change"],
    "organisation": ["view", "add", "change"],
    "licence": ["view", "add", "change"],
    "factsource": ["view", "add", "change", "delete"],
    "endpoint": ["view"],
}
PUBLISHERS = {
    "languagemodel": ["publish"],
    "endpoint": ["add", "change", "delete"],
}
ADMINISTRATORS = {
    "languagemodel": ["delete"],
    "organisation": ["delete"],
    "licence": ["delete"],
    ("auth", "user"): ["view", "add", "change", "delete"],
    ("auth", "group"): ["view", "add", "change", "delete"],
}


def create(apps, schema_editor):
    """Permissions are made here if need be: Django makes them only after all migrations."""
    Group = apps.get_model("auth", "Group")
    granted = []
    for name, rights in (("Editors", EDITORS), ("Publishers", PUBLISHERS), ("Administrators", ADMINISTRATORS)):
        granted += [permission(apps, table, act) for table, acts in rights.items() for act in acts]
        Group.objects.get_or_create(name=name)[0].permissions.add(*granted)


def permission(apps, table, act):
    app, model = table if isinstance(table, tuple) else ("models_catalog", table)
    kind, _new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
    name = "Can publish, pause and archive models" if act == "publish" else f"Can {act} {model}"
    return apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=f"{act}_{model}", defaults={"name": name}
    )[0]


class Migration(migrations.Migration):
    dependencies = [
        ("models_catalog", "0003_names_of_fields"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
