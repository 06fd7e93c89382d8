"""Queries from the event loop: one whole unit of work at a time, in threads of their own.

Channels' and Django's own bridges run everything outside a request in one shared thread, where one slow query delays
every visitor. Here each unit has a thread and a pooled connection for as long as it lasts, and holds nothing after.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps

from django.conf import settings
from django.db import OperationalError, close_old_connections

THREADS = ThreadPoolExecutor(max_workers=6, thread_name_prefix="orm")
ASIDE = ThreadPoolExecutor(max_workers=2, thread_name_prefix="cache")


def unit_of_work(function, threads=THREADS):
    """Make a function that queries awaitable. It must return plain values or loaded rows, never a lazy queryset.

    Raises OperationalError past DATABASE_UNIT_SECONDS, waiting for a thread included; a query that hangs in a driver
    then keeps its thread, and nobody waits for it.
    """

    @wraps(function)
    async def awaitable(*args, **kwargs):
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(settings.DATABASE_UNIT_SECONDS):
                return await loop.run_in_executor(threads, partial(_run, function, *args, **kwargs))
        except TimeoutError:
            raise OperationalError(f"{function.__name__} took too long") from None

    return awaitable


def beside_the_database(function):
    """The same for what asks the cache alone: it does not wait behind queries."""
    return unit_of_work(function, ASIDE)


def _run(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    finally:
        close_old_connections()
