from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from models_catalog import catalogue_file
from models_catalog.loading import load

DEFAULT = Path(catalogue_file.__file__).parent / "data/catalogue.json"


class Command(BaseCommand):
    help = "Bring the catalogue to what a file says. Nothing is deleted; a second run changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=DEFAULT, help="JSON; by default the project's own")
        parser.add_argument("--dry-run", action="store_true", help="count what would change, and write nothing")

    def handle(self, *args, file, dry_run, **options):
        try:
            catalogue = catalogue_file.read(file)
        except catalogue_file.CatalogueError as error:
            raise CommandError(f"{file} is refused, nothing was changed:\n  " + "\n  ".join(error.problems)) from None
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        counts = load(catalogue, dry_run)
        for table, count in counts.items():
            self.stdout.write(f"{table}: {count.created} created, {count.updated} updated, {count.unchanged} unchanged")
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")
