"""The local models behind one OpenAI-compatible address: llama.cpp answers, a small router chooses by ``model``.

Each model has its own llama.cpp server in this process, on a free port of the loopback. What a model needs to answer
well (template, stop strings, penalty) is set here: a request carries only what any provider's does.
"""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from .processes import LocalError, listens
from .weights import Model, models

DEFAULT_URL = "http://127.0.0.1:9100/v1"
CONTEXT_TOKENS = 4096  # for each conversation
CONVERSATIONS = 2  # that a model answers at once; others wait
PROMPT_CACHE_MIB = 256
BACKENDS = web.AppKey("BACKENDS", Mapping[str, str])
SESSION = web.AppKey("SESSION", aiohttp.ClientSession)


def main(directory: Path) -> None:
    """Serve the weights of ``directory`` until SIGTERM or SIGINT. Raises LocalError."""
    address = urlsplit(os.environ.get("LOCAL_MODELS_URL", DEFAULT_URL))
    host, port = address.hostname or "127.0.0.1", address.port or 9100
    if listens(port, host):
        raise LocalError(
            f"Port {port}, for the local models, is in use. Stop the program that uses it, or choose another: "
            f"LOCAL_MODELS_URL=http://127.0.0.1:{port + 1}/v1"
        )
    present = [model for model in models() if model.file(directory).exists()]
    if not present:
        raise LocalError("No weights are here yet: run `python -m deploy.local weights` first.")
    servers = {model.id: start(model, directory) for model in present}
    print(f"Serving {', '.join(servers)} on {host}:{port}", flush=True)
    backends = {name: server.listening_address for name, server in servers.items()}
    asyncio.run(_serve(router(backends), host, port))
    del servers  # stops them


def start(model: Model, directory: Path) -> Any:
    """A llama.cpp server for one model; returns once it can answer."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model.file(directory))
    params.model_alias = {model.id}
    params.n_parallel = CONVERSATIONS
    params.n_ctx = CONTEXT_TOKENS * CONVERSATIONS
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads()
    params.ui = False
    params.verbosity = 1  # errors: prompts never reach a log
    if template := model.server.get("chat_template"):
        params.chat_template = (Path(__file__).parent / template).read_text()
    params.antiprompt = model.server.get("stop", [])
    params.sampling.penalty_repeat = model.server.get("repeat_penalty", 1.0)
    return xllamacpp.Server(params)


def threads() -> int:
    """Threads of each model: two answer at once, so half the cores each. On two cores, sharing both is faster."""
    return max(2, min(8, (os.cpu_count() or 2) // 2))


def router(backends: Mapping[str, str]) -> web.Application:
    """``POST /v1/chat/completions`` goes to the address of its ``model``; ``GET /v1/models`` lists them."""
    app = web.Application(client_max_size=4_000_000)
    app[BACKENDS] = backends
    app.cleanup_ctx.append(_open_session)
    app.router.add_get("/v1/models", list_models)
    app.router.add_post("/v1/chat/completions", complete)
    return app


async def list_models(request: web.Request) -> web.Response:
    """What ``model`` may be."""
    return web.json_response(
        {"object": "list", "data": [{"id": name, "object": "model"} for name in request.app[BACKENDS]]}
    )


async def complete(request: web.Request) -> web.StreamResponse:
    """Pass the answer on as it comes."""
    backends = request.app[BACKENDS]
    try:
        body = await request.json()
        backend = backends[body["model"]]
    except (json.JSONDecodeError, KeyError, TypeError):
        return _refuse(404, f"No such model here. Models: {', '.join(backends)}.")
    try:
        async with request.app[SESSION].post(f"{backend}/v1/chat/completions", json=body) as answer:
            response = web.StreamResponse(
                status=answer.status, headers={"Content-Type": answer.headers["Content-Type"]}
            )
            await response.prepare(request)
            async for block in answer.content.iter_any():
                await response.write(block)
            await response.write_eof()
            return response
    except aiohttp.ClientConnectorError:
        return _refuse(503, "This model does not answer.")


async def _open_session(app: web.Application) -> AsyncIterator[None]:
    # No limit of time: the client decides, and its leaving stops the model.
    timeout, connector = aiohttp.ClientTimeout(total=None), aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as app[SESSION]:
        yield


def _refuse(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"code": status, "message": message}}, status=status)


async def _serve(app: web.Application, host: str, port: int) -> None:
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    # Cancelling a handler when its client leaves is what stops the generation.
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    await stopped.wait()
    await runner.cleanup()
