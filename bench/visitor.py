"""A visitor without a browser: the forms, pages and socket of the site over real HTTP, for tests and load."""

import re
import time
from html import unescape

import aiohttp

HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|submission_key)"\s+value="([^"]*)"')


class Visitor:
    """One person with their cookies. `origin` is the site's address, without a path."""

    def __init__(self, origin, language="fr"):
        self.origin = origin
        headers = {"Accept-Language": language, "Origin": origin}
        self.http = aiohttp.ClientSession(
            headers=headers,
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # a site on 127.0.0.1 has no name
        )
        self.token = ""
        self.received = 0
        """Bytes of the last page or fragment."""

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        await self.http.close()

    async def get(self, path, **options):
        """(status, text) of a page."""
        async with self.http.get(self.origin + path, **options) as response:
            return response.status, await self._text(response)

    async def post(self, path, fields=(), htmx=True, **options):
        """(status, text, headers) of a form sent as htmx does, or as a page without JavaScript does; no redirect is
        followed."""
        headers = {"X-CSRFToken": self.token} | ({"HX-Request": "true"} if htmx else {}) | options.pop("headers", {})
        data = aiohttp.FormData(list(fields.items()) if isinstance(fields, dict) else list(fields))
        async with self.http.post(
            self.origin + path, data=data, headers=headers, allow_redirects=False, **options
        ) as response:
            return response.status, await self._text(response), response.headers

    async def _text(self, response):
        self.received = len(await response.read())
        return await response.text()

    async def open_form(self):
        """Open the arena: its hidden fields, as {name: value}."""
        status, html = await self.get("/arene/")
        assert status == 200, status
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(html)}
        self.token = hidden.pop("csrfmiddlewaretoken")
        return hidden

    async def ask(self, prompt, models=(), **fields):
        """Ask a first question, of chosen models or at random; the path of the comparison's page."""
        hidden = await self.open_form()
        mode = "custom" if models else "random"
        sent = hidden | {"prompt": prompt, "mode": mode, "consent": "on"} | fields
        status, html, headers = await self.post(
            "/arene/", [*sent.items(), *(("models", slug) for slug in models)], htmx=False
        )
        assert status == 302, status
        return headers["Location"]

    def socket(self, path, **headers):
        """The socket of a comparison's page, to use with `async with`."""
        return self.http.ws_connect(f"{self.origin.replace('http', 'ws')}/ws{path}", headers=headers or None)

    async def follow(self, path, until="-actions"):
        """What the socket sends until both answers are over, as [(seconds, text)] from the opening."""
        began = time.perf_counter()
        messages = []
        async with self.socket(path) as socket:
            async for message in socket:
                messages.append((time.perf_counter() - began, message.data))
                if until in message.data:
                    break
        return messages

    async def vote(self, path, number=1, choice="a_better", **fields):
        return await self.post(f"{path}questions/{number}/vote/", {"choice": choice} | fields)

    async def reveal(self, path):
        return await self.post(f"{path}reveal/")
