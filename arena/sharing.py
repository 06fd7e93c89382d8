"""Sharing a result: both models, what they cost and the choice. Never a word of the conversation, nor who asked."""

import base64
import json
import secrets
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from models_catalog.models import LanguageModel

from . import revealing
from .models import Answer, Comparison, Vote
from .refusals import Refused

NOT_REVEALED = gettext_lazy("Reveal the models first: there is nothing to share yet.")
WITHDRAWN = gettext_lazy("This comparison was withdrawn: it can no longer be shared.")
LONGEST_OLD_LINK = 1000
MOST_TOKENS = 1_000_000


class Gone(Exception):
    """It was shared, then withdrawn or erased."""


@dataclass(frozen=True)
class Shared:
    """All that a shared page may show. `choice` is "a", "b", another Vote.Choice, or empty."""

    sides: list
    choice: str
    language: str = ""

    @property
    def names(self):
        return {side.side: side.model.name for side in self.sides}

    @property
    def headline(self):
        if self.choice == "a":
            return _("Preferred: %(a)s, over %(b)s") % self.names
        if self.choice == "b":
            return _("Preferred: %(b)s, over %(a)s") % self.names
        if self.choice == Vote.Choice.BOTH_GOOD:
            return _("%(a)s and %(b)s: both answers were good") % self.names
        if self.choice == Vote.Choice.BOTH_BAD:
            return _("%(a)s and %(b)s: neither answer was good") % self.names
        return _("%(a)s and %(b)s, compared") % self.names

    @property
    def smaller_preferred(self):
        return any(side.is_preferred and side.is_smaller for side in self.sides)


def share(comparison):
    """The token of the comparison's shared page, made the first time. Raises Refused."""
    if not comparison.revealed_at:
        raise Refused(NOT_REVEALED)
    shareable = Comparison.objects.filter(pk=comparison.pk, withdrawn_at=None, erased_at=None)
    shareable.filter(share_token=None).update(share_token=secrets.token_urlsafe(12))
    token = shareable.values_list("share_token", flat=True).first()
    if token is None:
        raise Refused(WITHDRAWN)
    return token


def shared(token):
    """What is shared under this token. Raises Comparison.DoesNotExist, or Gone."""
    related = [f"model_{side}__{name}" for side in "ab" for name in ("organisation", "licence")]
    comparison = Comparison.objects.select_related(*related).get(share_token=token)
    if comparison.withdrawn_at or comparison.erased_at:
        raise Gone
    answers = Answer.objects.filter(turn__comparison=comparison).order_by("turn__number", "side")
    answers = answers.select_related("model__organisation", "model__licence").defer("text", "reasoning")
    votes = Vote.objects.filter(turn__comparison=comparison).order_by("turn__number")
    choices = list(votes.values_list("choice", flat=True))
    preferred = revealing.preference(choices)
    return Shared(
        sides=revealing.sides(comparison, list(answers), preferred),
        choice=preferred or (choices[-1] if choices else ""),
        language=comparison.language,
    )


def read_old(encoded):
    """What a link of the former site shares; None if it is not one, or if a model of it is unknown here.

    It is base64 of JSON, as {"a": identifier, "b": identifier, "ta": tokens, "tb": tokens, "c": "a", "b" or else}, and
    anyone can write one: nothing of it is shown but the names and figures of models of the catalogue.
    """
    if len(encoded) > LONGEST_OLD_LINK:
        return None
    encoded = encoded.replace(" ", "+").rstrip("=")  # "+" reads as a space in an address
    try:
        said = json.loads(base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True))
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    slugs = [said.get("a"), said.get("b")]
    if not all(isinstance(slug, str) and slug.isprintable() for slug in slugs):
        return None
    public = [LanguageModel.Status.ENABLED, LanguageModel.Status.PAUSED, LanguageModel.Status.ARCHIVED]
    models = LanguageModel.objects.filter(slug__in=slugs, status__in=public).select_related("organisation", "licence")
    by_slug = {model.slug: model for model in models}
    if len(by_slug) < 2:
        return None
    choice = said.get("c") if said.get("c") in ("a", "b") else ""
    pair = [
        _side(side, by_slug[slug], said.get(f"t{side}"), choice == side) for side, slug in zip("ab", slugs, strict=True)
    ]
    return Shared(sides=revealing.side_by_side(*pair), choice=choice)


def _side(side, model, tokens, is_preferred):
    tokens = tokens if type(tokens) is int and 0 < tokens <= MOST_TOKENS else None
    thousand = model.impact_of_1000_tokens() if tokens else None
    totals = dict.fromkeys(revealing.SUMMED)
    if thousand:
        for quantity in ("energy_wh", "gco2", "water_l"):
            amount = getattr(thousand, quantity).times(tokens / 1000)
            totals |= {f"{quantity}_min": amount.min, f"{quantity}_max": amount.max}
    return revealing.RevealedSide(
        side=side,
        model=model,
        tokens=tokens,
        totals=totals,
        zones=["WOR"],
        is_preferred=is_preferred,
        method=thousand.method if thousand else "",
    )
