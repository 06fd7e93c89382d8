from collections import Counter

from django.core.management.base import BaseCommand

from datasets_export.enrichment import claiming, enriching, forgetting, measuring


class Command(BaseCommand):
    help = (
        "Look for personal data, language and topics in the turns that could be published and were not analysed yet, "
        "or whose texts changed. Interrupted, it goes on where it stopped; several may run at once."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Count what there is to do, and do nothing.")
        parser.add_argument("--again", action="store_true", help="Also what other rules or another model analysed.")
        parser.add_argument("--check", action="store_true", help="Read all the texts again to find those that changed.")
        parser.add_argument("--measure", action="store_true", help="Say how well the local rules do, and stop.")

    def handle(self, *, dry_run, again, check, measure, **options):
        if measure:
            return self.measure()
        if dry_run:
            changed = len(set(claiming.different())) if check else claiming.changed().count()
            self.stdout.write(
                f"{claiming.new_ones()} new, {claiming.waiting().count()} waiting, {changed} changed, "
                f"{forgetting.to_forget().count()} to forget. Nothing was done."
            )
            return
        self.stdout.write(told(enriching.run(again=again, check=check, say=self.progress)))

    def progress(self, counts):
        self.stdout.write(f"{counts['done']} analysed, {claiming.waiting().count()} left")

    def measure(self):
        for name, figures in (*measuring.measure().items(), *measuring.measure_kinds().items()):
            self.stdout.write(
                f"{name:<14} recall {figures['recall']:.3f}  precision {figures['precision']:.3f}  "
                f"cases {figures['cases']}"
            )


def told(counts: Counter) -> str:
    return (
        f"{counts['done']} turns analysed: {counts['spans']} passages of personal data, {counts['to_review']} turns to "
        f"review; {counts['without_opinion']} without the model’s opinion, {counts['failed']} failed, "
        f"{counts['given_up']} given up, {counts['forgotten']} forgotten."
    )
