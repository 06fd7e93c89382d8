"""The moderation model, from a request: off unless settings name one, and bounded in time and in number."""

import asyncio
import atexit
import logging
import threading
from functools import cache

from django.conf import settings

from arena import providers
from arena.providers import Endpoint, ErrorCode, ProviderError, moderations

from .models import BY_MODEL, Category

log = logging.getLogger(__name__)
AT_ONCE = threading.BoundedSemaphore(3)
"""Half of the threads that serve pages: a slow model must not take them all."""

NAMES = {
    Category.HATE: {"hate", "hate/threatening", "hate_and_discrimination"},
    Category.HARASSMENT: {"harassment", "harassment/threatening"},
    Category.SEXUAL: {"sexual"},
    Category.MINORS: {"sexual/minors", "minors"},
    Category.VIOLENCE: {"violence", "violence/graphic", "violence_and_threats"},
    Category.ILLICIT: {"illicit", "illicit/violent", "dangerous_and_criminal_content"},
}
"""As OpenAI, Mistral and our own instructions to a chat call them. Other names count for nothing."""


def is_configured():
    return bool(settings.MODERATION_BASE_URL)


def found_in(text):
    """The categories that the model finds in a text. Raises ProviderError if it does not say."""
    if not AT_ONCE.acquire(blocking=False):
        raise ProviderError(ErrorCode.OVERLOADED, "too many at once")
    try:
        said = asyncio.run_coroutine_threadsafe(_ask(text), _loop()).result()
    finally:
        AT_ONCE.release()
    return {category for category in BY_MODEL if NAMES[category] & said}


def found_or_away(text):
    """The same, or None if the model is down, slow, or cannot be understood."""
    try:
        return found_in(text)
    except ProviderError as error:
        log.warning("question not moderated: %s %s", error.code, error.detail)
        return None


async def _ask(text):
    endpoint = Endpoint("openai", settings.MODERATION_MODEL, settings.MODERATION_BASE_URL, settings.MODERATION_API_KEY)
    if settings.MODERATION_BY == "chat":
        return await moderations.classify(endpoint, text, settings.MODERATION_SECONDS, BY_MODEL)
    return await moderations.moderate(endpoint, text, settings.MODERATION_SECONDS)


@cache
def _loop():
    """A loop of its own, that keeps connections, and never waits for a host name past the limit of time."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="moderation", daemon=True).start()
    atexit.register(lambda: asyncio.run_coroutine_threadsafe(providers.close(), loop).result(1))
    return loop
