"""Rows for tests, with what they need."""

from django.utils.text import slugify

from models_catalog.models import Endpoint, LanguageModel, Licence, Organisation


def model(slug, served=True, **fields):
    """An enabled model; ``served`` gives it an endpoint that needs neither a key nor a variable."""
    fields = {"name": slug, "status": "enabled"} | fields
    fields["organisation"] = fields.get("organisation") or organisation()
    fields["licence"] = fields.get("licence") or licence()
    made = LanguageModel.objects.create(slug=slug, **fields)
    if served:
        endpoint(made)
    return made


def endpoint(model, **fields):
    fields = {"provider": "acme", "api_model_id": model.slug, "base_url": "https://acme.test/v1"} | fields
    return Endpoint.objects.create(model=model, **fields)


def organisation(name="Acme"):
    return Organisation.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0]


def licence(name="MIT", distribution="open-weights"):
    return Licence.objects.get_or_create(name=name, defaults={"distribution": distribution})[0]
