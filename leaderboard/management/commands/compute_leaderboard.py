import re
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from leaderboard import snapshots
from leaderboard.models import Snapshot

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


class Command(BaseCommand):
    help = "Compute all boards of the ranking from the votes; with --release, also the files from which anyone can."

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="from demonstration votes alone; it says so everywhere")
        parser.add_argument("--release", default="", help="the name of a release: its boards can be verified")
        parser.add_argument("--to", type=Path, help="the directory of the release's files")
        parser.add_argument("--no-trust", action="store_true", help="without the trust panel, which takes the longest")
        parser.add_argument("--dry-run", action="store_true", help="compute, and keep nothing in the database")

    def handle(self, *, demo, release, to, no_trust, dry_run, **options):
        if bool(release) != bool(to):
            raise CommandError("A release takes both its name (--release) and the directory of its files (--to).")
        if release and not NAME.fullmatch(release):
            raise CommandError("The name of a release has letters, digits, dots, hyphens and underscores, 40 at most.")
        if release and not dry_run and Snapshot.objects.of_release(release, demo).exists():
            raise CommandError(f"The boards of release {release} are kept already, and never change.")
        wanted = {"demo": demo, "dry_run": dry_run, "trust": not no_trust, "say": self.stdout.write}
        if demo:
            self.stdout.write("DEMO: demonstration votes alone.")
        report = snapshots.compute_release(release, to, **wanted) if release else snapshots.compute_live(**wanted)
        self.show(report, dry_run)

    def show(self, report, dry_run):
        ledger = report.document["ledger"]
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
