from datetime import datetime, time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from arena.watching import watching


class Command(BaseCommand):
    help = (
        "Set aside, in shadow, the votes that the rules against abuse find (docs/abuse.md). Re-runnable; what a person "
        "lifted stays."
    )

    def add_arguments(self, parser):
        parser.add_argument("--since", help="YYYY-MM-DD: look at what was asked from that day on; a week by default")
        parser.add_argument("--dry-run", action="store_true", help="count, and write nothing")

    def handle(self, *, since, dry_run, **options):
        counts = watching.watch(since and beginning(since), dry_run, say=self.stdout.write)
        for rule, count in counts.items():
            self.stdout.write(
                f"{rule}: {count['found']} found, {count['new']} new, {count['lifted']} left since someone lifted them"
            )
        new = sum(count["new"] for count in counts.values())
        self.stdout.write(f"{new} votes {'would be ' if dry_run else ''}set aside.")


def beginning(day):
    try:
        found = parse_date(day)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"--since wants a day such as 2026-01-31, not {day!r}.")
    return timezone.make_aware(datetime.combine(found, time()))
