import asyncio

from celery import shared_task
from django.utils import timezone

from . import answering, checking, counting
from .watching import watching


@shared_task(name="arena.close_stale_answers")
def close_stale_answers():
    return answering.close_stale()


@shared_task(name="arena.count_votes")
def count_votes():
    counting.count_votes()


@shared_task(name="arena.watch_votes")
def watch_votes():
    watching.watch()


@shared_task(name="arena.check_endpoints")
def check_endpoints():
    """Those whose turn it is in this minute, and that can be called at all."""
    minute = int(timezone.now().timestamp() // 60)
    asyncio.run(_check([endpoint for endpoint in checking.due(minute) if not endpoint.missing()]))


async def _check(endpoints):
    async for _endpoint, _error in checking.check(endpoints):
        pass
