"""Turns ready to be released, for tests: made of the arena's own factories."""

import secrets

from arena.models import Answer, Vote
from arena.tests import factories
from datasets_export import enrichment
from datasets_export.models import Analysis, Span


def analysed(turn, *spans, **fields):
    """The turn's analysis, done, of its texts as they stand, with spans `(field, text to find there, kind)`."""
    texts = texts_of(turn)
    made = Analysis.objects.create(
        turn=turn, **{"status": "done", "method": "rules/test", "texts_digest": enrichment.digest(texts)} | fields
    )
    for field, text, kind in spans:
        start = texts[field].index(text)
        Span.objects.create(
            **{"analysis": made, "field": field, "kind": kind, "source": "test", "is_certain": True},
            **{"start": start, "end": start + len(text)},
        )
    return made


def texts_of(turn):
    """{a value of Span.Field: text}, as they stand in the database."""
    texts = {"prompt": turn.prompt}
    for answer in Answer.objects.filter(turn=turn):
        texts |= {f"text_{answer.side}": answer.text, f"reasoning_{answer.side}": answer.reasoning}
    if vote := Vote.objects.filter(turn=turn).first():
        texts |= {"comment_a": vote.comment_a, "comment_b": vote.comment_b}
    return texts


def turn(*spans, of=None, number=1, choice="a_better", texts=None, analysis=None, answers=None, **fields):
    """A voted and analysed turn, in a comparison of its own unless `of` gives one.

    `texts` are {a value of Span.Field: text}, `answers` fields of both answers, `analysis` fields of the analysis
    (False: none), `fields` those of the comparison. Texts say a word that no other turn says.
    """
    comparison = of or factories.comparison(**fields)
    word = secrets.token_hex(6)
    said = {"prompt": f"Question {word} ?", "text_a": f"Réponse A {word}.", "text_b": f"Réponse B {word}."}
    said |= texts or {}
    made = factories.turn(comparison, number, choice=choice, prompt=said["prompt"], **answers or {})
    for side in "ab":
        of_side = {"text": said[f"text_{side}"], "reasoning": said.get(f"reasoning_{side}", "")}
        Answer.objects.filter(turn=made, side=side).update(**of_side)
    comments = {name: said[name] for name in ("comment_a", "comment_b") if name in said}
    Vote.objects.filter(turn=made).update(**comments or {"comment_a": ""})
    type(made).objects.filter(pk=made.pk).update(prompt_language="fr")
    made.refresh_from_db()
    if analysis is not False:
        analysed(made, *spans, **analysis or {})
    made.word = word
    return made
