from django.core.management.base import BaseCommand
from django.utils import timezone

from arena import answering
from arena.models import Answer


class Command(BaseCommand):
    help = "Mark interrupted the answers that a killed process left, keeping what it had drafted."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Count them and change nothing.")

    def handle(self, *, dry_run, **options):
        if dry_run:
            stale = Answer.objects.filter(status=Answer.Status.STREAMING, lease_until__lt=timezone.now()).count()
            self.stdout.write(f"{stale} stale answers would be closed.")
        else:
            self.stdout.write(f"{answering.close_stale()} stale answers closed.")
