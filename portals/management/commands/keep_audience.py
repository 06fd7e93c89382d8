from django.core.management.base import BaseCommand

from portals import visits


class Command(BaseCommand):
    help = "Move the counts of pages read from the cache to the database, and drop those that are too old."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="say how many wait, and write nothing")

    def handle(self, *, dry_run, **options):
        if dry_run:
            self.stdout.write(f"{visits.waiting()} views wait. Dry run: nothing was written.")
            return
        views, dropped = visits.keep()
        self.stdout.write(f"{views} views kept, {dropped} old rows dropped.")
