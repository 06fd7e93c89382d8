import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from datasets_export.legacy import importing, reading
from datasets_export.legacy.columns import FILES
from datasets_export.legacy.refusals import RULES
from datasets_export.models import LegacyRow
from portals.models import Portal


class Command(BaseCommand):
    help = (
        "Bring in the files that the existing site publishes: comparia-conversations, comparia-votes and "
        "comparia-reactions .parquet, whole or in parts. Run again after an interruption: it goes on; what is there "
        "already is not written twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path, help="where the files are")
        parser.add_argument("--only", choices=FILES, help="one of the three files; the order is that of this list")
        parser.add_argument("--portal", default="", help="code of the portal they come from; else the default one")
        parser.add_argument("--dry-run", action="store_true", help="do it all, say what came of it, then undo it")

    def handle(self, *, directory, only, portal, dry_run, **options):
        run = importing.Import(self.portal(portal))
        self.began = self.told = time.monotonic()
        try:
            parts = reading.found(directory, only)
        except reading.Unreadable as error:
            raise CommandError(f"{error} Nothing was written.") from None
        self.announce(parts)
        try:
            run.run(parts, self.progress, dry_run)
        except importing.UnderWay as error:
            raise CommandError(f"{error} Nothing was written.") from None
        except reading.Unreadable as error:
            self.show(run)
            raise CommandError(f"{error} What was written before stays: run again to go on.") from None
        except KeyboardInterrupt:
            self.show(run)
            raise CommandError("Interrupted. What was written stays, whole: run again to go on.") from None
        self.show(run)
        if dry_run:
            self.stdout.write("Dry run: all of it was undone.")
        else:
            self.ledger()

    def portal(self, code):
        found = Portal.objects.filter(**{"code": code} if code else {"is_default": True}).first()
        if not found:
            raise CommandError(f"There is no portal {code}." if code else "There is no default portal: run migrate.")
        return found

    def announce(self, parts):
        for file, paths in parts.items():
            if not paths:
                self.stdout.write(f"No file of {file}.")
            for path in paths:
                if unknown := reading.unknown_columns(path, file):
                    self.stdout.write(f"{path.name}: columns left out: {', '.join(unknown)}.")

    def progress(self, sentence):
        """Every two seconds at most, and at the end of a file."""
        now = time.monotonic()
        done, total = sentence.rpartition(" ")[2].split("/")
        if now - self.told > 2 or done == total:
            self.told = now
            self.stdout.write(f"{sentence}, {now - self.began:.0f} s")

    def show(self, run):
        for file in FILES:
            for (of, what), rows in sorted(run.counts.items()):
                if of == file and rows:
                    why = f" ({RULES[what]})" if what in RULES else ""
                    self.stdout.write(f"{file}: {what}{why}: {rows}")
        for note, times in sorted(run.notes.items()):
            if times:
                self.stdout.write(f"{note}: {times}")

    def ledger(self):
        """All runs together."""
        refused = LegacyRow.objects.exclude(refused="").values_list("file", "refused").annotate(rows=Count("pk"))
        self.stdout.write(f"In all, {LegacyRow.objects.filter(refused='').count()} rows of these files are here.")
        for file, rule, rows in refused.order_by("file", "refused"):
            self.stdout.write(f"In all, {file}: refused, {rule}: {rows}")
