"""The texts of turns, as a release would publish them."""

from django.db.models import Prefetch

from arena.models import Answer

from .texts import FIELDS


def with_texts(turns):
    """The turns with their answers, in one query for all."""
    answers = Answer.objects.only("turn_id", "side", "text", "reasoning").order_by("turn_id", "side")
    return turns.prefetch_related(Prefetch("answers", queryset=answers))


def texts_of(turn):
    """{field of Span.Field: text}; empty where there is none."""
    texts = dict.fromkeys(FIELDS, "")
    texts["prompt"] = turn.prompt
    for answer in turn.answers.all():
        texts[f"text_{answer.side}"] = answer.text
        texts[f"reasoning_{answer.side}"] = answer.reasoning
    vote = getattr(turn, "vote", None)
    if vote:
        texts |= {"comment_a": vote.comment_a, "comment_b": vote.comment_b}
    return texts
