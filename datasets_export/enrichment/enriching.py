"""Analyses turns by batches, and writes what it found on them: the work behind `enrich_conversations`."""

import logging
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from arena import describing, languages
from arena.models import Turn
from arena.personal import METHOD

from ..models import Analysis, Span
from . import claiming, deciding, forgetting, presidio, second_opinion
from .looking import look
from .texts import digest
from .turns import texts_of, with_texts

log = logging.getLogger(__name__)
BATCH = 100
BATCH_WITH_MODEL = 20
Review, Status = Analysis.Review, Analysis.Status


@dataclass
class Outcome:
    """What one turn's analysis gave. `error_code` alone: the local rules themselves failed."""

    analysis: Analysis
    read_at: datetime
    digest: str = ""
    language: str = ""
    found: dict = None
    opinion: second_opinion.Opinion = None
    error_code: str = ""


def method():
    """What analyses are made with now."""
    parts = [METHOD, "presidio" if presidio.is_on() else "", settings.ANALYSIS_MODEL if second_opinion.is_on() else ""]
    return " + ".join(part for part in parts if part)[:80]


def prepare(again=False, check=False):
    """Forget what must be forgotten, and open all that is to be done; counts."""
    counts = Counter(
        forgotten=forgetting.forget(), new=claiming.open_new(), changed=claiming.reopen(claiming.changed())
    )
    if check:
        ids = list(claiming.different())
        counts["changed"] += claiming.reopen(Analysis.objects.filter(pk__in=ids))
    if again:
        counts["again"] = claiming.reopen(Analysis.objects.exclude(method=method()))
    counts["given_up"] = claiming.give_up()
    return counts


def run(seconds=None, again=False, check=False, say=None):
    """All there is to do, or as much as begins within this time; counts. `say` hears those so far after each batch."""
    end = time.monotonic() + seconds if seconds else None
    counts = prepare(again, check)
    while (end is None or time.monotonic() < end) and (batch := enrich()):
        counts += batch
        if say:
            say(counts)
    return counts


def enrich():
    """Analyse one batch; counts, empty when nothing is left to do."""
    token, ids = claiming.claim(BATCH_WITH_MODEL if second_opinion.is_on() else BATCH)
    if not ids:
        return Counter()
    analyses = Analysis.objects.filter(pk__in=ids, claim_token=token).order_by("pk")
    return save(token, list(analysed(analyses)))


def analysed(analyses):
    """An Outcome for each, without writing anything."""
    read_at = timezone.now()
    turns = with_texts(Turn.objects.filter(analysis__in=analyses)).select_related("vote", "comparison")
    turns = {turn.pk: turn for turn in turns}
    texts = {id: texts_of(turn) for id, turn in turns.items()}
    prompts = defaultdict(list)
    for place in Turn.objects.filter(comparison__in={turn.comparison_id for turn in turns.values()}).values_list(
        "comparison", "number", "prompt"
    ):
        prompts[place[0]].append(place[1:])
    opinions = dict(zip(texts, second_opinion.ask([*texts.values()]), strict=True)) if second_opinion.is_on() else {}
    for analysis in analyses:
        outcome = Outcome(analysis, read_at)
        turn = turns[analysis.turn_id]
        earlier = [prompt for number, prompt in prompts[turn.comparison_id] if number < turn.number]
        try:
            _analyse(outcome, turn, texts[turn.pk], earlier, opinions.get(turn.pk, second_opinion.Opinion()))
        except Exception as error:  # one text must not keep the others back; its words stay out of the log
            log.error("analysis of turn %s: %s", turn.pk, type(error).__name__)
            outcome.error_code = type(error).__name__[:30]
        yield outcome


def _analyse(outcome, turn, texts, earlier, opinion):
    outcome.digest = digest(texts)
    outcome.language = languages.detect(texts["prompt"])
    language = turn.prompt_language or outcome.language or turn.comparison.language
    told = [*opinion.told, *presidio.told(texts, language)]
    outcome.found = look(texts, language, earlier, told)
    outcome.opinion = opinion


@transaction.atomic
def save(token, outcomes):
    """Write the outcomes of a batch that this token still holds; counts."""
    ids = [outcome.analysis.pk for outcome in outcomes]
    held = Analysis.objects.filter(pk__in=ids, claim_token=token).select_related("turn").order_by("pk")
    held = {analysis.pk: analysis for analysis in held.select_for_update(of=("self",))}
    counts = Counter()
    for outcome in outcomes:
        analysis = held.get(outcome.analysis.pk)
        if analysis is None:
            counts["lost"] += 1
        elif outcome.found is None:
            counts["failed"] += 1
            analysis.status, analysis.error_code = Status.FAILED, outcome.error_code
            analysis.lease_until, analysis.claim_token = timezone.now() + claiming.WAIT, None
        else:
            counts["done"] += 1
            record(analysis, outcome, counts)
    fields = [field.name for field in Analysis._meta.concrete_fields if field.name not in ("id", "turn")]
    Analysis.objects.bulk_update(held.values(), fields)
    return counts


def record(analysis, outcome, counts):
    """Put an outcome on its row, its spans beside it, and on the turn what the arena keeps. What a person decided on
    the very same texts stands."""
    turn = analysis.turn
    is_decided = analysis.review in (Review.ACCEPTED, Review.REDACTED) and analysis.texts_digest == outcome.digest
    source = topics_source(analysis, outcome)
    if source:
        describing.set_topics(turn.pk, outcome.opinion.topics)
    if outcome.language and not turn.prompt_language:
        describing.set_language(turn.pk, outcome.language)
    analysis.status, analysis.method, analysis.finished_at = Status.DONE, method(), outcome.read_at
    analysis.error_code = outcome.opinion.error_code
    if analysis.error_code:
        analysis.method = METHOD
        counts["without_opinion"] += 1
    analysis.texts_digest, analysis.topics_source = outcome.digest, source or analysis.topics_source
    analysis.keywords, analysis.summary = outcome.opinion.keywords, outcome.opinion.summary
    analysis.claim_token = analysis.lease_until = None
    if not is_decided:
        counts["spans"] += replace_spans(analysis, outcome.found)
        settle_review(analysis, outcome.found)
    counts["to_review"] += analysis.review == Review.WAITING


def topics_source(analysis, outcome):
    """Who says the topics that are to be written; empty: those of the turn stay, which an import gave or nobody."""
    is_of_an_import = analysis.turn.topics and not analysis.topics_source
    return settings.ANALYSIS_MODEL[:30] if outcome.opinion.topics and not is_of_an_import else ""


def replace_spans(analysis, found):
    analysis.spans.all().delete()
    spans = [
        Span(
            analysis=analysis,
            field=field,
            start=piece.start,
            end=piece.end,
            kind=piece.kind,
            source=piece.source,
            is_certain=piece.is_certain,
        )
        for field, pieces in found.items()
        for piece in pieces
    ]
    Span.objects.bulk_create(spans)
    return len(spans)


def settle_review(analysis, found):
    """A turn with something uncertain waits for a person. One that a person excluded stays so, whatever its texts."""
    if analysis.review == Review.EXCLUDED:
        return
    is_uncertain = any(not piece.is_certain for pieces in found.values() for piece in pieces)
    analysis.review = Review.WAITING if is_uncertain else Review.NOT_NEEDED
    analysis.reviewed_by, analysis.reviewed_at, analysis.reason = None, None, ""
    (deciding.hold if is_uncertain else deciding.let_go)(analysis.turn)
