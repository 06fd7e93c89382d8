from django.core.management.base import BaseCommand, CommandError

from datasets_export import audits
from datasets_export.models import Release
from staff.secrets import UNREADABLE


class Command(BaseCommand):
    help = "Draw a random sample of a release's rows, for a person to judge in the admin what personal data remains."

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("--rows", type=int, default=audits.ROWS)
        parser.add_argument("--seed", type=int, help="Another sample than the release's own.")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, name, rows, seed, dry_run, **options):
        release = Release.objects.filter(name=name, status=Release.Status.BUILT).first()
        if release is None:
            raise CommandError(f"No release that is built has the name {name}.")
        if rows < 1:
            raise CommandError("A sample has one row at least.")
        seed = audits.seed_of(release) if seed is None else seed
        if seed < 0 or seed >= 1 << 63:
            raise CommandError("The seed is a whole number from 0 to 2^63 - 1.")
        try:
            if dry_run:
                total = release.manifest["counts"]["turns"]
                self.stdout.write(f"Would draw {min(rows, total)} of {total} rows with the seed {seed}.")
                return
            audit, is_new = audits.draw(release, rows, seed)
        except FileNotFoundError as error:
            raise CommandError(f"The folder of {name} is not on this machine ({error.filename}).") from None
        except UNREADABLE:
            raise CommandError(
                f"The key of {name} cannot be read: FIELD_KEYS is not the one it was made with."
            ) from None
        count = audit.rows.count()
        said = "Drawn" if is_new else "Drawn already"
        self.stdout.write(f"{said}: {count} rows to judge in the admin, seed {seed} (audit {audit.pk}).")
