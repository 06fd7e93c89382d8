"""HTTP by Django, each request whole in one thread, and no more of them than the process can answer soon.

Django's own handler crosses to a thread and back for every middleware and every signal, and starts a thread for each
request. Nothing here is asynchronous between a request and its response, so one crossing is enough; and no more
requests than there are threads use the database at once, however many come.

A request that finds too many waiting, or takes too long, is turned away with 503 and a page that keeps what was sent:
by a thread that asks nothing of the database, so that it never waits for what is slow.
"""

import asyncio
import contextvars
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO

from django.conf import settings
from django.core import signals
from django.core.exceptions import MiddlewareNotUsed, RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpResponse
from django.urls import set_script_prefix
from django.utils.module_loading import import_string

from portals.views import busy

from . import connections, leaving

log = logging.getLogger(__name__)
THREADS = ThreadPoolExecutor(max_workers=6, thread_name_prefix="http")
ASIDE = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")
PROBING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="probe")
APART = {"/healthz": ASIDE, "/readyz": PROBING, "/metrics": PROBING}
"""What machines ask is answered however many visitors wait."""
PORTAL = "portals.middleware.PortalMiddleware"
"""The first of the middleware that may ask the database."""
LARGEST_KEPT = 500_000
"""Bytes of a form that the page which turns it away keeps: the longest question, each letter escaped."""


class Handler(ASGIHandler):
    def __init__(self):
        super().__init__()
        self.running = 0
        """Requests that have no whole response yet."""
        self.jobs = set()
        """Those that wait for a thread, or have one."""

    def load_middleware(self, is_async=False):
        super().load_middleware(is_async=False)
        turning_away = convert_exception_to_response(busy)
        for path in reversed(settings.MIDDLEWARE[: settings.MIDDLEWARE.index(PORTAL)]):
            try:
                turning_away = convert_exception_to_response(import_string(path)(turning_away))
            except MiddlewareNotUsed:
                continue
        self.turning_away = turning_away

    async def handle(self, scope, receive, send):
        try:
            body_file = await self.read_body(receive)
        except RequestAborted:
            return
        self.running += 1
        try:
            await self.answer(scope, body_file, send)
        except RequestAborted:
            return
        finally:
            self.running -= 1

    async def answer(self, scope, body_file, send):
        response = await self.respond_soon(scope, body_file)
        if leaving.is_leaving():
            response.headers["Connection"] = "close"
        if not response.streaming:
            return await self.send_response(response, send)
        try:
            await self.send_response(response, partial(paced, send))
        finally:
            await asyncio.get_running_loop().run_in_executor(THREADS, response.close)

    async def respond_soon(self, scope, body_file):
        """The response to the request, or the page that turns it away."""
        form = kept(body_file)
        of_process = scope["path"] == "/readyz" and scope["query_string"] == b"process"
        executor = ASIDE if of_process else APART.get(scope["path"], THREADS)
        if executor is not THREADS or self.has_room():
            job = executor.submit(contextvars.copy_context().run, self.respond, scope, body_file)
            self.jobs.add(job)
            try:
                async with asyncio.timeout(settings.REQUEST_SECONDS):
                    return await asyncio.wrap_future(job)
            except TimeoutError:  # cancelled if it had not begun; else it goes on, and nobody waits for it
                log.warning("a request was turned away: it took too long")
                job.add_done_callback(forget)
            finally:
                if job.done():
                    self.jobs.discard(job)
        if executor is not THREADS:
            return HttpResponse(status=503)
        away = partial(self.respond, scope, BytesIO(form), self.turning_away)
        return await asyncio.get_running_loop().run_in_executor(ASIDE, contextvars.copy_context().run, away)

    def has_room(self):
        if len(self.jobs) >= settings.MOST_REQUESTS:
            self.jobs = {job for job in self.jobs if not job.done()}
        return len(self.jobs) < settings.MOST_REQUESTS

    def respond(self, scope, body_file, get_response=None):
        """The response to a request; closed, its connection given back, unless it streams."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        with body_file:
            request, response = self.create_request(scope, body_file)
            if request is not None:
                response = (get_response or self.get_response)(request)
                response._handler_class = self.__class__
        if not response.streaming:
            response.close()
        return response


def kept(body_file):
    """What was sent, if it is short enough to be kept."""
    body = body_file.read(LARGEST_KEPT + 1)
    body_file.seek(0)
    return body if len(body) <= LARGEST_KEPT else b""


def forget(job):
    if not job.cancelled() and job.exception() is None:
        job.result().close()


async def paced(send, message):
    """Send a piece of a long response once the client has taken the pieces before."""
    await send(message)
    await connections.taken(send)
