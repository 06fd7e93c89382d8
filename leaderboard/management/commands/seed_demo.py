from datetime import timedelta
from itertools import islice

import pgtrigger
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from arena import importing
from leaderboard import simulating
from leaderboard.models import Rating, Snapshot
from models_catalog.models import LanguageModel
from portals.models import Portal

AT_ONCE = 10_000
DAYS = 480
TRIGGERS = ("leaderboard.Snapshot:never_rewritten", "leaderboard.Rating:never_rewritten")


class Command(BaseCommand):
    help = (
        "Simulate visitors until there are N demonstration votes, after the published ranking of compar:IA. They are "
        "in no release and on no board but those of --demo, which say so. Run again after an interruption: it goes on."
    )

    def add_arguments(self, parser):
        parser.add_argument("--votes", type=int, default=20_000, help="how many there shall be in all")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--clear", action="store_true", help="take all demonstration votes and boards away")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")

    def handle(self, *, votes, seed, clear, dry_run, **options):
        if clear:
            return self.clear(dry_run)
        there = importing.demo_votes()
        missing = max(0, votes - there)
        models = self.models()
        portals = self.portals()
        self.stdout.write(f"{there} demonstration votes there, {missing} to add, on {len(models)} models.")
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")
            return
        written = 0
        rows = self.rows(models, portals, missing, seed + there, there)
        while batch := list(islice(rows, AT_ONCE)):
            written += importing.write(importing.DEMO, batch)
            self.stdout.write(f"{written}/{missing}")
        self.stdout.write(f"{there + written} demonstration votes in all.")

    def clear(self, dry_run):
        snapshots = Snapshot.objects.filter(is_demo=True)
        self.stdout.write(f"{importing.demo_votes()} demonstration votes, {snapshots.count()} boards made of them.")
        if dry_run:
            self.stdout.write("Dry run: nothing was taken away.")
            return
        with transaction.atomic(), pgtrigger.ignore(*TRIGGERS):
            Rating.objects.filter(snapshot__is_demo=True).delete()
            snapshots.delete()
            comparisons = importing.clear_demo()
        self.stdout.write(f"Taken away, with {comparisons} comparisons.")

    def models(self):
        """[(id, its published figures)] of those that the catalogue has."""
        ids = dict(LanguageModel.objects.values_list("slug", "pk"))
        found = [(ids[model.slug], model) for model in simulating.published() if model.slug in ids]
        if len(found) < 2:
            raise CommandError(
                "The catalogue has fewer than two models of the published ranking: run load_catalog first."
            )
        return found

    def portals(self):
        """By language, the portal of those who speak it."""
        found = {}
        for portal in Portal.objects.order_by("is_default"):
            found |= {portal.default_language: portal} | ({"": portal} if portal.is_default else {})
        if "" not in found:
            raise CommandError("There is no default portal: run migrate first.")
        return found

    def rows(self, models, portals, votes, seed, there):
        now = timezone.now()
        start, span = now - timedelta(days=DAYS), timedelta(days=DAYS - 1)
        ballots = simulating.ballots([model for _id, model in models], votes, seed)
        for number, ballot in enumerate(ballots):
            portal = portals.get(ballot.language, portals[""])
            spoken = [models[place][1].tokens for place in ballot.models]
            yield importing.Voted(
                created_at=start + span * ((ballot.visitor * 0.6180339887) % 1) + timedelta(minutes=number % 50),
                visitor_key=f"demo-{there}-{ballot.visitor}",
                portal_id=portal.pk,
                language=portal.default_language,
                models=(models[ballot.models[0]][0], models[ballot.models[1]][0]),
                prompt=simulating.PROMPTS[ballot.language],
                prompt_language=ballot.language,
                topics=ballot.topics,
                texts=(simulating.answer(ballot.shapes[0]), simulating.answer(ballot.shapes[1])),
                tokens=tuple(
                    round(mean * (0.5 + sum(shape) / 6)) for mean, shape in zip(spoken, ballot.shapes, strict=True)
                ),
                choice=ballot.choice,
                draw_probability=ballot.probability,
                tags=ballot.tags,
            )
