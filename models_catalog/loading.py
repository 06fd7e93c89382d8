"""Bring the tables to what a catalogue file says: nothing is deleted, what it leaves out is left alone."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from .models import Endpoint, FactSource, LanguageModel, Licence, Organisation


@dataclass
class Count:
    """What became of the rows of a table that the file names."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __str__(self):
        return f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged"


@dataclass
class TextCount:
    """What became of the texts: those that were there already, an editor's for instance, are left alone."""

    filled: int = 0
    unchanged: int = 0

    def __str__(self):
        return f"{self.filled} filled, {self.unchanged} unchanged"


def load(catalogue, texts=None, dry_run=False):
    """Write a Catalogue in one transaction, or only count what it would change.

    ``texts`` ({slug: {column: text}}) go where there is none. Returns {table: Count}, and a TextCount for the texts.
    A second call changes nothing.
    """
    with transaction.atomic():
        organisations, organisation_count = _bring(Organisation, ["slug"], _keyed(catalogue.organisations))
        licences, licence_count = _bring(Licence, ["name"], _keyed(catalogue.licences))
        models, model_count = _bring(
            LanguageModel,
            ["slug"],
            {
                (entry.slug,): entry.values
                | {
                    "organisation_id": organisations[(entry.organisation,)].pk,
                    "licence_id": licences[(entry.licence,)].pk,
                }
                for entry in catalogue.models
            },
        )
        _, endpoint_count = _bring(
            Endpoint,
            ["model_id", "provider", "api_model_id"],
            {
                (models[(entry.slug,)].pk, *endpoint.key): endpoint.values | {"position": position}
                for entry in catalogue.models
                for position, endpoint in enumerate(entry.endpoints)
            },
        )
        _, source_count = _bring(
            FactSource,
            ["model_id", "field", "url"],
            {
                (models[(entry.slug,)].pk, source.field, source.url): {"date": source.date}
                for entry in catalogue.models
                for source in entry.sources
            },
        )
        text_count = _fill(models, texts or {})
        transaction.set_rollback(dry_run)
    counts = {
        "organisations": organisation_count,
        "licences": licence_count,
        "models": model_count,
        "endpoints": endpoint_count,
        "sources": source_count,
    }
    return counts if texts is None else counts | {"texts": text_count}


def _keyed(entries):
    return {(entry.key,): entry.values for entry in entries}


def _bring(table, key, wanted):
    """Create the rows that are missing and update the columns that differ: one read and at most two writes.

    ``wanted`` is {values of the key columns: values of other columns}. Returns {key: row} and the Count.
    """
    rows = {tuple(getattr(row, name) for name in key): row for row in table.objects.all()}
    count, changed, new, fields = Count(), [], [], set()
    for values_of_key, values in wanted.items():
        row = rows.get(values_of_key)
        if row is None:
            rows[values_of_key] = row = table(**dict(zip(key, values_of_key, strict=True)), **values)
            new.append(row)
            continue
        different = {name for name, value in values.items() if getattr(row, name) != value}
        if different:
            for name in different:
                setattr(row, name, values[name])
            changed.append(row)
            fields |= different
    if new:
        table.objects.bulk_create(new)
    if changed:
        table.objects.bulk_update(_touched(changed, fields), sorted(fields))
    count.created, count.updated = len(new), len(changed)
    count.unchanged = len(wanted) - len(new) - len(changed)
    return rows, count


def _fill(models, texts):
    """Give each model the texts it lacks, in one write at most."""
    count, changed, fields = TextCount(), [], set()
    for slug, values in texts.items():
        row = models[(slug,)]
        missing = {name for name in values if not getattr(row, name)}
        count.filled += len(missing)
        count.unchanged += len(values) - len(missing)
        if missing:
            for name in missing:
                setattr(row, name, values[name])
            changed.append(row)
            fields |= missing
    if changed:
        LanguageModel.objects.bulk_update(_touched(changed, fields), sorted(fields))
    return count


def _touched(rows, fields):
    """Bulk writes leave ``auto_now`` alone: date the change by hand."""
    if hasattr(rows[0], "updated_at"):
        fields.add("updated_at")
        for row in rows:
            row.updated_at = timezone.now()
    return rows
