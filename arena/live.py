"""The answers that this process is writing now, and who waits for them."""

import asyncio
import time

from .models import Answer


class Watcher:
    """Who waits for answers: for anything new of them, or for the end of one."""

    def __init__(self):
        self.news = asyncio.Event()
        self.end = asyncio.Event()


class Live:
    """One answer as it comes. Observers keep their place in `text_parts` and `reasoning_parts`, which only grow."""

    def __init__(self, claim):
        self.task = None
        self.text_parts = []
        self.reasoning_parts = []
        self.ask_again(claim)
        self.first_token_at = None
        self.reasoning_ended_at = None
        self.last_seen = time.time()
        self.cancelled_as = Answer.Status.INTERRUPTED
        self.is_saved = False
        self.drafted = ((0, 0), (0, 0))
        self.watchers = set()

    def ask_again(self, claim):
        """Another try begins; nothing is kept of the one before, of which no token came."""
        self.claim = claim
        self.usage = None
        self.finish_reason = ""
        self.generation_id = ""
        self.started = time.monotonic()

    @property
    def has_begun(self):
        """A first token came: from then on nobody else is asked."""
        return self.first_token_at is not None

    @property
    def text(self):
        return "".join(self.text_parts)

    @property
    def reasoning(self):
        return "".join(self.reasoning_parts)

    @property
    def seconds(self):
        """Since the provider was called."""
        return time.monotonic() - self.started

    @property
    def first_token_ms(self):
        return None if self.first_token_at is None else round((self.first_token_at - self.started) * 1000)

    @property
    def reasoning_ms(self):
        """How long it reasoned before it wrote; None if it did not reason."""
        if not self.reasoning_parts:
            return None
        return round(((self.reasoning_ended_at or time.monotonic()) - self.first_token_at) * 1000)

    def add(self, chunk):
        """Take a provider's chunk in, and wake who waits."""
        if chunk.text or chunk.reasoning:
            now = time.monotonic()
            if self.first_token_at is None:
                self.first_token_at = now
            if chunk.reasoning:
                self.reasoning_parts.append(chunk.reasoning)
            if chunk.text:
                if self.reasoning_ended_at is None:
                    self.reasoning_ended_at = now
                self.text_parts.append(chunk.text)
            self.wake()
        self.usage = chunk.usage or self.usage
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.generation_id = chunk.generation_id or self.generation_id

    def undrafted(self):
        """What came since the last call, as the pieces of a draft: (offset, bytes) of the text, then of the reasoning.

        `drafted` holds the place reached in each: (index of the next part, offset in bytes). Set it back to send again.
        """
        pieces, places = [], []
        for parts, (index, offset) in zip((self.text_parts, self.reasoning_parts), self.drafted, strict=True):
            piece = "".join(parts[index:]).encode()
            pieces.append((offset, piece))
            places.append((len(parts), offset + len(piece)))
        self.drafted = tuple(places)
        return pieces

    def wake(self):
        for watcher in self.watchers:
            watcher.news.set()

    def saved(self):
        """Its row tells how it ended."""
        self.is_saved = True
        for watcher in self.watchers:
            watcher.news.set()
            watcher.end.set()

    def end(self, status):
        """Stop reading, keeping what came; `status` tells why: stopped by the visitor, or interrupted."""
        self.cancelled_as = status
        self.task.cancel()


ANSWERS: dict[int, Live] = {}
