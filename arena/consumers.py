"""One socket per comparison: find the owner's comparison, follow it, push fragments. It writes nothing."""

import asyncio
import logging
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from autobahn.exception import Disconnected
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings
from django.http.request import validate_host

from portals.models import host_of

from . import following
from .visitors import key_in

log = logging.getLogger(__name__)
LONGEST_MESSAGE = 250_000
"""Characters, of four bytes at most: daphne silently sends nothing over 1 MiB."""


class ComparisonConsumer(AsyncConsumer):
    async def dispatch(self, message):
        """As Channels does, without closing the connections of the thread that all consumers share: none is used."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_connect(self, message):
        self.id, self.key = self.scope["url_route"]["kwargs"]["id"], visitor_key(self.scope)
        self.following = None
        view = await following.open(self.id, self.key) if is_same_origin(self.scope) else None
        self.is_open = view is not None
        if not self.is_open:
            await self.send({"type": "websocket.close", "code": 4404})
            return
        await self.send({"type": "websocket.accept"})
        self.following = asyncio.create_task(self.push(view))  # awaited here, it would delay the disconnection

    async def websocket_receive(self, message):
        """Whatever the page says means: there is something new to follow, such as a side asked again."""
        if self.is_open:
            self.following.cancel()
            self.following = asyncio.create_task(self.push())

    async def websocket_disconnect(self, message):
        if self.following is not None:
            self.following.cancel()
        raise StopConsumer

    async def push(self, view=None):
        try:
            view = view or await following.open(self.id, self.key)
            if view is None:  # erased meanwhile
                return await self.send({"type": "websocket.close", "code": 4404})
            async for html in following.follow(view):
                if len(html) > LONGEST_MESSAGE:
                    return await self.send({"type": "websocket.close", "code": 1009})  # the page asks over HTTP
                await self.send({"type": "websocket.send", "text": html})
        except Disconnected:  # the page closed while it was being sent to: its disconnection is about to be told
            return
        except Exception:  # whatever it is, the page must not wait for nothing: it opens another socket, or asks again
            log.exception("socket of %s closed", self.id)
            await self.send({"type": "websocket.close", "code": 1011})


def is_same_origin(scope):
    """Whether the page that opens the socket is of the host that it asks; false without an Origin."""
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    try:
        origin = urlsplit(headers.get(b"origin", b"").decode("latin-1"))
    except ValueError:  # no address at all
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
