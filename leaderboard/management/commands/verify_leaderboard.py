from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from leaderboard import computing, verifying

SHOWN = 50


class Command(BaseCommand):
    help = "Recompute the boards of a release from its published files alone, and compare them with what it says."

    def add_arguments(self, parser):
        parser.add_argument(
            "release",
            help=f"the name of a release, or the folder that holds its {computing.OUTCOMES} and {computing.DOCUMENT}",
        )

    def handle(self, *, release, **options):
        try:
            found = verifying.differences(self.folder(release), self.stdout.write)
        except verifying.CannotVerify as error:
            raise CommandError(str(error)) from None
        for line in found[:SHOWN]:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} figures differ from what was published.")
        self.stdout.write(self.style.SUCCESS("Verified: the same figures."))

    def folder(self, release):
        """A name is one under RELEASES_DIR before it is one here."""
        own = Path(settings.RELEASES_DIR) / release
        return own if own.is_dir() else Path(release)
