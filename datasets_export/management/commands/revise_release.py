from django.core.management.base import BaseCommand, CommandError

from datasets_export.models import Release
from datasets_export.releases import revising
from datasets_export.releases.folders import ReleaseRefused


class Command(BaseCommand):
    help = "Take what was withdrawn, erased or set aside since out of a release: its next revision, if there is need."

    def add_arguments(self, parser):
        parser.add_argument("name", nargs="?", default="", help="of the release")
        parser.add_argument("--all", action="store_true", help="each release that was built")
        parser.add_argument("--dry-run", action="store_true", help="say how many turns must leave, and write nothing")

    def handle(self, *, name, all, dry_run, **options):
        if bool(name) == all:
            raise CommandError("Give the name of a release, or --all.")
        turns = revising.revise_all(self.stdout.write, dry_run) if all else self.revise(name, dry_run)
        self.stdout.write("Dry run: nothing was written." if dry_run else f"{turns} turns left.")

    def revise(self, name, dry_run):
        release = Release.objects.filter(name=name).first()
        if release is None:
            raise CommandError(f"There is no release {name}.")
        try:
            return revising.revise(release, self.stdout.write, dry_run)
        except ReleaseRefused as refused:
            raise CommandError(str(refused)) from None
