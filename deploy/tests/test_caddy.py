"""Caddy with our Caddyfile, in front of two processes that answer with what they were sent."""

import asyncio
import contextlib
import json
import os
import re
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

DEPLOY = Path(__file__).resolve().parents[1]
CADDY = Path(sys.executable).parent / "caddy"
SECONDS = 30


class Process:
    """Stands in for a process of the site: tells the headers it got, echoes on sockets."""

    def __init__(self):
        self.ready = 200

    async def answer(self, request):
        if request.path == "/readyz":
            return web.json_response({}, status=self.ready)
        if request.path == "/broken/":
            request.transport.abort()
        if request.path.startswith("/ws/"):
            line = web.WebSocketResponse()
            await line.prepare(request)
            async for message in line:
                await line.send_str(f"{request.headers['Origin']} {message.data}")
            return line
        return web.json_response({"port": self.port, "headers": {k.lower(): v for k, v in request.headers.items()}})

    async def start(self):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


class Front:
    def __init__(self, folder, processes):
        self.port, self.folder, self.log = free_port(), folder, folder / "caddy.log"
        self.address = f"https://localhost:{self.port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
            "SITE_HOSTS": self.address,
            "SITE_PROCESSES": " ".join(f"127.0.0.1:{process.port}" for process in processes),
            "ACME_EMAIL": "nobody@comparia.test",
            "CADDY_ADMIN": f"localhost:{free_port()}",
            "HTTP_PORT": str(free_port()),
            "HTTPS_PORT": str(self.port),
            "AWAY": str(DEPLOY),
        }

    async def until(self, ask):
        for _ in range(SECONDS * 10):
            with contextlib.suppress(OSError, aiohttp.ClientError):
                if await ask():
                    return
            await asyncio.sleep(0.1)
        pytest.fail(f"It did not happen. Caddy said: {self.log.read_text()}")

    async def ports(self):
        """The processes that three requests reach."""
        return {(await self.get("/"))["port"] for _ in range(3)}

    async def get(self, path, **options):
        async with self.client.get(self.address + path, **options) as response:
            return await response.json()


@contextlib.asynccontextmanager
async def front(folder):
    """Caddy, as it will run, and the two processes behind it."""
    processes = [Process(), Process()]
    for process in processes:
        await process.start()
    it = Front(folder, processes)
    with it.log.open("w") as log:
        command = [CADDY, "run", "--config", DEPLOY / "Caddyfile"]
        caddy = subprocess.Popen(command, env=it.environment, stdout=log, stderr=log)  # noqa: ASYNC220
        try:
            root = folder / "caddy/pki/authorities/local/root.crt"
            await it.until(lambda: asyncio.to_thread(root.exists))
            connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=root), force_close=True)
            async with aiohttp.ClientSession(connector=connector) as it.client:
                await it.until(it.ports)
                yield it, processes
        finally:
            caddy.kill()
            caddy.wait()
            for process in processes:
                await process.runner.cleanup()


@pytest.mark.asyncio
async def test_a_client_s_own_words_about_where_it_comes_from_are_thrown_away(tmp_path):
    lies = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.test",
        "Forwarded": "for=203.0.113.9",
        "X-Real-IP": "203.0.113.9",
        "X-Request-Id": "chosen",
    }
    async with front(tmp_path) as (it, _processes):
        got = (await it.get("/", headers=lies))["headers"]
    assert got["x-forwarded-for"] in ("127.0.0.1", "::1")  # one hop, so that TRUSTED_PROXIES is 1
    assert got["x-forwarded-proto"] == "https"
    assert got["x-forwarded-host"] == got["host"] == f"localhost:{it.port}"
    assert {"forwarded", "x-real-ip"} & got.keys() == set()
    assert re.fullmatch(r"[0-9a-f-]{36}", got["x-request-id"])


@pytest.mark.asyncio
async def test_sockets_pass_and_what_is_for_our_machines_does_not(tmp_path):
    async with front(tmp_path) as (it, _processes):
        address = it.address.replace("https", "wss") + "/ws/arene/1/"
        async with it.client.ws_connect(address, headers={"Origin": it.address}) as line:
            await line.send_str("hello")
            assert (await line.receive()).data == f"{it.address} hello"
        for path in ("/metrics", "/readyz", "/readyz?process"):
            async with it.client.get(it.address + path) as response:
                assert response.status == 404


@pytest.mark.asyncio
async def test_a_process_that_leaves_is_sent_nobody_and_without_any_a_page_says_to_wait(tmp_path):
    async with front(tmp_path) as (it, (first, second)):
        await it.until(lambda: both(it, first, second))
        first.ready = 503
        await it.until(lambda: only(it, second))
        await second.runner.cleanup()  # stops at once: nobody is ready any more
        await it.until(lambda: none(it))
        async with it.client.get(it.address + "/arene/") as response:
            page = await response.text()
            assert (response.status, response.headers["Retry-After"]) == (503, "10")
            assert (DEPLOY / "away.html").read_text() == page
            assert {"Server", "Via"} & response.headers.keys() == set()


@pytest.mark.asyncio
async def test_what_goes_wrong_is_written_without_who_asked_what(tmp_path):
    async with front(tmp_path) as (it, _processes):
        secret = {"params": {"secret": "phrase"}, "headers": {"Cookie": "visitor=phrase"}, "data": "prompt=phrase"}
        async with it.client.post(it.address + "/broken/", **secret) as response:
            assert response.status == 503
        assert [word for word in ("phrase", "visitor", "remote_ip", "client_ip") if word in it.log.read_text()] == []
        command = [CADDY, "adapt", "--config", DEPLOY / "Caddyfile"]
        done = await asyncio.to_thread(subprocess.run, command, env=it.environment, capture_output=True, check=True)
    told = json.loads(done.stdout)
    assert told["logging"]["logs"]["default"]["encoder"]["fields"] == {"request": {"filter": "delete"}}
    assert not any("logs" in server for server in told["apps"]["http"]["servers"].values())  # of accesses


async def both(it, first, second):
    return await it.ports() == {first.port, second.port}


async def only(it, process):
    return await it.ports() == {process.port}


async def none(it):
    async with it.client.get(it.address) as response:
        return response.status == 503
