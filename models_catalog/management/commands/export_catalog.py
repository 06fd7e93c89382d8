from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from models_catalog.exchange_file import export


class Command(BaseCommand):
    help = "Write the whole catalogue as JSON, as load_catalog reads it. A key is never in it."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, help="by default, the standard output")

    def handle(self, *args, file, **options):
        if file is None:
            self.stdout.write(export(), ending="")
            return
        try:
            file.write_text(export(), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        self.stderr.write(f"The catalogue is in {file}.")
