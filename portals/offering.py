"""Adding languages to a portal, with legal texts to read in them."""

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from .models import LegalVersion

FIRST_TEXTS = Path(__file__).parent / "data/texts"
"""The first version of each legal text: <language>/<kind>.md."""


@transaction.atomic
def offer(portal, languages):
    """Let visitors read the portal in these languages too; the first version of a legal text is published where it
    has none in one of them."""
    portal.languages = list(dict.fromkeys([*portal.languages, *languages]))
    portal.save(update_fields=["languages"])
    for language in portal.languages:
        for kind in LegalVersion.Kind.values:
            text = FIRST_TEXTS / language / f"{kind}.md"
            if text.exists() and not LegalVersion.objects.published(portal, kind).filter(language=language).exists():
                LegalVersion.objects.create(
                    portal=portal, kind=kind, language=language, text=text.read_text(), published_at=timezone.now()
                )
