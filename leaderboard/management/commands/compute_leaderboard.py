import re
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from leaderboard import snapshots
from leaderboard.outcomes import OutcomesRefused

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


class Command(BaseCommand):
    help = "Compute all boards of the ranking from the votes; with --release, from the outcome file of a release."

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="from demonstration votes alone; it says so everywhere")
        parser.add_argument("--release", default="", help="the name of a release: its boards can be verified")
        parser.add_argument("--to", type=Path, help="the folder of the release, elsewhere than in RELEASES_DIR")
        parser.add_argument("--no-trust", action="store_true", help="without the trust panel, which takes the longest")
        parser.add_argument("--dry-run", action="store_true", help="compute, and keep nothing")

    def handle(self, *, demo, release, to, no_trust, dry_run, **options):
        wanted = {"dry_run": dry_run, "trust": not no_trust, "say": self.stdout.write}
        if release:
            report = self.of_release(release, to, demo, wanted)
        elif to:
            raise CommandError("--to is the folder of a release: give its name too (--release).")
        else:
            report = snapshots.compute_live(demo=demo, **wanted)
        self.show(report, dry_run)

    def of_release(self, release, to, demo, wanted):
        if not NAME.fullmatch(release):
            raise CommandError("The name of a release has letters, digits, dots, hyphens and underscores, 40 at most.")
        if demo:
            raise CommandError(
                "The file of a release says itself whether it is one of demonstration: leave --demo out."
            )
        try:
            return snapshots.compute_release(release, to or Path(settings.RELEASES_DIR) / release, **wanted)
        except (snapshots.ReleaseRefused, OutcomesRefused) as error:
            raise CommandError(str(error)) from None

    def show(self, report, dry_run):
        if report.document["demo"]:
            self.stdout.write("DEMO: demonstration votes alone.")
        if ledger := report.document.get("ledger"):
            for rule in ledger["rules"]:
                self.stdout.write(f"left out, {rule['rule']}: {rule['votes']}, by this rule alone {rule['alone']}")
            self.stdout.write(f"{ledger['kept']} of {ledger['votes']} votes are ranked.")
        self.stdout.write(
            f"{len(report.document['boards'])} boards, {report.ratings} ratings, {report.weights} pairs weighed, "
            f"{report.placed} models placed anew."
        )
        self.stdout.write(
            f"The trust panel has {len(report.trust['models'])} models." if report.trust else "No trust panel."
        )
        if dry_run:
            self.stdout.write("Dry run: nothing was kept.")
        elif report.document["release"] and not report.ratings:
            self.stdout.write("These boards are kept already: the document was written again.")
