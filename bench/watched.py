"""The site, and at one address more what only its own process can count."""

import asyncio
import gc
import json

from bench.processes import INSIDE
from comparia.asgi import application as site


async def application(scope, receive, send):
    if scope["type"] != "http" or scope["path"] != INSIDE:
        return await site(scope, receive, send)
    found = {"tasks": len(asyncio.all_tasks())}
    if scope["query_string"] == b"collect":
        gc.collect()
        found = {"objects": len(gc.get_objects())}
    body = json.dumps(found).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})
