import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from comparia.migrating import unsafe

BEFORE = {"portals": 10, "models_catalog": 8, "arena": 12, "leaderboard": 4, "datasets_export": 7, "staff": 1}
"""The last ones of each application from before there was anything to upgrade."""


def newer():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return [
        migration
        for (label, name), migration in sorted(loader.disk_migrations.items())
        if label in BEFORE and int(name[:4]) > BEFORE[label]
    ]


def test_no_migration_breaks_the_version_before():
    assert {f"{each.app_label}.{each.name}": unsafe(each) for each in newer() if unsafe(each)} == {}


def test_every_application_of_ours_is_looked_at():
    ours = {config.label for config in apps.get_app_configs() if config.path.startswith(str(settings.BASE_DIR))}
    assert {label for label in ours if (settings.BASE_DIR / label / "migrations").exists()} == set(BEFORE)


def of(*operations, **attributes):
    return type("Migration", (migrations.Migration,), {"operations": list(operations)} | attributes)("0099", "arena")


UNSAFE = {
    "remove a column": migrations.RemoveField("turn", "topics"),
    "remove a table": migrations.DeleteModel("turn"),
    "rename a column": migrations.RenameField("turn", "topics", "subjects"),
    "rename a table": migrations.RenameModel("turn", "question"),
    "add what the old code does not fill": migrations.AddField("turn", "mood", models.TextField(default="")),
    "alter a column": migrations.AlterField("turn", "number", models.BigIntegerField()),
    "lock while indexing": migrations.AddIndex("turn", models.Index(fields=["number"], name="i")),
    "hidden": migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("turn", "topics")]),
}


@pytest.mark.parametrize("case", UNSAFE)
def test_what_the_version_before_would_not_survive_is_refused(case):
    assert len(unsafe(of(UNSAFE[case]))) == 1
    assert unsafe(of(UNSAFE[case], SAFE="The table is empty.")) == []


def test_what_the_version_before_survives_is_not():
    safe = of(
        migrations.CreateModel("Mood", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddIndex("mood", models.Index(fields=["id"], name="i")),
        migrations.AddField("turn", "mood", models.TextField(null=True)),
        migrations.AddField("turn", "weight", models.FloatField(db_default=1.0)),
        AddIndexConcurrently("turn", models.Index(fields=["number"], name="j")),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("turn", "topics")]),
    )
    assert unsafe(safe) == []
