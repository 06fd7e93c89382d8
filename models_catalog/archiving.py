"""Models that answered once, elsewhere, and that the catalogue never knew."""

import re

from simple_history.utils import bulk_create_with_history

from .models import LanguageModel, Licence, Organisation
from .register import because

UNKNOWN = "?"


def known_or_archived(names, reason):
    """{name: id of its model}, letters' case aside. Those that the catalogue does not have are created archived: they
    keep their votes, are never offered, and an editor may complete them. `reason` goes to the register."""
    slugs = {name: slug_of(name) for name in names}
    ids = {slug.lower(): id for slug, id in LanguageModel.objects.order_by("-pk").values_list("slug", "pk")}
    missing = {slug.lower(): (slug, name) for name, slug in slugs.items() if slug.lower() not in ids}
    if missing:
        with because(reason):
            organisation, _ = Organisation.objects.get_or_create(slug="unknown", defaults={"name": UNKNOWN})
            licence, _ = Licence.objects.get_or_create(
                name=UNKNOWN, defaults={"distribution": Licence.Distribution.API_ONLY}
            )
            archived = [
                LanguageModel(
                    slug=slug,
                    name=name,
                    organisation=organisation,
                    licence=licence,
                    status=LanguageModel.Status.ARCHIVED,
                )
                for slug, name in missing.values()
            ]
            made = bulk_create_with_history(archived, LanguageModel, default_change_reason=reason)
        ids |= {model.slug.lower(): model.pk for model in made}
    return {name: ids[slug.lower()] for name, slug in slugs.items()}


def slug_of(name):
    """The identifier of a model of this name: what an address can hold."""
    slug = re.sub(r"[^A-Za-z0-9._-]", "-", name)[:100]
    return f"{slug}-" if slug in ("comparer", "journal") else slug
