"""What templates are given of a comparison: the same for a page, a fragment and the socket."""

import uuid
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from models_catalog.models import LanguageModel
from portals.caching import CACHE_AWAY, kept

from . import answering, claims, continuing, drafts, failures, markdown, masking
from .checks import helping
from .live import ANSWERS
from .models import Answer, Comparison, Turn, Vote, VoteTag
from .providers import ErrorCode


class Unfinished:
    """An answer on its way to the page: what would name its model is masked, then its Markdown is rendered."""

    def __init__(self, dom, names, text, reasoning):
        self.markdown = markdown.IncrementalMarkdown(dom)
        self._text = masking.Masker(names)
        self._reasoning = masking.Masker(names)
        self.tell(text)
        self.reasoning = self.think(reasoning)

    def tell(self, text):
        """The HTML to send for this much more of the answer."""
        return self.markdown.feed(self._text.feed(text))

    def think(self, reasoning):
        """What to show of this much more of the reasoning."""
        return self._reasoning.feed(reasoning)

    @property
    def has_masked(self):
        return self._text.has_masked

    def finish(self):
        """The last (HTML to send, reasoning to show)."""
        last = self.markdown.feed(self._text.finish())
        return last + self.markdown.finish(), self._reasoning.finish()


@dataclass
class AnswerView:
    """One side of a turn as it is now: from the row, or from what is being written.

    `text` and `reasoning` are the model's own words; until the reveal only `shown` and `shown_reasoning` may be seen.
    """

    comparison: Comparison
    turn: Turn
    answer: Answer
    text: str = field(repr=False)
    reasoning: str = field(repr=False)
    names: masking.Names = field(repr=False)
    unfinished: Unfinished | None = field(default=None, repr=False)

    @property
    def side(self):
        return self.answer.side

    @property
    def status(self):
        return self.answer.status

    @property
    def error_code(self):
        return self.answer.error_code

    @property
    def dom(self):
        """What the ids of its elements start with: short, since they travel with each piece of text."""
        return f"{self.answer.side}{self.turn.number}"

    @property
    def is_over(self):
        return self.answer.is_over

    @property
    def state(self):
        """waiting | reasoning | writing | complete | stopped | interrupted | failed."""
        if self.is_over:
            return self.status
        if self.text:
            return "writing"
        return "reasoning" if self.reasoning else "waiting"

    @property
    def error_message(self):
        return failures.sentence(self.error_code) if self.error_code else ""

    @cached_property
    def shown(self):
        return self.text if self.comparison.revealed_at else masking.masked(self.text, self.names)

    @cached_property
    def shown_reasoning(self):
        if self.unfinished:
            return self.unfinished.reasoning
        return self.reasoning if self.comparison.revealed_at else masking.masked(self.reasoning, self.names)

    @cached_property
    def is_masked(self):
        """Whether a finished answer is shown without a name that it holds."""
        return self.is_over and self.shown != self.text

    @cached_property
    def html(self):
        return mark_safe(self.unfinished.markdown.html() if self.unfinished else markdown.render(self.shown))

    @property
    def reasoning_seconds(self):
        return None if self.answer.reasoning_ms is None else round(self.answer.reasoning_ms / 1000)

    @property
    def can_retry(self):
        is_closed = self.comparison.revealed_at or self.turn.vote_or_none
        return not is_closed and self.status in Answer.CAN_BE_ASKED_AGAIN and not self.is_too_long

    @property
    def is_too_long(self):
        """The model cannot read so much, and never will."""
        return self.error_code == ErrorCode.CONTEXT_TOO_LONG

    @property
    def can_ask_anew(self):
        """Whether the same question is offered to two others, from this side."""
        return self.is_too_long and not self.comparison.revealed_at

    @cached_property
    def new_key(self):
        """For a new comparison that is begun from here."""
        return uuid.uuid4()

    @property
    def retry_url(self):
        return reverse("retry", args=[self.comparison.pk, self.turn.number, self.side])

    @property
    def stop_url(self):
        return reverse("stop", args=[self.comparison.pk, self.turn.number])

    @property
    def model(self):
        """Who wrote it; None until the reveal."""
        return self.answer.model if self.comparison.revealed_at else None


@dataclass
class TurnView:
    """A turn with its two answers, and what may be done with it."""

    comparison: Comparison
    turn: Turn
    answers: list
    is_last: bool
    used: int = 0
    """Characters of the earlier turns."""
    left: continuing.Left | None = None
    """What may still be asked; of the last turn, once it is over."""

    help_lines: list | None = None
    """Whom to call, if the question says distress."""

    def measure(self):
        """See what may still be asked, and who may help."""
        self.help_lines = helping.lines(self.comparison, self.prompt)
        if self.is_last and self.is_over:
            used = self.used + continuing.length(self.prompt, *(answer.text for answer in self.answers))
            self.left = continuing.left(self.number, used, [answer.answer.model_id for answer in self.answers])

    @cached_property
    def new_key(self):
        """For a new comparison that is begun from here."""
        return uuid.uuid4()

    @property
    def number(self):
        return self.turn.number

    @property
    def next_number(self):
        return self.turn.number + 1

    @property
    def prompt(self):
        return self.turn.prompt

    @property
    def vote(self):
        return self.turn.vote_or_none

    @property
    def is_over(self):
        return all(answer.is_over for answer in self.answers)

    @property
    def has_failure(self):
        return any(answer.answer.is_broken for answer in self.answers)

    @property
    def can_vote(self):
        return self.is_over and not self.has_failure and not self.comparison.revealed_at

    @property
    def can_follow_up(self):
        return self.is_last and self.can_vote and not self.left.is_over

    @property
    def is_full(self):
        """Nothing more can be asked here, but it can elsewhere."""
        return self.is_last and self.can_vote and self.left.is_over

    @property
    def can_retry_both(self):
        return self.is_last and all(answer.can_retry for answer in self.answers)

    @property
    def can_reveal(self):
        if not (self.is_last and self.is_over) or self.comparison.revealed_at:
            return False
        return self.has_failure or self.comparison.is_voted

    @property
    def follow_url(self):
        return reverse("turn", args=[self.comparison.pk, self.number])

    @property
    def vote_url(self):
        return reverse("vote", args=[self.comparison.pk, self.number])

    @property
    def retry_both_url(self):
        return reverse("retry-both", args=[self.comparison.pk, self.number])

    @property
    def follow_up_url(self):
        return reverse("follow-up", args=[self.comparison.pk])

    @property
    def reveal_url(self):
        return reverse("reveal", args=[self.comparison.pk])


def progress(answer):
    """The (text, reasoning) of an answer now. One that a killed process left is closed first, and refreshed."""
    if answer.status != Answer.Status.STREAMING:
        return answer.text, answer.reasoning
    live = ANSWERS.get(answer.pk)
    if live is not None:
        return live.text, live.reasoning
    if answer.lease_until < timezone.now() and answering.close_stale(Answer.objects.filter(pk=answer.pk)):
        answer.refresh_from_db()
        return answer.text, answer.reasoning
    try:
        return drafts.read(answer.claim_token)
    except CACHE_AWAY:
        return answer.text, answer.reasoning


def answer_view(comparison, turn, answer, known):
    """`known` is given by names(), which may query: fragments are rendered where nothing may."""
    text, reasoning = progress(answer)
    view = AnswerView(comparison, turn, answer, text, reasoning, known)
    if not view.is_over:
        view.unfinished = Unfinished(view.dom, known, text, reasoning)
    return view


def names():
    """What would tell who answers, as of some seconds ago."""
    return masking.names(
        kept("names", lambda: tuple(LanguageModel.objects.values_list("name", "slug", "organisation__name")))
    )


def turn_views(comparison, number=None):
    """The comparison's turns in order, or that one alone, in a constant number of queries."""
    answers = Answer.objects.all()
    if comparison.revealed_at:
        answers = answers.select_related("model__organisation", "model__licence")
    turns = comparison.turns.order_by("number").select_related("vote").prefetch_related(Prefetch("answers", answers))
    turns = list(turns)
    for turn in turns:
        turn.vote_or_none = getattr(turn, "vote", None)
    comparison.is_voted = any(turn.vote_or_none for turn in turns)
    views, used, known = [], 0, names()
    for turn in turns:
        answers = list(turn.answers.all())
        if number in (None, turn.number):
            shown = [answer_view(comparison, turn, answer, known) for answer in answers]
            views.append(TurnView(comparison, turn, shown, turn is turns[-1], used))
            views[-1].measure()
        used += continuing.length(turn.prompt, *(answer.text for answer in answers))
    return views


SHOWN = ("side", "model_id", "status", "error_code", "text", "reasoning", "reasoning_ms", "claim_token", "lease_until")
"""What is shown of an answer before the reveal."""

FOLLOWED = (
    *SHOWN,
    *claims.CLAIMED_WITH,
    *("turn__comparison__language", "turn__comparison__revealed_at", "turn__comparison__receipt"),
    "turn__comparison__portal__theme",
)
"""What the fragments of a followed turn show, rendered where no query may be made; and what a claim needs."""


def last_turn_view(comparison_id, visitor_key):
    """The last turn of the visitor's comparison, in one query while it is written; None if not theirs."""
    owned = Comparison.objects.owned_by(visitor_key).filter(pk=comparison_id)
    answers = Answer.objects.filter(turn__comparison__in=owned).order_by("-turn__number", "side")[:2]
    answers = list(answers.select_related("turn__comparison__portal").only(*FOLLOWED))
    if not answers:
        return None
    known = names()
    turn = answers[0].turn
    view = TurnView(
        turn.comparison, turn, [answer_view(turn.comparison, turn, answer, known) for answer in answers], True
    )
    turn.vote_or_none = Vote.objects.filter(turn=turn).first() if view.is_over else None
    if turn.number > 1:
        view.used = continuing.used(turn.comparison, before=turn.number)
    view.measure()
    turn.comparison.is_voted = turn.vote_or_none is not None or (turn.number > 1 and has_vote(turn.comparison))
    return view


def has_vote(comparison):
    return Vote.objects.filter(turn__comparison=comparison).exists()


def vote_tags():
    """The words that may be ticked, as {polarity: tags}."""
    tags = VoteTag.offered()
    return {
        f"tags_{polarity}": [tag for tag in tags if tag.polarity == polarity] for polarity in VoteTag.Polarity.values
    }
