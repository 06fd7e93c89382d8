"""Visitors who go on through whatever breaks, and write down all that the site acknowledged.

A question is acknowledged by the redirect to its page, or by its page; an answer by a page that says that it is
complete; a vote by the words “vote saved”; a reveal by the page that names the models. Where something fails they do as
people do: send the same form again, reload, ask again what broke off.
"""

import asyncio
import re
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field

import aiohttp

from bench.visitor import Visitor

PATIENCE_SECONDS = 120
REQUEST_SECONDS = 15
PAUSE_SECONDS = 0.5
THINKING_SECONDS = 0.5
STATE = re.compile(r'<p id="([ab])(\d+)s"[^>]* data-state="(\w+)"')
WRITING = 'data-state="writing"'
SAVED = "icon-check"
REVEALED = 'id="reveal"'
TROUBLE = (aiohttp.ClientError, OSError, TimeoutError)
LETTERS = str.maketrans("0123456789", "ghijklmnop")


@dataclass
class Deposition:
    """What one visitor was told is safe, and what they went through. `began` and `ended` are of time.monotonic()."""

    path: str = ""
    submission_key: str = ""
    prompts: dict[int, str] = field(default_factory=dict)
    answers: set[tuple[int, str]] = field(default_factory=set)
    votes: dict[int, str] = field(default_factory=dict)
    is_revealed: bool = False
    is_done: bool = False
    asked_again: int = 0
    troubles: Counter = field(default_factory=Counter)
    """What failed and was tried again, by step and kind."""
    began: float = 0
    ended: float = 0


class Witness:
    """One visitor and their comparison, of one question or of two."""

    def __init__(self, url, turns=1):
        self.visitor = Visitor(url)
        self.turns = turns
        self.told = Deposition()
        self.asked = [question() for _ in range(turns)]  # the same form again, never another one

    async def journey(self):
        """The whole way, or as far as patience goes; the deposition either way."""
        self.told.began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.insist(self.ask)
                for number in range(1, self.turns + 1):
                    if number > 1:
                        await self.insist(self.ask_further, number)
                    await self.insist(self.read, number)
                    await asyncio.sleep(THINKING_SECONDS)
                await self.insist(self.vote, self.turns)
                await self.insist(self.reveal)
                self.told.is_done = True
        except TimeoutError:
            self.told.troubles["never ended"] += 1
        finally:
            self.told.ended = time.monotonic()
            await self.visitor.http.close()
        return self.told

    async def insist(self, step, *arguments):
        """Take a step again until it is done."""
        while True:
            try:
                async with asyncio.timeout(REQUEST_SECONDS):
                    done = await step(*arguments)
                if done is True:
                    return
                trouble = str(done)
            except TROUBLE as error:
                trouble = type(error).__name__
            if trouble != "None":
                self.told.troubles[f"{step.__name__}: {trouble}"] += 1
            await asyncio.sleep(PAUSE_SECONDS)

    # --- Steps: True once done, else what went wrong, or None where it is only not yet ---------------------

    async def ask(self):
        if not self.told.submission_key:
            status, html = await self.visitor.get("/arene/")
            if status != 200:
                return status
            self.told.submission_key = re.search(r'name="submission_key"\s+value="([^"]+)"', html)[1]
            self.visitor.token = re.search(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"', html)[1]
        fields = {"submission_key": self.told.submission_key, "mode": "random", "consent": "on"}
        status, _html, headers = await self.visitor.post("/arene/", fields | {"prompt": self.asked[0]}, htmx=False)
        if status != 302:
            return status
        self.told.path, self.told.prompts[1] = headers["Location"], self.asked[0]
        return True

    async def ask_further(self, number):
        fields = {"prompt": self.asked[number - 1], "number": str(number)}
        status, _html, _headers = await self.visitor.post(f"{self.told.path}questions/", fields)
        if status != 200:
            return status
        self.told.prompts[number] = self.asked[number - 1]
        return True

    async def read(self, number):
        status, html = await self.visitor.get(self.told.path)
        if status != 200:
            return status
        states = {side: state for side, turn, state in STATE.findall(html) if int(turn) == number}
        self.told.answers |= {(number, side) for side, state in states.items() if state == "complete"}
        if states and set(states.values()) == {"complete"}:
            return True
        for side, state in states.items():
            if state in ("interrupted", "failed", "stopped"):
                self.told.asked_again += 1
                await self.visitor.post(f"{self.told.path}questions/{number}/{side}/retry/", htmx=False)
        await self.visitor.follow(self.told.path)
        return None

    async def vote(self, number):
        choice = ("a_better", "b_better", "both_good", "both_bad")[number % 4]
        status, html, _headers = await self.visitor.vote(self.told.path, number, choice, tags_a="useful")
        if status != 200 or SAVED not in html:
            return status
        self.told.votes[number] = choice
        return True

    async def reveal(self):
        status, html, _headers = await self.visitor.reveal(self.told.path)
        if status != 200 or REVEALED not in html:
            return status
        self.told.is_revealed = True
        return True


def question():
    """Of letters only, and like no other."""
    return f"Pourquoi le ciel est-il bleu, {secrets.token_hex(8).translate(LETTERS)} ?"


async def crowd(url, visitors, until, over_seconds=5.0):
    """So many visitors at once, each on one journey after another until the moment; all depositions.

    They arrive over some seconds, so that at any moment all steps are being taken by some.
    """
    depositions = []

    async def come(number):
        await asyncio.sleep(over_seconds * number / visitors)
        while True:
            depositions.append(await Witness(url, turns=1 + number % 2).journey())
            if time.monotonic() >= until():
                return

    async with asyncio.TaskGroup() as group:
        for number in range(visitors):
            group.create_task(come(number))
    return depositions


@dataclass
class Trial:
    """One new visitor who only wants to see an answer begin."""

    began: float
    ended: float = 0
    works: bool = False


async def trials(url, until, every=1.0):
    """New visitors, one each second until the moment: what became of each."""
    made, tasks = [], set()

    async def attempt(trial):
        try:
            async with asyncio.timeout(30), Visitor(url) as visitor:
                path = await visitor.ask(question())
                trial.works = any(
                    "data-state=" in text for _at, text in await visitor.follow(path, 'data-state="writing')
                )
        except (*TROUBLE, AssertionError, AttributeError, KeyError):
            trial.works = False
        trial.ended = time.monotonic()

    while time.monotonic() < until():
        trial = Trial(time.monotonic())
        made.append(trial)
        tasks.add(asyncio.create_task(attempt(trial)))
        await asyncio.sleep(every)
    await asyncio.gather(*tasks)
    return made


def works_again(made, since):
    """Seconds from then to the first answer after which every trial that began later worked; None if none did."""
    last_failure = max((trial.began for trial in made if not trial.works), default=since - 1)
    good = [trial.ended for trial in made if trial.works and trial.began > last_failure]
    if not good:
        return None
    return min(good) - since
