"""Queries from the event loop: one whole unit of work at a time, in threads of their own.

Channels' and Django's own bridges run everything outside a request in one shared thread, where one slow query delays
every visitor. Here each unit has a thread and a pooled connection for as long as it lasts, and holds nothing after.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps

from django.db import close_old_connections

THREADS = ThreadPoolExecutor(max_workers=6, thread_name_prefix="orm")


def unit_of_work(function):
    """Make a function that queries awaitable. It must return plain values or loaded rows, never a lazy queryset."""

    @wraps(function)
    async def awaitable(*args, **kwargs):
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(THREADS, partial(_run, function, *args, **kwargs))

    return awaitable


def _run(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    finally:
        close_old_connections()
