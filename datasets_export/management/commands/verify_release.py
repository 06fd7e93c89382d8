from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from datasets_export.releases import folders, verifying


class Command(BaseCommand):
    help = "Check every file of a release against its manifest. Elsewhere: python -m datasets_export.releases.verifying"

    def add_arguments(self, parser):
        parser.add_argument("release", help="a directory, or the name of a release under RELEASES_DIR")

    def handle(self, *, release, **options):
        place = Path(release)
        try:
            found = verifying.differences(place if place.is_dir() else folders.root() / place.name, self.stdout.write)
        except verifying.CannotVerify as error:
            raise CommandError(str(error)) from None
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError("It differs from what was published.")
        self.stdout.write("Verified: every file is the one that was published.")
