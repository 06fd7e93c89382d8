"""The site, and at one address more what only its own process can count."""

import asyncio
import json

from bench.processes import INSIDE
from comparia.asgi import application as site


async def application(scope, receive, send):
    if scope["type"] != "http" or scope["path"] != INSIDE:
        return await site(scope, receive, send)
    body = json.dumps({"tasks": len(asyncio.all_tasks())}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})
