"""Start a model from another one: everything is copied but what is its own."""

from django.db import transaction

from .models import Endpoint, FactSource, LanguageModel


@transaction.atomic
def clone(original, name, slug, user, with_endpoints=True):
    """A draft with the facts, texts, portals and sources of the original; endpoints come without key, never tested."""
    model = copied(original, name=name, slug=slug, status=LanguageModel.Status.DRAFT, rank_summary=None)
    model._history_user = user
    model.save()
    model.portals.set(original.portals.all())
    FactSource.objects.bulk_create([copied(source, model_id=model.pk) for source in original.sources.all()])
    for served in original.endpoints.all() if with_endpoints else Endpoint.objects.none():
        endpoint = copied(served, model_id=model.pk, encrypted_api_key=None, answered_at=None)
        endpoint._history_user = user
        endpoint.save()
    return model


def copied(row, **changes):
    """An unsaved row with the same columns, apart from these."""
    columns = [field for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**{field.attname: getattr(row, field.attname) for field in columns} | changes)
