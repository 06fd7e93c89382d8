"""Asked to stop, the process leaves in order, within SHUTDOWN_SECONDS; asked twice, it ends at once.

At once: /readyz says 503, nothing more is asked of a model here, quiet sockets are closed with 1012, so that their
pages open them elsewhere. Pages are still served, and answers still written to those who follow them. Then what is
not finished is saved as it stands, what had not begun is left to another process, and the process ends.
"""

import asyncio
import logging
import os
import signal
import threading
import time

from django.conf import settings

from arena import answering, consumers

log = logging.getLogger(__name__)
WRITING_SHARE = 0.8
"""Of SHUTDOWN_SECONDS, what answers have to end by themselves; the rest is for saving."""
STEP_SECONDS = 0.05

_leaving = None


def is_leaving():
    return _leaving is not None


def at_signals(handler, reactor):
    """Leave at SIGTERM or SIGINT, instead of stopping at once. `handler` knows the requests that run."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def begin():
        global _leaving
        _leaving = loop.create_task(leave(handler, reactor))

    def asked(number, frame):
        for each in signals:
            signal.signal(each, signal.SIG_DFL)
        loop.call_soon_threadsafe(begin)
        _end_by_force(settings.SHUTDOWN_SECONDS + 1)

    for each in signals:
        signal.signal(each, asked)


async def leave(handler, reactor):
    try:
        await _leave(handler, reactor)
    except Exception:
        log.exception("not left in order")
    reactor.stop()


async def _leave(handler, reactor):
    began = time.monotonic()
    log.info("leaving: %d answers are being written, %d sockets are open", len(answering.ANSWERS), len(consumers.OPEN))
    answering.leave()
    await consumers.leave()
    limit = began + settings.SHUTDOWN_SECONDS
    await asyncio.sleep(min(settings.SHUTDOWN_NOTICE_SECONDS, settings.SHUTDOWN_SECONDS * WRITING_SHARE))
    await _until(lambda: not answering.ANSWERS, began + settings.SHUTDOWN_SECONDS * WRITING_SHARE - time.monotonic())
    unfinished = len(answering.ANSWERS)
    for port in listening(reactor):
        port.stopListening()
    await asyncio.wait([asyncio.ensure_future(answering.finish_all())], timeout=max(limit - time.monotonic(), 0))
    await _until(lambda: not handler.running, limit - time.monotonic())
    await consumers.leave(even_followed=True)
    log.info("left: %d answers were not finished", unfinished)


def listening(reactor):
    from twisted.internet.tcp import Port

    return [reader for reader in reactor.getReaders() if isinstance(reader, Port)]


async def _until(condition, seconds):
    """Wait for it, so long at most."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:  # noqa: ASYNC110 - what is waited for has no event
        await asyncio.sleep(STEP_SECONDS)


def _end_by_force(seconds):
    """A thread that hangs in a driver would keep the process from ending: what it writes is a draft by now."""
    timer = threading.Timer(seconds, os._exit, [1])
    timer.daemon = True
    timer.start()
