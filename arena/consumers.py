"""One socket per comparison: find the owner's comparison, follow it, push fragments. It writes nothing."""

import asyncio
import logging
import time
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from autobahn.exception import Disconnected
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings
from django.http.request import validate_host

from portals.models import host_of

from . import answering, following, metrics
from .visitors import key_in

log = logging.getLogger(__name__)
LONGEST_MESSAGE = 250_000
"""Characters, of four bytes at most: daphne silently sends nothing over 1 MiB."""
REOPEN_SECONDS = 1
"""Between two looks that a page asks for, however often it asks."""
ELSEWHERE, LATER = 1012, 1013
"""Codes after which htmx opens another socket, after a random pause that grows."""

OPEN = set()
"""The consumers of this process whose sockets are open."""
metrics.SOCKETS.set_function(lambda: len(OPEN))


async def leave(even_followed=False):
    """Close the sockets that bring nothing now, or all of them: their pages open others, of another process."""
    for consumer in list(OPEN):
        if even_followed or not consumer.is_following:
            await consumer.close(ELSEWHERE)


class ComparisonConsumer(AsyncConsumer):
    is_open, following = False, None

    async def dispatch(self, message):
        """As Channels does, without closing the connections of the thread that all consumers share: none is used."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_connect(self, message):
        self.id, self.key = self.scope["url_route"]["kwargs"]["id"], visitor_key(self.scope)
        self.opened = time.monotonic()
        if code := self.refusal():
            await self.send({"type": "websocket.accept"})
            return await self.send({"type": "websocket.close", "code": code})
        self.is_open = True
        OPEN.add(self)
        view = await following.open(self.id, self.key) if is_same_origin(self.scope) else None
        if not self.is_open:  # closed meanwhile, since the process leaves
            return
        if view is None:
            return await self.close(4404)
        await self.send({"type": "websocket.accept"})
        self.following = asyncio.create_task(self.push(view))  # awaited here, it would delay the disconnection

    def refusal(self):
        """The code that says why this process takes no socket more; None if it does."""
        if answering.is_leaving():
            return ELSEWHERE
        if len(OPEN) >= settings.ARENA_MOST_SOCKETS:
            return LATER
        if sum(1 for each in OPEN if each.key == self.key) >= settings.ARENA_MOST_SOCKETS_OF_VISITOR:
            return LATER
        return None

    @property
    def is_following(self):
        return self.following is not None and not self.following.done()

    async def websocket_receive(self, message):
        """Whatever the page says means: there is something new to follow, such as a side asked again."""
        if self.is_open and answering.is_leaving():
            return await self.close(ELSEWHERE)
        if self.is_open:
            self.following.cancel()
            self.following = asyncio.create_task(self.push())

    async def websocket_disconnect(self, message):
        OPEN.discard(self)
        if self.following is not None:
            self.following.cancel()
        raise StopConsumer

    async def close(self, code):
        OPEN.discard(self)
        self.is_open = False
        if self.is_following and self.following is not asyncio.current_task():
            self.following.cancel()
        await self.send({"type": "websocket.close", "code": code})

    async def push(self, view=None):
        try:
            if view is None:
                await asyncio.sleep(self.opened + REOPEN_SECONDS - time.monotonic())
                self.opened = time.monotonic()
                view = await following.open(self.id, self.key)
            if view is None:  # erased meanwhile
                return await self.close(4404)
            if following.waits(view) and not answering.has_room():
                return await self.close(LATER)
            async for html in following.follow(view):
                if len(html) > LONGEST_MESSAGE:
                    return await self.close(1009)  # the page asks over HTTP
                await self.send({"type": "websocket.send", "text": html})
            if answering.is_leaving():
                await self.close(ELSEWHERE)
        except Disconnected:  # the page closed while it was being sent to: its disconnection is about to be told
            return
        except Exception:  # whatever it is, the page must not wait for nothing: it opens another socket, or asks again
            log.exception("socket of %s closed", self.id)
            await self.close(1011)


def is_same_origin(scope):
    """Whether the page that opens the socket is of the host that it asks, by https where the site is; false without
    an Origin."""
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    try:
        origin = urlsplit(headers.get(b"origin", b"").decode("latin-1"))
    except ValueError:  # no address at all
        return False
    if not settings.LOCAL and origin.scheme != "https":
        return False
    return bool(host) and origin.netloc == host and validate_host(host_of(host), settings.ALLOWED_HOSTS)


def visitor_key(scope):
    cookies = SimpleCookie()
    try:
        for name, value in scope["headers"]:
            if name == b"cookie":
                cookies.load(value.decode("latin-1"))
    except CookieError:
        return None
    return key_in({name: morsel.value for name, morsel in cookies.items()})
