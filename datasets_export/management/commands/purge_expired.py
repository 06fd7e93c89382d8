from django.core.management.base import BaseCommand

from datasets_export import purging


class Command(BaseCommand):
    help = "Take away what the site no longer keeps: the periods are RETENTION_DAYS, docs/retention.md says why."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Only count.")

    def handle(self, dry_run, **options):
        total = 0
        for rule, count in purging.purge(dry_run=dry_run):
            total += count
            self.stdout.write(f"{count:>8} {rule.what}")
        self.stdout.write(f"{total:>8} in all{', nothing was changed' if dry_run else ''}.")
