"""What a migration must not do while processes of the version before run: docs/migrations.md says what instead."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import models
from django.db.migrations import operations as ops

REMOVES = (ops.RemoveField, ops.DeleteModel)
RENAMES = (ops.RenameField, ops.RenameModel, ops.AlterModelTable)
LOCKS = (ops.AddIndex, ops.RemoveIndex, ops.AddConstraint, ops.AlterUniqueTogether)


def unsafe(migration):
    """What is unsafe in it, in words. A migration that says why it is safe all the same (`SAFE = "…"`) is believed."""
    if getattr(migration, "SAFE", ""):
        return []
    created = {each.name.lower() for each in migration.operations if isinstance(each, ops.CreateModel)}
    return [
        f"{type(each).__name__} {getattr(each, 'model_name', None) or getattr(each, 'name', '')}: {why}"
        for each in migration.operations
        if (getattr(each, "model_name", "") or "").lower() not in created and (why := objection(each))
    ]


def objection(operation):
    """Why this operation is unsafe; empty if it is not."""
    if isinstance(operation, REMOVES):
        return "the old code still reads it"
    if isinstance(operation, RENAMES):
        return "the old code still calls it by its name"
    if isinstance(operation, AddIndexConcurrently | RemoveIndexConcurrently):
        return ""
    if isinstance(operation, LOCKS):
        return "the table is locked while it is read through"
    if isinstance(operation, ops.AlterField):
        return "the table may be written anew, or refuse what the old code writes"
    if isinstance(operation, ops.AddField):
        field = operation.field
        if not field.null and not field.many_to_many and field.db_default is models.NOT_PROVIDED:
            return "the old code does not fill it: null=True or db_default"
    if isinstance(operation, ops.SeparateDatabaseAndState):
        return " ".join(filter(None, map(objection, operation.database_operations)))
    return ""
