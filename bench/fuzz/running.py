"""Rounds of attacks, each on rows made anew: what they break of the site's data must not make the rest easy."""

import asyncio
import http.client

import aiohttp
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bench.fuzz import attacks

SOCKET_SECONDS = 30
ENDS = (aiohttp.WSMsgType.PONG, aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
BROKEN = 1011


def assault(ground, examples, number):
    """A round, the same for the same number. Raises AssertionError with the smallest request that breaks something."""

    def runs(function, strategies, count):
        profile = settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        profile(seed(number)(given(**strategies)(function)))()

    more = {"written": attacks.bodies(), "more": attacks.headers()}
    runs(form_holds(ground), {"form": attacks.submissions(ground)} | more, examples)
    addresses = {"path": attacks.paths(ground), "method": st.sampled_from(attacks.METHODS)}
    runs(address_holds(ground), addresses | more, examples // 2)
    messages = st.lists(st.one_of(attacks.texts(), st.binary(max_size=200)), max_size=5)
    socket = {"path": st.sampled_from(ground.sockets), "messages": messages, "more": attacks.headers()}
    runs(socket_holds(ground), socket, examples // 4)


def form_holds(ground):
    def holds(form, written, more):
        method, path, fields = form
        answered(ground, method, path, fields, written, more)

    return holds


def address_holds(ground):
    def holds(path, method, written, more):
        answered(ground, method, path, (), written, more)

    return holds


def answered(ground, method, path, fields, written, more):
    try:
        status, _body = attacks.send(ground, method, path, fields, written, more)
    except (http.client.HTTPException, ConnectionError):
        return  # the server would not read it at all, and said so by closing
    assert status < 500 or status == 503, f"{status} for {method} {path}"


def socket_holds(ground):
    def holds(path, messages, more):
        asyncio.run(talk(ground, path, messages, more))

    return holds


async def talk(ground, path, messages, more):
    """Say all of it on a socket; it must answer, or close, and never for an error of its own."""
    url = f"http://127.0.0.1:{ground.port}{path}"
    given = {"Origin": f"http://127.0.0.1:{ground.port}", "Cookie": ground.cookie} | clean(more)
    async with asyncio.timeout(SOCKET_SECONDS), aiohttp.ClientSession() as client:
        try:
            async with client.ws_connect(url, headers=given, autoping=False) as socket:
                for message in messages:
                    if isinstance(message, bytes):
                        await socket.send_bytes(message)
                    else:
                        await socket.send_str(message.encode(errors="replace").decode())
                await socket.ping()
                while (heard := await socket.receive()).type not in ENDS:
                    pass
                assert heard.data != BROKEN, f"the socket of {path} broke"
        except aiohttp.WSServerHandshakeError as refusal:
            assert refusal.status < 500, f"{refusal.status} for the socket of {path}"
        except (aiohttp.ClientError, ConnectionError):
            return


def clean(more):
    """Without what the client's library would not send."""
    return {name: value.replace("\0", "") for name, value in more.items() if value.isascii() and value.isprintable()}
