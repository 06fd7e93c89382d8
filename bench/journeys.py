"""The load: visitors who ask, follow, vote and reveal. A process of its own, so that its work is not the site's.

    python -m bench.journeys < plan.json > results.json

The plan is a `Plan`, the results a `Load`. Messages are searched for two marks and counted, nothing more.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field

import aiohttp

from bench.processes import cpu_seconds
from bench.visitor import Visitor

PROMPT = "Pourquoi le ciel est-il bleu le jour et noir la nuit ?"
FIRST_TOKEN = b'data-state="writing"'
END = b"-actions"
PATIENCE_SECONDS = 120
FEW = 8  # at once, where a step is only prepared or its cost measured
STEPS = ("form", "post", "page", "socket", "vote", "reveal")


@dataclass(frozen=True)
class Plan:
    """Who arrives when. `gathered` is the step that all begin in the same instant, the ones before being done; with
    none of them, visitors arrive `every` seconds. `by_step`: nobody takes a step before all have taken the last one."""

    url: str
    visitors: int
    gathered: str = "form"
    every: float = 0
    by_step: bool = False
    site_pid: int = 0


@dataclass
class Journey:
    """One visitor's way: moments in seconds on the client's clock, bytes by step."""

    moments: dict[str, float] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)
    framed_bytes: int = 0
    messages: int = 0
    error: str = ""


@dataclass
class Load:
    """What the plan gave. `cpu` is the site's CPU-seconds by step, measured only by step."""

    journeys: list[Journey]
    cpu: dict[str, float]
    client_cpu: float
    client_lag: float


class Walker:
    """One visitor on their way; a step is a method of its name."""

    def __init__(self, url: str) -> None:
        self.visitor = Visitor(url)
        self.journey = Journey()
        self.hidden: dict[str, str] = {}
        self.path = ""

    async def take(self, step: str) -> None:
        """Take a step, unless an earlier one failed."""
        if self.journey.error:
            return
        self.journey.moments[step] = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await getattr(self, step)()
        except (aiohttp.ClientError, AssertionError, OSError, TimeoutError) as error:
            self.journey.error = f"{step}: {type(error).__name__} {error}"
        self.journey.moments[f"{step} end"] = time.perf_counter()

    async def form(self) -> None:
        self.hidden = await self.visitor.open_form()
        self._count("form")

    async def post(self) -> None:
        sent = self.hidden | {"prompt": PROMPT, "mode": "random", "consent": "on"}
        status, _text, headers = await self.visitor.post("/arene/", sent, htmx=False)
        assert status == 302, status
        self.path = headers["Location"]
        self._count("post")

    async def page(self) -> None:
        status, _text = await self.visitor.get(self.path)
        assert status == 200, status
        self._count("page")

    async def socket(self) -> None:
        url = f"{self.visitor.origin.replace('http', 'ws')}/ws{self.path}"
        sizes = []
        async with self.visitor.http.ws_connect(url, decode_text=False) as socket:
            async for message in socket:
                sizes.append(len(message.data))
                if "first token" not in self.journey.moments and FIRST_TOKEN in message.data:
                    self.journey.moments["first token"] = time.perf_counter()
                if END in message.data:
                    self.journey.moments["answers"] = time.perf_counter()
                    break
        assert "answers" in self.journey.moments, f"closed after {len(sizes)} messages"
        self.journey.bytes["socket"] = sum(sizes)
        self.journey.framed_bytes = sum(size + header_of(size) for size in sizes)
        self.journey.messages = len(sizes)

    async def vote(self) -> None:
        status, _text, _headers = await self.visitor.vote(self.path, tags_a="useful")
        assert status == 200, status
        self._count("vote")

    async def reveal(self) -> None:
        status, _text, _headers = await self.visitor.reveal(self.path)
        assert status == 200, status
        self._count("reveal")

    def _count(self, step: str) -> None:
        self.journey.bytes[step] = self.visitor.received


def header_of(size: int) -> int:
    """The bytes of the header of a frame sent by a server (RFC 6455, 5.2)."""
    return 2 if size < 126 else 4 if size < 65_536 else 10


async def carry_out(plan: Plan) -> Load:
    """Walk everybody through."""
    walkers = [Walker(plan.url) for _ in range(plan.visitors)]
    cpu: dict[str, float] = {}
    lag = asyncio.create_task(worst_lag())
    began = time.process_time()
    try:
        if plan.by_step:
            await walk_by_step(plan, walkers, cpu)
        else:
            await walk(plan, walkers)
    finally:
        lag.cancel()
        await asyncio.gather(*(walker.visitor.http.close() for walker in walkers))
    return Load([walker.journey for walker in walkers], cpu, time.process_time() - began, await lag)


async def walk_by_step(plan: Plan, walkers: list[Walker], cpu: dict[str, float]) -> None:
    for step in STEPS:
        before = cpu_seconds(plan.site_pid)
        await all_take(step, walkers, len(walkers) if step == plan.gathered else FEW)
        cpu[step] = cpu_seconds(plan.site_pid) - before


async def walk(plan: Plan, walkers: list[Walker]) -> None:
    place = STEPS.index(plan.gathered)
    for step in STEPS[:place]:
        await all_take(step, walkers, FEW)
    await asyncio.gather(*(arrive(walker, STEPS[place:], plan.every * n) for n, walker in enumerate(walkers)))


async def all_take(step: str, walkers: list[Walker], at_once: int) -> None:
    room = asyncio.Semaphore(at_once)

    async def take(walker: Walker) -> None:
        async with room:
            await walker.take(step)

    await asyncio.gather(*map(take, walkers))


async def arrive(walker: Walker, steps: tuple[str, ...], after: float) -> None:
    await asyncio.sleep(after)
    for step in steps:
        await walker.take(step)


async def worst_lag() -> float:
    """How late this process ever was, in seconds, until cancelled: a measure of the measurer."""
    worst = 0.0
    try:
        while True:
            due = time.perf_counter() + 0.02
            await asyncio.sleep(0.02)
            worst = max(worst, time.perf_counter() - due)
    except asyncio.CancelledError:
        return worst


def main() -> None:
    """The command line."""
    load = asyncio.run(carry_out(Plan(**json.load(sys.stdin))))
    json.dump(asdict(load), sys.stdout)


if __name__ == "__main__":
    main()
