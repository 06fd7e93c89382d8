from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from datasets_export.renewing import renew
from staff.models import Event
from staff.recording import record


class Command(BaseCommand):
    help = "Put every stored secret under the first key of FIELD_KEYS. Can be stopped, and run again."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args, dry_run, **options):
        counts = Counter()
        try:
            for row, outcome in renew(dry_run):
                counts[outcome] += 1
                if outcome in ("unreadable", "changed"):
                    self.stderr.write(f"{row._meta.label} {row.pk}: {outcome}")
        except (RuntimeError, ValueError) as error:
            raise CommandError(str(error)) from None
        told = ", ".join(f"{name}: {counts[name]}" for name in ("renewed", "current", "unreadable", "changed"))
        if counts["renewed"] and not dry_run:
            record(Event.Kind.ROTATED, about=told)
        self.stdout.write(f"{'Would be: ' if dry_run else ''}{told}")
        if counts["unreadable"] or counts["changed"]:
            raise CommandError("Keep the older keys: not every secret is under the first one.")
