"""What one page receives while answers are written: HTML fragments for the htmx socket.

First each unfinished side as it stands, whole, so that a reload or a reconnection neither loses nor doubles anything;
then only what is new, at once and afterwards each `flush_seconds()` at most, both sides in one message; last, each end.
"""

import asyncio
import time
from functools import lru_cache, partial
from html import escape

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from portals.caching import CACHE_AWAY, kept

from . import answering, drafts, presenting
from .database import beside_the_database, unit_of_work
from .live import ANSWERS, Watcher
from .markdown import IncrementalMarkdown
from .models import Answer

FLUSH_SECONDS = 0.1
SIDES_TOLD_A_SECOND = 1000
"""By one process: beyond, each page is told less often, so that all are told in time."""
LONG = 10_000  # characters at once that are rendered in a thread, so that the other pages go on
ELSEWHERE_SECONDS = 1  # between two looks at an answer that another process writes


class Side:
    """One side of the last turn, as far as this page has been told."""

    def __init__(self, view):
        self.dom = view.dom
        self.side = view.side
        self.answer = view.answer
        self.state = view.state
        self.unfinished = view.unfinished
        self.known = len(view.text), len(view.reasoning)
        self.live = ANSWERS.get(view.answer.pk)
        self.parts = None
        self.is_over = view.is_over

    def join(self):
        """From the whole text that the page was just given, go on by parts: the cost of each is its own length."""
        self.parts = (
            self._place(self.live.text_parts, self.known[0]),
            self._place(self.live.reasoning_parts, self.known[1]),
        )

    @staticmethod
    def _place(parts, length):
        """The index of the first part that starts at `length` or later; parts were whole when the page was made."""
        place = 0
        while length > 0:
            length -= len(parts[place])
            place += 1
        return place

    def news(self):
        """The (text, reasoning) that came since the last call, from this process."""
        if self.parts is None:
            self.join()
        texts, reasonings = self.live.text_parts, self.live.reasoning_parts
        text, reasoning = "".join(texts[self.parts[0] :]), "".join(reasonings[self.parts[1] :])
        self.parts = len(texts), len(reasonings)
        return text, reasoning

    def told(self, new, language):
        """The fragment that shows this much more (text, reasoning)."""
        text, reasoning = new
        html = ""
        if reasoning:
            html += self.thought(self.unfinished.think(reasoning))
        if text:
            html += self.unfinished.tell(text)
        state = "writing" if text or self.state == "writing" else "reasoning" if reasoning else self.state
        if state != self.state:
            self.state = state
            html += state_word(self.dom, state, language)
        return html

    def thought(self, reasoning):
        return f'<p id="{self.dom}r" hx-swap-oob="beforeend">{escape(reasoning, quote=False)}</p>' if reasoning else ""

    def finish(self):
        """The fragment that shows the end of the text and of the reasoning."""
        text, reasoning = self.unfinished.finish()
        return self.thought(reasoning) + text


async def open(comparison_id, visitor_key):
    """See that the visitor's comparison is being answered; its last turn, to follow. None if it is not theirs."""
    return await answering.start(comparison_id, partial(last_turn, comparison_id, visitor_key))


def waits(view):
    """Whether a side of the turn is written by nobody that is known here."""
    return any(each.status == Answer.Status.PENDING and each.answer.pk not in ANSWERS for each in view.answers)


async def follow(view):
    """Yield the fragments, in the comparison's language, until both answers of its last turn are over.

    Nothing once the comparison is revealed: the page then comes whole.
    """
    language = view.comparison.language
    if view.comparison.revealed_at:
        return
    sides = [Side(answer) for answer in view.answers]
    watcher = Watcher()
    seen = 0.0
    try:
        for html in messages(standing(view, language)):
            yield html
        for side in sides:
            if side.live is not None:
                side.live.watchers.add(watcher)
        while not all(side.is_over for side in sides):
            if time.monotonic() - seen > seen_every_seconds():
                seen = time.monotonic()
                await mark_seen(view.comparison.pk)
            watcher.news.clear()
            watcher.end.clear()
            fragments = await _news(view, sides, language)
            for html in messages(fragments):
                yield html
            if any(fragments):
                await _wait(watcher.end, flush_seconds())
            else:
                await _wait(watcher.news, patience(sides))
    finally:
        for side in sides:
            if side.live is not None:
                side.live.watchers.discard(watcher)


def messages(fragments):
    """The fragments in one message, or each in its own where they are long: daphne sends none over 1 MiB."""
    html = "".join(fragments)
    if len(html) <= LONG:
        return [html] if html else []
    return [fragment for fragment in fragments if fragment]


def flush_seconds():
    """Between two messages to a page: the more answers are being written here, the longer."""
    return max(FLUSH_SECONDS, len(ANSWERS) / SIDES_TOLD_A_SECOND)


def seen_every_seconds():
    """Often enough that a page which is there is never taken for gone."""
    return settings.ARENA_ABANDON_SECONDS / 3


def patience(sides):
    """Until it is time to look elsewhere, or to say that the page is still there."""
    is_elsewhere = any(not side.is_over and side.live is None for side in sides)
    return ELSEWHERE_SECONDS if is_elsewhere else seen_every_seconds()


async def _wait(event, seconds):
    """For the event, or for so long at most."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


async def _news(view, sides, language):
    fragments, ended = [], []
    for side in sides:
        if side.is_over:
            continue
        if side.live is None:
            answer, text, reasoning = await elsewhere(side.answer.pk)
            new = text[side.known[0] :], reasoning[side.known[1] :]
            side.known = len(text), len(reasoning)
            is_over = answer.is_over
        else:
            new = side.news()
            is_over = side.live.is_saved
        if len(new[0]) > LONG:
            fragments.append(await asyncio.to_thread(side.told, new, language))
        else:
            fragments.append(side.told(new, language))
        if is_over:
            ended.append(side)
    if ended:
        fragments += await ends(view, sides, ended, language)
    return fragments


def standing(view, language):
    """The turn as it is: each side whole, and what may be done once both are over."""
    with translation.override(language):
        *others, last = [whole(answer) for answer in view.answers]
        return [*others, last + actions(view) if view.is_over else last]


@lru_cache(maxsize=256)
def state_word(dom, state, language):
    """What an unfinished side is doing; the same for every visitor."""
    answer = {"dom": dom, "state": state, "is_over": False}
    with translation.override(language):
        return render_to_string("arena/_answer_state.html", {"answer": answer, "oob": True})


@lru_cache(maxsize=256)
def waiting(dom, side, language):
    """A side of which nothing came yet; the same for every visitor."""
    answer = {"dom": dom, "side": side, "state": "waiting", "html": mark_safe(IncrementalMarkdown(dom).html())}
    with translation.override(language):
        return render_to_string("arena/_answer.html", {"answer": answer, "oob": True})


def whole(answer):
    """One side, all of it."""
    if answer.state == "waiting":
        return waiting(answer.dom, answer.side, translation.get_language())
    return render_to_string("arena/_answer.html", {"answer": answer, "oob": True})


@lru_cache(maxsize=256)
def complete(dom, language):
    """The end of a side that answered all it had to say, without reasoning nor a name to hide: the same for all."""
    answer = {"dom": dom, "state": "complete", "is_over": True, "text": True}
    with translation.override(language):
        return render_to_string("arena/_answer_end.html", {"answer": answer, "oob": True})


def end_of(answer):
    """The end of a finished side."""
    if answer.state == "complete" and not answer.reasoning and not answer.is_masked:
        return complete(answer.dom, translation.get_language())
    return render_to_string("arena/_answer_end.html", {"answer": answer, "oob": True})


def actions(view):
    """What may be done now that both sides are over: for a first question not yet voted, the same but for addresses."""
    is_plain = view.can_follow_up and not view.left.is_near and not view.can_retry_both
    if view.number > 1 or view.vote or not is_plain:
        return rendered_actions(view)
    comparison = str(view.comparison.pk)
    key = f"actions:{view.comparison.portal.pk}:{translation.get_language()}"
    return kept(key, lambda: rendered_actions(view).replace(comparison, "{comparison}")).replace(
        "{comparison}", comparison
    )


def rendered_actions(view):
    comparison = view.comparison
    context = {"turn": view, "comparison": comparison, "portal": comparison.portal, "oob": True} | view.tags
    return render_to_string("arena/_actions.html", context)


def last_turn(comparison_id, visitor_key):
    """The last turn, with all that its fragments need: they are rendered without a query; then what waits in it."""
    view = presenting.last_turn_view(comparison_id, visitor_key)
    if view is None:
        return None, []
    view.tags = presenting.vote_tags() if view.is_over else {}
    return view, [side.answer for side in view.answers if side.status == Answer.Status.PENDING]


# --- Units of work ----------------------------------------------------------------------------------


@unit_of_work
def ends(view, sides, ended, language):
    """The end of these sides, from their rows: the page then shows what a reload would.

    The last of the text first; then together, since a page that is told that all is over listens no more, the state and
    the tools, or the whole side if it broke, and the vote once all are over.
    """
    rows = {answer.side: answer for answer in Answer.objects.filter(turn=view.turn).only(*presenting.SHOWN)}
    texts, end, known = [], "", view.answers[0].names
    with translation.override(language):
        for side in ended:
            answer = presenting.answer_view(view.comparison, view.turn, rows[side.side], known)
            if not answer.is_over:  # it could not be saved: the row will be closed when its lease ends
                side.live = None
                continue
            side.is_over = True
            if answer.answer.is_finished:
                texts.append(side.finish())
                answer.is_masked = side.unfinished.has_masked
                end += end_of(answer)
            else:
                end += whole(answer)
        if all(side.is_over for side in sides):
            view.answers = [
                presenting.answer_view(view.comparison, view.turn, rows[side.side], known) for side in sides
            ]
            view.measure()
            view.tags = presenting.vote_tags()
            if view.number > 1:  # an earlier question may have been voted meanwhile
                view.comparison.is_voted = presenting.has_vote(view.comparison)
            end += actions(view)
    return [*texts, end]


@unit_of_work
def elsewhere(answer_id):
    """An answer that another process writes, as far as the cache or its row tells."""
    answer = Answer.objects.get(pk=answer_id)
    return answer, *presenting.progress(answer)


@beside_the_database
def mark_seen(comparison_id):
    try:
        drafts.mark_seen(comparison_id)
    except CACHE_AWAY:
        return
