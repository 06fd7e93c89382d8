"""Bring the tables to what a catalogue file says: nothing is deleted, what it leaves out is left alone.

What an editor changed since is kept. The history tells: its rows that say LOADER are from here, all others are a
person's, and what is in a table without any row that says so was put there by hand.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from portals.models import Portal

from .models import Endpoint, FactSource, LanguageModel, Licence, Organisation
from .publishing import MOVES, WORK, lacks
from .reading import FileRefused, Problem
from .register import because

LOADER = "load_catalog"


class Change(NamedTuple):
    """A value that is ``before`` in the table and ``after`` in the file; or a whole row: ``column`` is then empty."""

    table: str
    about: str
    """A model's slug, an organisation's, or the name of a licence."""
    row: str
    """Which of the model's endpoints or sources; empty for the model itself."""
    column: str
    before: object
    after: object
    is_editors: bool = False
    """A person, not the loader, put there what is there now (or removed it)."""


@dataclass
class Count:
    """What became of the rows of a table that the file names."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __str__(self):
        return f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged"


@dataclass
class Report:
    counts: dict[str, Count] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    """The models that were not there."""
    changes: list[Change] = field(default_factory=list)
    """Those of rows that were there."""
    keeps_editors_changes: bool = True
    lacking: dict[str, list[str]] = field(default_factory=dict)
    """What the rule of publication would ask for, of models that the file enables."""

    @property
    def kept(self):
        return [change for change in self.changes if change.is_editors and self.keeps_editors_changes]

    @property
    def changes_nothing(self):
        return not self.added and len(self.kept) == len(self.changes)


def load(catalogue, reason, by=None, dry_run=False):
    """Write a Catalogue in one transaction, or only tell what it would change; a second call changes nothing.

    ``reason`` goes to the public register. ``by`` is the person who has seen the changes and wants them all, those
    that replace an editor's included; without a person, what an editor changed is kept. Raises FileRefused if the
    database cannot hold it beside what is there, or if a person would publish a model that the rule refuses.
    """
    before = dict(LanguageModel.objects.values_list("slug", "status"))
    try:
        with because(reason):
            report = _Loading(by).load(catalogue)
            report.lacking = _lacking(catalogue)
            refused = _refused(catalogue, before) if by is not None else {}
            if refused:
                raise FileRefused([Problem(0, f"{slug}.status", "; ".join(refused[slug])) for slug in sorted(refused)])
            transaction.set_rollback(dry_run)
    except (IntegrityError, DataError) as error:
        name = error.__cause__.diag.constraint_name or type(error).__name__
        raise FileRefused([Problem(0, "", _("the database refuses it beside what is there (%s)") % name)]) from None
    return report


class _Loading:
    def __init__(self, by):
        self.by = by
        self.mark = {"default_user": by, "default_change_reason": LOADER if by is None else "import"}
        self.report = Report(keeps_editors_changes=by is None)
        self.new_models = set()
        self.names = {}
        """{column: {id: name}} of the rows that a model refers to."""

    def load(self, catalogue):
        organisations = self._bring("organisations", Organisation, ["slug"], _keyed(catalogue.organisations))
        licences = self._bring("licences", Licence, ["name"], _keyed(catalogue.licences))
        self.names = {
            "organisation_id": {row.pk: slug for (slug,), row in organisations.items()},
            "licence_id": {row.pk: name for (name,), row in licences.items()},
        }
        models = self._bring(
            "models",
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
        slugs = {row.pk: slug for (slug,), row in models.items()}
        self._list(catalogue.models, models)
        self._bring(
            "endpoints",
            Endpoint,
            ["model_id", "provider", "api_model_id"],
            {
                (models[(entry.slug,)].pk, *endpoint.key): {"position": position} | endpoint.values
                for entry in catalogue.models
                for position, endpoint in enumerate(entry.endpoints)
            },
            slugs,
        )
        # A fact that an editor changed is not the file's any more: neither is its source.
        kept = {(change.about, change.column) for change in self.report.kept if change.table == "models"}
        self._bring(
            "sources",
            FactSource,
            ["model_id", "field", "url"],
            {
                (models[(entry.slug,)].pk, source.field, source.url): {"date": source.date}
                for entry in catalogue.models
                for source in entry.sources
                if (entry.slug, source.field) not in kept
            },
            slugs,
        )
        return self.report

    def _bring(self, name, table, key, wanted, slugs=None):
        """Create the rows that are missing and write the columns that differ.

        ``wanted`` is {values of the key columns: values of other columns}; ``slugs``, for a table whose key begins
        with a model's id, is {id: slug}. Returns {key: row}.
        """
        rows = {tuple(getattr(row, column) for column in key): row for row in table.objects.all()}
        count = self.report.counts[name] = Count()
        removed = self._removed(table, key, wanted.keys() - rows.keys()) if slugs else set()
        new, different = [], {}
        for values_of_key, values in wanted.items():
            row = rows.get(values_of_key)
            if row is not None:
                columns = [column for column, value in values.items() if getattr(row, column) != value]
                if columns:
                    different[values_of_key] = columns
                continue
            is_editors = values_of_key in removed
            self._tell(name, slugs, values_of_key, "", None, None, is_editors)
            if not (is_editors and self.report.keeps_editors_changes):
                rows[values_of_key] = row = table(**dict(zip(key, values_of_key, strict=True)), **values)
                new.append(row)
        if new:
            bulk_create_with_history(new, table, **self.mark)
        is_editors_value = self._editors(table, [rows[values_of_key] for values_of_key in different])
        for values_of_key, columns in different.items():
            row, written = rows[values_of_key], []
            for column in columns:
                value, before = wanted[values_of_key][column], getattr(row, column)
                is_editors = is_editors_value(row, column)
                self._tell(name, slugs, values_of_key, column, before, value, is_editors)
                if not (is_editors and self.report.keeps_editors_changes):
                    setattr(row, column, value)
                    written.append(column)
            if written:
                self._save(row, written)
                count.updated += 1
        count.created = len(new)
        count.unchanged = len(wanted) - count.created - count.updated
        return rows

    def _save(self, row, columns):
        """One by one, and not in bulk: the history of a model then has its portals too."""
        row._change_reason, row._history_user = self.mark["default_change_reason"], self.by
        if isinstance(row, Endpoint) and Endpoint.MOVED_BY & set(columns):
            row.encrypted_api_key = None
            columns = [*columns, "encrypted_api_key"]
        row.save(update_fields=columns + (["updated_at"] if hasattr(row, "updated_at") else []))

    def _list(self, entries, models):
        """Put the models on the lists of their portals."""
        ids = dict(Portal.objects.values_list("code", "pk"))
        codes = {pk: code for code, pk in ids.items()}
        listed = defaultdict(set)
        for model_id, portal_id in LanguageModel.portals.through.objects.values_list("languagemodel_id", "portal_id"):
            listed[model_id].add(codes[portal_id])
        for entry in entries:
            row = models[(entry.slug,)]
            if entry.portals is None or set(entry.portals) == listed[row.pk]:
                continue
            is_editors = False
            if entry.slug not in self.new_models:
                is_editors = _portals_are_editors(row)
                before, after = sorted(listed[row.pk]), entry.portals
                self.report.changes.append(Change("models", entry.slug, "", "portals", before, after, is_editors))
            if not (is_editors and self.report.keeps_editors_changes):
                row._change_reason, row._history_user = self.mark["default_change_reason"], self.by
                row.portals.set([ids[code] for code in entry.portals])

    def _removed(self, table, key, missing):
        """Those of the missing rows of a model that were there once: an editor removed or renamed them."""
        models = {values_of_key[0] for values_of_key in missing}
        return missing & set(table.history.filter(model_id__in=models).values_list(*key))

    def _editors(self, table, rows):
        """A function that says whether a person, and not the loader, gave a row's column its present value."""
        records = defaultdict(list)
        for record in table.history.filter(id__in=[row.pk for row in rows]).order_by("history_id"):
            records[record.id].append(record)

        def is_editors(row, column):
            if not records[row.pk]:  # it was there before the history was: what is empty may be filled
                return getattr(row, column) not in (None, "", [], {})
            value, is_loaders = object(), False
            for record in records[row.pk]:
                recorded = getattr(record, column)
                if not _same(recorded, value):
                    value, is_loaders = recorded, record.history_change_reason == LOADER
            return not is_loaders or not _same(value, getattr(row, column))

        return is_editors

    def _tell(self, name, slugs, values_of_key, column, before, after, is_editors):
        about = slugs[values_of_key[0]] if slugs else values_of_key[0]
        is_new_row = not column
        if name == "models" and is_new_row:
            self.report.added.append(about)
            self.new_models.add(about)
        elif about not in self.new_models:
            if column in self.names:
                before, after = self.names[column].get(before, before), self.names[column].get(after, after)
            row, column = ": ".join(values_of_key[1:]) if slugs else "", column.removesuffix("_id")
            self.report.changes.append(Change(name, about, row, column, before, after, is_editors))


def _lacking(catalogue):
    enabled = [entry.slug for entry in catalogue.models if entry.values.get("status") == LanguageModel.Status.ENABLED]
    rows = LanguageModel.objects.filter(slug__in=enabled, status=LanguageModel.Status.ENABLED)
    rows = rows.select_related("licence").prefetch_related("endpoints", "sources", "portals")
    return {row.slug: sentences for row in rows if (sentences := lacks(row))}


def _refused(catalogue, before):
    """{slug: sentences} of the models that the rules would not let a person give the status that they have now."""
    rows = LanguageModel.objects.filter(slug__in=[entry.slug for entry in catalogue.models])
    refused = {}
    for row in rows.select_related("licence").prefetch_related("endpoints", "sources", "portals"):
        old, new = before.get(row.slug, LanguageModel.Status.DRAFT), row.status
        if new == old:
            continue
        if row.slug in before and new not in MOVES[old]:
            refused[row.slug] = [_("its status cannot go from there to here at once")]
        elif (new == LanguageModel.Status.ENABLED or old in WORK and new not in WORK) and (lacking := lacks(row)):
            refused[row.slug] = lacking
    return refused


def _portals_are_editors(model):
    """The same question about the lists that a model is on."""
    value, is_loaders = None, False
    for record in model.history.order_by("history_id"):
        recorded = set(record.portals.values_list("portal_id", flat=True))
        if recorded != value:
            value, is_loaders = recorded, record.history_change_reason == LOADER
    return not is_loaders or value != set(model.portals.values_list("pk", flat=True))


def _same(first, second):
    """Whether an editor would see no difference: a form may turn a text that is not there into an empty one."""
    return first == second or (first in (None, "") and second in (None, ""))


def _keyed(entries):
    return {(entry.key,): entry.values for entry in entries}
