"""Whether endpoints answer: each is asked for a word, and hung up on at its first token."""

import asyncio
from contextlib import aclosing

from django.conf import settings
from django.utils import timezone

from models_catalog import availability
from models_catalog.models import Endpoint, LanguageModel
from portals.caching import CACHE_AWAY

from . import answering, providers
from .database import unit_of_work

AT_ONCE = 4
QUESTION = [{"role": "user", "content": "Answer with one word: hello."}]
MAX_TOKENS = 16


def checkable():
    """The enabled endpoints of the enabled models."""
    endpoints = Endpoint.objects.filter(is_enabled=True, model__status=LanguageModel.Status.ENABLED)
    return endpoints.select_related("model").order_by("model__slug", "position", "pk")


def due(minute):
    """Those to check in this minute: each every ENDPOINT_CHECK_MINUTES, in turns; sooner after a pause."""
    every = settings.ENDPOINT_CHECK_MINUTES
    endpoints = list(checkable())
    states = availability.state_of(endpoint.pk for endpoint in endpoints)
    return [
        endpoint for endpoint in endpoints if endpoint.pk % every == minute % every or states[endpoint.pk].is_on_trial
    ]


async def check(endpoints):
    """Call each, some at once, and yield (endpoint, None or its ProviderError) as they come; the outcome is kept."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(endpoint):
        async with room:
            error = await _call(endpoint)
        await keep(endpoint.pk, error.code if error else "")
        return endpoint, error

    try:
        for checked in asyncio.as_completed([asyncio.create_task(one(endpoint)) for endpoint in endpoints]):
            yield await checked
    finally:
        await providers.close()


async def _call(endpoint):
    limits = providers.Limits(
        temperature=endpoint.temperature,
        max_tokens=MAX_TOKENS,
        first_token_seconds=settings.ARENA_FIRST_TOKEN_SECONDS,
        silence_seconds=settings.ARENA_SILENCE_SECONDS,
    )
    try:
        async with aclosing(providers.stream(answering.callable_endpoint(endpoint), QUESTION, limits)) as chunks:
            async for chunk in chunks:
                # A model that reasons out of sight may use its few tokens before it writes one: it works all the same.
                if chunk.text or chunk.reasoning or chunk.finish_reason == "length":
                    break
    except providers.ProviderError as error:
        return error
    return None


@unit_of_work
def keep(endpoint_id, code):
    """Tell the breaker what a call gave, and the catalogue that the endpoint answered."""
    if not code:
        Endpoint.objects.filter(pk=endpoint_id).update(answered_at=timezone.now())
    if code and code not in providers.ENDPOINT_FAULTS:
        return
    try:
        availability.record([(endpoint_id, code)])
    except CACHE_AWAY:
        return
