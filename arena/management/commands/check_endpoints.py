import asyncio
from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from arena import checking
from models_catalog.models import Endpoint, LanguageModel


class Command(BaseCommand):
    help = (
        "Ask each enabled endpoint of the enabled models for a word, and tell the draw which answer. "
        "A model that is named is checked whatever its status."
    )

    def add_arguments(self, parser):
        parser.add_argument("models", nargs="*", metavar="MODEL", help="The slugs of some models; none: all.")
        parser.add_argument("--dry-run", action="store_true", help="Say which would be called, and call none.")

    def handle(self, *, models, dry_run, **options):
        counts = Counter()
        callable_ones = []
        for endpoint in self.chosen(models):
            missing = endpoint.missing()
            if missing:
                counts["without"] += 1
                self.say(endpoint, f"no {missing} ({missing_name(endpoint, missing)})")
            else:
                callable_ones.append(endpoint)
        if dry_run:
            for endpoint in callable_ones:
                self.say(endpoint, "would be called")
            self.stdout.write(f"{len(callable_ones)} would be called, {counts['without']} without a key or an address.")
            return
        asyncio.run(self.call(callable_ones, counts))
        self.stdout.write(
            f"{counts['answered']} answered, {counts['failed']} failed, "
            f"{counts['without']} without a key or an address."
        )

    def chosen(self, slugs):
        if not slugs:
            return list(checking.checkable())
        known = set(LanguageModel.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        unknown = sorted(set(slugs) - known)
        if unknown:
            raise CommandError(f"There is no model {', '.join(unknown)}: nothing was called.")
        endpoints = Endpoint.objects.filter(model__slug__in=slugs, is_enabled=True).select_related("model")
        return list(endpoints.order_by("model__slug", "position", "pk"))

    async def call(self, endpoints, counts):
        async for endpoint, error in checking.check(endpoints):
            counts["failed" if error else "answered"] += 1
            place = f"{counts['failed'] + counts['answered']}/{len(endpoints)}"
            self.say(endpoint, f"{error.code} {error.detail}".strip() if error else "answered", place)

    def say(self, endpoint, what, place="-"):
        self.stdout.write(f"{place} {endpoint.model.slug}, {endpoint}: {what}")


def missing_name(endpoint, missing):
    """The variable of the environment that would give it."""
    if missing == "address":
        return endpoint.base_url
    return endpoint.api_key_variable or "FIELD_KEYS"
