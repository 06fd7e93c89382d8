from itertools import groupby
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from models_catalog import catalogue_file, exchange_file
from models_catalog.loading import load
from models_catalog.reading import LARGEST, FileRefused, decode

DEFAULT = Path(catalogue_file.__file__).parent / "data/catalogue.json"
TEXTS = DEFAULT.with_name("texts.json")


class Command(BaseCommand):
    help = "Bring the catalogue to what a file says. Nothing is deleted, what editors changed is kept."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=DEFAULT, help="JSON; by default the project's own")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, and write nothing")

    @no_translations
    def handle(self, *args, file, dry_run, **options):
        try:
            catalogue = exchange_file.read(_content(file))
        except FileRefused as error:
            raise _refusal(file, error) from None
        if file == DEFAULT:
            _add_texts(catalogue)
        dated = catalogue.gathered_on or timezone.localdate()
        try:
            report = load(catalogue, f"load_catalog {file.name}, {dated}", dry_run=dry_run)
        except FileRefused as error:
            raise _refusal(file, error) from None
        if dry_run:
            self.show(report)
        for table, count in report.counts.items():
            self.stdout.write(f"{table}: {count}")
        if report.kept:
            self.stdout.write(f"kept: {len(report.kept)} field{'s'[: len(report.kept) > 1]} changed by editors")
        if report.lacking:
            self.stdout.write(
                f"enabled by the file, and refused by the rule of publication: {len(report.lacking)} models"
            )
            for slug, sentences in report.lacking.items():
                self.stdout.write(f"  {slug}: {'; '.join(sentences)}")
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")

    def show(self, report):
        for slug in report.added:
            self.stdout.write(f"{slug}: new")
        for about, changes in groupby(
            sorted(report.changes, key=lambda change: change.about), lambda change: change.about
        ):
            self.stdout.write(about)
            for change in changes:
                place = ", ".join(filter(None, [change.row, change.column]))
                what = f"{change.before!r} -> {change.after!r}" if change.column else f"new, in {change.table}"
                kept = " (kept: changed by an editor)" if change.is_editors else ""
                self.stdout.write(f"  {place or change.about}: {what}{kept}")


def _add_texts(catalogue):
    """The project's own catalogue has its texts in a file of their own."""
    try:
        texts = catalogue_file.parse_texts(decode(_content(TEXTS)), {entry.slug for entry in catalogue.models})
    except FileRefused as error:
        raise _refusal(TEXTS, error) from None
    for entry in catalogue.models:
        entry.values.update(texts.get(entry.slug, {}))


def _content(file):
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None


def _refusal(file, error):
    return CommandError(f"{file} is refused, nothing was changed:\n  " + "\n  ".join(map(str, error.problems)))
