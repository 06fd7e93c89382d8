from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from models_catalog import catalogue_file
from models_catalog.loading import load

DEFAULT = Path(catalogue_file.__file__).parent / "data/catalogue.json"
TEXTS = DEFAULT.with_name("texts.json")


class Command(BaseCommand):
    help = "Bring the catalogue to what a file says. Nothing is deleted; a second run changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=DEFAULT, help="JSON; by default the project's own")
        parser.add_argument("--dry-run", action="store_true", help="count what would change, and write nothing")

    def handle(self, *args, file, dry_run, **options):
        catalogue, texts = _read(file, catalogue_file.read), None
        if file == DEFAULT:
            texts = _read(TEXTS, catalogue_file.read_texts, {model.slug for model in catalogue.models})
        for table, count in load(catalogue, texts, dry_run).items():
            self.stdout.write(f"{table}: {count}")
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")


def _read(file, reader, *arguments):
    try:
        return reader(file, *arguments)
    except catalogue_file.CatalogueError as error:
        raise CommandError(f"{file} is refused, nothing was changed:\n  " + "\n  ".join(error.problems)) from None
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
