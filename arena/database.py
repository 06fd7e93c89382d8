"""Queries from the event loop: one whole unit of work at a time, in threads of their own.

Channels' and Django's own bridges run everything outside a request in one shared thread, where one slow query delays
every visitor. Here each unit has a thread and a pooled connection for as long as it lasts, and holds nothing after.

And, for jobs that read a great deal, queries while what came before is worked on.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, close_old_connections, connections

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


def ahead(batches):
    """The same batches, each fetched by a thread while the one before is used; the first that is empty is the end.

    On the connection of whoever asks, who leaves it alone until then, and closes what he does not read to its end: all
    that is read is of one moment.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    connection.inc_thread_sharing()
    try:
        with ThreadPoolExecutor(1, "ahead", connections.__setitem__, (DEFAULT_DB_ALIAS, connection)) as thread:
            coming = thread.submit(next, batches, None)
            while batch := coming.result():
                coming = thread.submit(next, batches, None)
                yield batch
    finally:
        connection.dec_thread_sharing()
