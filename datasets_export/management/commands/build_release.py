from django.core.management.base import BaseCommand, CommandError

from datasets_export.releases import building, leaving
from datasets_export.releases.folders import ReleaseRefused
from portals.models import Portal


class Command(BaseCommand):
    help = "Build a release of the open data: a folder that appears whole, or not at all, under RELEASES_DIR."

    def add_arguments(self, parser):
        parser.add_argument("name", nargs="?", default="", help="by default the date, then the scope")
        parser.add_argument("--portal", default="", help="code of a portal: its turns alone")
        parser.add_argument("--language", default="", help="code of a language: the questions in it alone")
        parser.add_argument("--demo", action="store_true", help="of demonstration data; says so, is never published")
        parser.add_argument("--dry-run", action="store_true", help="say what would be in it, and write nothing")

    def handle(self, *, name, portal, language, demo, dry_run, **options):
        of_portal = Portal.objects.filter(code=portal).first()
        if portal and not of_portal:
            raise CommandError(f"There is no portal {portal}.")
        wanted = {"name": name, "portal": of_portal, "language": language, "demo": demo}
        if demo:
            self.stdout.write("DEMO: demonstration data alone.")
        try:
            if dry_run:
                return self.tell(building.planned(**wanted))
            release = building.build(**wanted, say=self.stdout.write)
        except ReleaseRefused as refused:
            raise CommandError(str(refused)) from None
        manifest = release.manifest
        for rule in manifest["left_out"]:
            self.stdout.write(f"left out, {rule['rule']}: {rule['turns']}")
        counts, size = manifest["counts"], sum(file["bytes"] for file in manifest["files"])
        self.stdout.write(
            f"Release {release.name}: {counts['turns']} turns, {counts['voted']} voted, of {counts['comparisons']} "
            f"comparisons; {len(manifest['files'])} files, {size} bytes."
        )

    def tell(self, release):
        for rule, turns in sorted(building.rules(release).items()):
            self.stdout.write(f"left out, {rule}: {turns}")
        turns, outcomes = leaving.released(release).count(), leaving.with_outcome(release).count()
        self.stdout.write(f"Release {release.name} would hold {turns} turns and {outcomes} outcomes at most.")
        self.stdout.write("Dry run: nothing was written.")
