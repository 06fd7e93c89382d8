from django.core.management.base import BaseCommand, CommandError

from datasets_export.models import Destination, Publication, Release
from datasets_export.publication import publishing, scheduling
from datasets_export.publication.refusals import Refused
from datasets_export.publication.sentences import sentence


class Command(BaseCommand):
    help = (
        "Publish a release, the newest by default, to the destinations of the admin. Only the files that its manifest "
        "names are sent, once they are verified. Run again after an interruption: what is there is not sent twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", nargs="?", default="", metavar="NAME", help="of the release")
        parser.add_argument("--to", default="", metavar="DESTINATION", help="its name in the admin; all by default")
        parser.add_argument("--due", action="store_true", help="what the schedules ask for now, as the hourly job does")
        parser.add_argument("--dry-run", action="store_true", help="verify, say what would be sent, and send nothing")

    def handle(self, *, name, to, due, dry_run, **options):
        if due and (name or to):
            raise CommandError("--due follows the schedules: it takes neither a name nor a destination.")
        if due:
            rows = scheduling.due(write=not dry_run)
        else:
            release, destinations = self.release(name), self.destinations(to)
            rows = [
                scheduling.wanted(release, destination, write=False)
                if dry_run
                else scheduling.asked(release, destination)
                for destination in destinations
            ]
        if dry_run:
            return self.plan(rows)
        outcomes = {"published": 0, "already there": 0, "failed": 0, "under way elsewhere": 0, "files in place": 0}
        for row in rows:
            self.publish(row, outcomes)
        self.stdout.write(", ".join(f"{count} {what}" for what, count in outcomes.items()) + ".")
        if outcomes["failed"]:
            raise CommandError("Not everything was published.")

    def release(self, name):
        release = Release.objects.filter(name=name).first() if name else scheduling.newest()
        if release is None:
            raise CommandError(f"There is no release named {name}." if name else "No release was built yet.")
        return release

    def destinations(self, name):
        found = Destination.objects.filter(name=name) if name else Destination.objects.filter(is_active=True)
        if not found:
            raise CommandError(
                f"There is no destination named {name}." if name else "No destination is in use: the admin adds them."
            )
        return found

    def plan(self, rows):
        for row in rows:
            if row.status == Publication.Status.DONE:
                self.stdout.write(f"{row}: already there.")
                continue
            try:
                publishing.check_scope(row)
                parcel = publishing.parcel_of(row)
            except Refused as refused:
                self.stdout.write(f"{row}: {refused.code}. {sentence(refused.code)}")
                continue
            boards = "" if parcel.has_boards else ", without leaderboard.json"
            self.stdout.write(f"{row}: {len(parcel.files)} files, {parcel.size} bytes{boards}.")
        self.stdout.write(f"Dry run: {len(rows)} publications, nothing was sent.")

    def publish(self, row, outcomes):
        if row.status == Publication.Status.DONE:
            self.stdout.write(f"{row}: already there.")
            outcomes["already there"] += 1
            return
        self.stdout.write(f"{row}")
        result = publishing.publish(row.pk, say=lambda line: self.stdout.write(f"  {line}"))
        if result is None:
            self.stdout.write("  under way elsewhere.")
            outcomes["under way elsewhere"] += 1
            return
        publication, files = result
        outcomes["files in place"] += files
        if publication.status == Publication.Status.DONE:
            outcomes["published"] += 1
            self.stdout.write(f"  published. {publication.url}")
        else:
            outcomes["failed"] += 1
            self.stdout.write(f"  {publication.error_code}. {sentence(publication.error_code)}")
