from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from leaderboard import computing, verifying

SHOWN = 50


class Command(BaseCommand):
    help = "Recompute the boards of a release from its published files alone, and compare them with what it says."

    def add_arguments(self, parser):
        parser.add_argument(
            "release", type=Path, help=f"the directory that holds {computing.OUTCOMES} and {computing.DOCUMENT}"
        )

    def handle(self, *, release, **options):
        try:
            found = verifying.differences(release, self.stdout.write)
        except verifying.CannotVerify as error:
            raise CommandError(str(error)) from None
        for line in found[:SHOWN]:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} figures differ from what was published.")
        self.stdout.write(self.style.SUCCESS("Verified: the same figures."))
