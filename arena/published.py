"""The row that leaves the site for a turn: what a release holds of it, and nothing else."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from models_catalog.models import LanguageModel

from . import masking, presenting
from .models import Vote, VoteTag

SEEN = ("status", "error_code", "reasoning_ms")
"""Of each answer, what its visitor saw before the reveal."""

TEXTS = ("text", "reasoning")

MEASURED = (
    *("provider", "api_model_id", "temperature", "max_tokens", "system_prompt", "quantization", "electricity_zone"),
    *("finish_reason", "first_token_ms", "duration_ms", "input_tokens", "output_tokens", "token_source"),
    *("energy_wh_min", "energy_wh_max", "gco2_min", "gco2_max", "water_l_min", "water_l_max", "impact_method"),
)
"""Of each answer, what would tell who wrote it."""

VOTED = ("choice", "tags_a", "tags_b", "seconds_to_vote")
COMMENTS = ("comment_a", "comment_b")
UNTIL_THE_REVEAL = frozenset(
    {"draw_probability", "pool", "is_replaced", "drawn_a", "drawn_b"}
    | {f"{name}_{side}" for side in "ab" for name in ("model", *MEASURED)}
)
"""Columns that the visitor is not shown before the reveal."""

MASKED = frozenset(f"{name}_{side}" for side in "ab" for name in TEXTS)
CODED = ("choice", "tags_a", "tags_b")
LABELS = {
    "timestamp": _("Date and time"),
    "prompt": _("Your question"),
    "text_a": _("Answer A"),
    "text_b": _("Answer B"),
    "choice": _("Your vote"),
    "tags_a": _("Your words on A"),
    "tags_b": _("Your words on B"),
    "comment_a": _("Your comment on A"),
    "comment_b": _("Your comment on B"),
    "model_a": _("Model A"),
    "model_b": _("Model B"),
}


def row(turn, with_text):
    """{column: value} in order. A turn whose text is left out keeps its outcome: who met, the vote, the measures.

    Never the visitor's key, the receipt, nor the form's key. Personal data is redacted where a release is made.
    """
    comparison = turn.comparison
    vote = getattr(turn, "vote", None)
    answers = {answer.side: answer for answer in turn.answers.all()}
    texts = {"prompt": turn.prompt} if with_text else {}
    return {
        "comparison": str(comparison.pk),
        "turn": turn.number,
        "timestamp": turn.created_at.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds"),
        "origin": comparison.origin,
        "portal": comparison.portal.code,
        "language": comparison.language,
        "mode": comparison.mode,
        "drawn_a": comparison.drawn_a,
        "drawn_b": comparison.drawn_b,
        "draw_policy": comparison.draw_policy,
        "draw_probability": comparison.draw_probability,
        "pool": pool_of(comparison),
        "is_replaced": comparison.is_replaced,
        "in_room": comparison.room_id is not None,
        "prompt_language": turn.prompt_language,
        "suggestion": turn.suggestion,
        "is_prompt_edited": turn.is_prompt_edited,
        "topics": turn.topics,
        **texts,
        **of_side(answers["a"], with_text),
        **of_side(answers["b"], with_text),
        **{name: getattr(vote, name, None) for name in VOTED},
        **({name: getattr(vote, name, None) for name in COMMENTS} if with_text else {}),
    }


def pool_of(comparison):
    """The slugs of the models that could have been drawn, in order; None if unknown, or if none was drawn."""
    if comparison.pool is None:
        return None
    models = LanguageModel.objects.filter(pk__in=comparison.pool.model_ids)
    return sorted(models.values_list("slug", flat=True))


def of_side(answer, with_text):
    names = (*SEEN, *(TEXTS if with_text else ()), *MEASURED)
    return {f"model_{answer.side}": answer.model.slug} | {
        f"{name}_{answer.side}": getattr(answer, name) for name in names
    }


@dataclass
class Cell:
    """One value of a row, for a person: `label` is empty for what only a file's reader needs."""

    name: str
    label: str
    text: str
    is_hidden: bool
    """Until the reveal."""


def for_its_visitor(comparison, standings):
    """The rows of a comparison, as its visitor may see them now: {turn's number: cells}."""
    hidden = frozenset() if comparison.revealed_at else UNTIL_THE_REVEAL
    masked = MASKED if hidden else ()
    words = dict(Vote.Choice.choices) | {tag.code: tag.label for tag in VoteTag.offered()}
    rows = {}
    for standing in standings:
        if standing.has_row:
            standing.turn.comparison = comparison
            rows[standing.turn.number] = [
                Cell(
                    name,
                    LABELS.get(name, ""),
                    "" if name in hidden else in_words(name, mask(value) if name in masked else value, words),
                    name in hidden,
                )
                for name, value in row(standing.turn, standing.has_text).items()
            ]
    return rows


def mask(text):
    """Without what names the models, as on the page before the reveal; a release has the original."""
    return masking.masked(text, presenting.names())


def in_words(name, value, words):
    """The value as the file holds it; a code of the vote comes with its words."""
    if name in CODED:
        codes = [value] if isinstance(value, str) else value or []
        return ", ".join(f"{words[code]} ({code})" if code in words else code for code in codes)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)
