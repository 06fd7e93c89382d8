"""Rows for tests, made as plainly as can be; every one may be given any field."""

import secrets
import uuid
from datetime import UTC, datetime

from django.utils import timezone

from arena.models import Answer, Comparison, DrawPool, Side, Turn, Vote, VoteTag
from models_catalog.models import Endpoint, LanguageModel, Licence, Organisation
from portals.models import LegalVersion, Portal

# Fixed keys: a site in another process keeps portals for some seconds, longer than a test lasts.
PORTAL_ID = 1


def portal(**fields):
    defaults = {
        "code": "fr",
        "name": "compar:IA",
        "hosts": [],
        "languages": ["fr", "en"],
        "default_language": "fr",
        "objective": 300_000,
        "is_default": True,
    }
    found = Portal.objects.filter(pk=PORTAL_ID).first() or Portal(pk=PORTAL_ID, **defaults)
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    return found


def terms(for_portal=None, language="fr"):
    for_portal = for_portal or portal()
    found = LegalVersion.objects.current(for_portal, "terms", language)
    return found or LegalVersion.objects.create(
        portal=for_portal,
        kind="terms",
        language=language,
        text="* Vos questions sont publiées.",
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def tags():
    for order, (code, polarity) in enumerate(
        [("useful", "positive"), ("creative", "positive"), ("incorrect", "negative")]
    ):
        VoteTag.objects.get_or_create(code=code, defaults={"polarity": polarity, "order": order, "label": code})


def language_model(slug=None, base_url="http://127.0.0.1:9/v1", behaviour="quick", **fields):
    """An enabled model whose endpoint can be used; `behaviour` is what the scripted provider plays."""
    slug = slug or f"model-{secrets.token_hex(4)}"
    organisation, _new = Organisation.objects.get_or_create(slug="acme", defaults={"name": "Acme", "country": "FR"})
    licence, _new = Licence.objects.get_or_create(
        name="Apache 2.0", defaults={"distribution": "open-weights", "reuse": True, "commercial_use": True}
    )
    defaults = {
        "name": f"Modèle {slug}",
        "organisation": organisation,
        "licence": licence,
        "status": LanguageModel.Status.ENABLED,
        "architecture": "dense",
        "total_params": 8.0,
    }
    model = LanguageModel.objects.create(slug=slug, **defaults | fields)
    Endpoint.objects.create(
        model=model, provider="scripted", api_model_id=behaviour, base_url=base_url, electricity_zone="FRA"
    )
    return model


def comparison(**fields):
    """A live comparison drawn at random between two models of its own, unless said otherwise."""
    owner = fields.pop("portal", None) or portal()
    defaults = {
        "portal": owner,
        "language": "fr",
        "visitor_key": secrets.token_urlsafe(24),
        "consent": fields["consent"] if "consent" in fields else terms(owner),
        "submission_key": uuid.uuid4(),
        "draw_policy": "uniform/1",
        "draw_probability": 1.0,
    }
    for side in ("a", "b"):
        if f"model_{side}" not in fields:
            fields[f"model_{side}"] = language_model()
    made = Comparison(**defaults | fields)
    if made.drawn_a or made.drawn_b:
        ids = sorted((made.model_a_id, made.model_b_id))
        made.pool = DrawPool.objects.get_or_create(digest=str(ids), defaults={"model_ids": ids})[0]
    else:
        made.draw_probability = None
    made.save(force_insert=True)
    return made


def turn(of, number=1, *, statuses=("complete", "complete"), choice=None, **fields):
    """A turn of a comparison with its two answers, voted if there is a choice."""
    made = Turn.objects.create(
        comparison=of, number=number, prompt=fields.pop("prompt", "Pourquoi le ciel est-il bleu ?")
    )
    for side, status in zip(Side.values, statuses, strict=True):
        answer(made, side, status, **fields)
    if choice:
        Vote.objects.create(turn=made, choice=choice)
    return made


def answer(of, side, status="complete", **fields):
    defaults = {"model_id": getattr(of.comparison, f"model_{side}_id"), "status": status}
    if status in ("complete", "stopped"):
        defaults |= {"text": f"Réponse {side.upper()}.", "finished_at": timezone.now()}
    elif status == "failed":
        defaults |= {"error_code": "timeout", "finished_at": timezone.now()}
    elif status == "interrupted":
        defaults |= {"error_code": "interrupted", "finished_at": timezone.now()}
    elif status == "streaming":
        defaults |= {"claim_token": uuid.uuid4(), "lease_until": timezone.now()}
    return Answer.objects.create(turn=of, side=side, **defaults | fields)
