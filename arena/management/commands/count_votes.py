from django.core.management.base import BaseCommand

from arena import counting


class Command(BaseCommand):
    help = "Count the votes of each portal exactly; visitors may go on voting meanwhile."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="count, and write nothing")

    def handle(self, *, dry_run, **options):
        counted = counting.count_votes(dry_run)
        for portal, before, exact in counted:
            self.stdout.write(f"{portal.code}: {exact} votes ({before} at the last count)")
        self.stdout.write(f"{sum(exact for _portal, _before, exact in counted)} votes on {len(counted)} portals.")
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")
