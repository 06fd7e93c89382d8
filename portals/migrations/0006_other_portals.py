"""The portals of the other countries, and the first version of the legal texts of each."""

from pathlib import Path

from django.db import migrations
from django.utils import timezone

TEXTS = Path(__file__).resolve().parents[1] / "data/texts"
KINDS = ("terms", "legal-notice", "personal-data")
# code, default language, objective, electricity zone; each also speaks English. The hosts are those of a local machine.
PORTALS = [("da", 10_000, "DNK"), ("sv", 10_000, "SWE"), ("lt", 10_000, "LTU"), ("en", 10_000, "WOR")]


def create(apps, schema_editor):
    portals = apps.get_model("portals", "Portal").objects
    for code, objective, zone in PORTALS:
        portals.create(
            code=code,
            name="compar:IA",
            hosts=[f"{code}.localhost"],
            languages=list(dict.fromkeys([code, "en"])),
            default_language=code,
            theme="neutral",
            objective=objective,
            electricity_zone=zone,
        )
    versions = apps.get_model("portals", "LegalVersion").objects
    for portal in portals.all():
        for language in portal.languages:
            for kind in KINDS:
                text = TEXTS / language / f"{kind}.md"
                is_there = versions.filter(portal=portal, kind=kind, language=language).exists()
                if text.exists() and not is_there:
                    versions.create(
                        portal=portal, kind=kind, language=language, text=text.read_text(), published_at=timezone.now()
                    )


class Migration(migrations.Migration):
    dependencies = [("portals", "0005_contact")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
