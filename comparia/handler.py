"""HTTP by Django, each request whole in one thread.

Django's own handler crosses to a thread and back for every middleware and every signal, and starts a thread for each
request. Nothing here is asynchronous between a request and its response, so one crossing is enough; and no more
requests than there are threads use the database at once, however many come.
"""

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.urls import set_script_prefix

from . import leaving

THREADS = ThreadPoolExecutor(max_workers=6, thread_name_prefix="http")


class Handler(ASGIHandler):
    running = 0
    """Requests that have no whole response yet."""

    def load_middleware(self, is_async=False):
        super().load_middleware(is_async=False)

    async def handle(self, scope, receive, send):
        try:
            body_file = await self.read_body(receive)
        except RequestAborted:
            return
        self.running += 1
        try:
            await self.answer(scope, body_file, send)
        finally:
            self.running -= 1

    async def answer(self, scope, body_file, send):
        run, loop = contextvars.copy_context().run, asyncio.get_running_loop()
        response = await loop.run_in_executor(THREADS, run, self.respond, scope, body_file)
        if leaving.is_leaving():
            response.headers["Connection"] = "close"
        await self.send_response(response, send)
        if response.streaming:
            await loop.run_in_executor(THREADS, run, response.close)

    def respond(self, scope, body_file):
        """The response to a request; closed, its connection given back, unless it streams."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        with body_file:
            request, response = self.create_request(scope, body_file)
            if request is not None:
                response = self.get_response(request)
                response._handler_class = self.__class__
        if not response.streaming:
            response.close()
        return response
