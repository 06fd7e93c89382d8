"""What daphne leaves without bounds: a request that is too big or comes too slowly, a client that reads too slowly."""

import asyncio
import time

from daphne import http_protocol, ws_protocol
from django.conf import settings
from django.core.exceptions import RequestAborted

MOST_BUFFERED = 2 * 1024 * 1024
"""Bytes that may wait for one socket: two answers of the longest, whole."""
AHEAD = 256 * 1024
"""Bytes of a file that are read before the client took what was sent."""
LOOK_SECONDS = 0.05


def buffered(transport):
    """Bytes that the client did not take yet. Twisted has no public name for them; its version is pinned."""
    return len(transport.dataBuffer) - transport.offset + transport._tempDataLen


class Request(http_protocol.WebRequest):
    """One request, refused once it is bigger, or takes longer to come, than any form of the site."""

    is_refused = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.began = time.monotonic()

    def gotLength(self, length):
        super().gotLength(length)
        if (length or 0) > settings.LARGEST_REQUEST_BYTES:
            self.refuse(b"413 Content Too Large")

    def handleContentChunk(self, data):
        if self.content.tell() + len(data) > settings.LARGEST_REQUEST_BYTES:
            return self.refuse(b"413 Content Too Large")
        super().handleContentChunk(data)

    def process(self):
        return None if self.is_refused else super().process()

    def check_timeouts(self):
        has_come = hasattr(self, "request_start")
        if not has_come and time.monotonic() - self.began > settings.SLOWEST_REQUEST_SECONDS:
            return self.refuse(b"408 Request Timeout")
        super().check_timeouts()

    def refuse(self, status):
        if not self.is_refused:
            self.is_refused = True
            self.channel.transport.write(b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % status)
            self.channel.loseConnection()


class Socket(ws_protocol.WebSocketProtocol):
    """One socket, dropped once too much waits for its client."""

    def serverSend(self, content, binary=False):
        if buffered(self.transport) > MOST_BUFFERED:
            return self.dropConnection(abort=True)
        super().serverSend(content, binary)

    def serverClose(self, code=None):
        """With the codes that say when to come back, too, which autobahn keeps for itself."""
        self.sendCloseFrame(code=code or 1000)


async def taken(send):
    """Wait until the client took nearly all that was sent. Raises RequestAborted if it is gone, or takes nothing for
    too long."""
    request = getattr(send, "args", (None,))[0]
    if not isinstance(request, Request):
        return
    end, before = 0, None
    while hasattr(request, "channel"):  # which it lets go of once it is finished
        if request.channel is None:
            raise RequestAborted
        left = buffered(request.channel.transport)
        if left < AHEAD:
            return
        if left != before:
            before, end = left, time.monotonic() + settings.SLOWEST_REQUEST_SECONDS
        elif time.monotonic() > end:
            request.channel.forceAbortClient()
            raise RequestAborted
        await asyncio.sleep(LOOK_SECONDS)


def no_line(factory, request):
    """Instead of Twisted's line for each request, with the visitor's address, which nobody reads."""


def bound():
    http_protocol.WebRequest = Request
    http_protocol.HTTPFactory.log = no_line
    ws_protocol.WebSocketFactory.protocol = Socket
