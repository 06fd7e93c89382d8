"""A lesson: a teacher and a class in one room, all from one address, on a site with its ordinary limits.

    python -m bench.classroom [--pupils 35]

Both kinds of room are led through to the reveal; the figures say what was refused, and how long each step took.
"""

import argparse
import asyncio
import re
import sys
import time
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from html import unescape

from bench.measures import spread
from bench.processes import family_cpu_seconds
from bench.visitor import Visitor

PROMPT = "Pourquoi le ciel est-il bleu le jour et noir la nuit ?"
CHOICES = ("a_better", "both_good", "both_bad", "b_better", "cannot_say")
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)"(?: value="([^"]*)")?')
LINK = re.compile(r'name="link" value="([^"]+)"')
POLL = re.compile(r'hx-get="([^"]*\?v=[^"]*)"')
COUNTED = re.compile(r'class="tally-([a-z_]+)[^"]*".*?<b class="tally-votes number">(\d+)</b>', re.DOTALL)
PATIENCE_SECONDS = 120


@dataclass
class Lesson:
    """What came of it: seconds of each request by step, statuses that refuse, the tally shown and the votes cast."""

    code: str = ""
    seconds: dict = field(default_factory=lambda: defaultdict(list))
    refused: list = field(default_factory=list)
    cast: dict = field(default_factory=dict)
    shown: dict = field(default_factory=dict)
    joined: int = 0
    paths: list = field(default_factory=list)
    """Of the comparisons that pupils made."""
    bytes: Counter = field(default_factory=Counter)


class Member:
    """Somebody in the room: a visitor whose requests are timed and whose refusals are noted."""

    def __init__(self, visitor, lesson):
        self.visitor = visitor
        self.lesson = lesson
        self.poll_url = ""

    async def get(self, step, path):
        return await self._timed(step, self.visitor.get(path))

    async def post(self, step, path, fields=(), htmx=False):
        status, text, self.headers = await self._timed(step, self.visitor.post(path, fields, htmx=htmx), whole=True)
        return status, text

    async def _timed(self, step, request, whole=False):
        began = time.perf_counter()
        answer = await request
        self.lesson.seconds[step].append(time.perf_counter() - began)
        self.lesson.bytes[step] += self.visitor.received
        if answer[0] >= 400:
            self.lesson.refused.append(f"{step}: {answer[0]}")
        return answer if whole else answer[:2]

    async def open(self, step, path):
        """A page; its token is kept, and its other hidden fields are given."""
        status, html = await self.get(step, path)
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(html)}
        self.visitor.token = hidden.pop("csrfmiddlewaretoken", self.visitor.token)
        self._note(html)
        return status, html, hidden

    def _note(self, html):
        found = POLL.search(html)
        self.poll_url = unescape(found[1]) if found else ""

    async def until(self, stage, seconds=1):
        """Ask as the page does, until it shows this stage; its HTML."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                status, html = await self.get("poll", self.poll_url)
                if status == 200:
                    self._note(html)
                    if f'data-stage="{stage}"' in html:
                        return html
                await asyncio.sleep(seconds)


async def lead(origin, kind="shared", pupils=35, publish=False):
    """A whole lesson; the Lesson that came of it. Everybody is on this machine's address."""
    lesson = Lesson()
    async with AsyncExitStack() as stack:
        members = [Member(await stack.enter_async_context(Visitor(origin)), lesson) for _ in range(pupils + 1)]
        teacher, *pupils = members
        await open_room(teacher, kind, publish)
        await asyncio.gather(*(join(pupil, lesson.code, publish) for pupil in pupils))
        await (share if kind == "shared" else each_their_own)(teacher, pupils, publish)
        _status, html, _hidden = await teacher.open("screen", f"/salle/{lesson.code}/ecran/")
        lesson.joined = int(re.search(r'board-count"><b class="number">(\d+)<', html)[1])
    return lesson


async def open_room(teacher, kind, publish):
    _status, html, _hidden = await teacher.open("rooms", "/salle/")
    fields = {"kind": kind, "minutes": "120", "link": LINK.search(html)[1]} | ({"publish": "on"} if publish else {})
    await teacher.post("open", "/salle/", fields)
    teacher.lesson.code = teacher.headers["Location"].split("/")[2]


async def join(pupil, code, publish):
    await pupil.open("door", f"/salle/{code}/")
    await pupil.post("join", f"/salle/{code}/entrer/", {"consent": "on"} if publish else {})
    await pupil.open("room", f"/salle/{code}/")


async def share(teacher, pupils, publish):
    """One question, followed and voted by all, some of whom reload, come in again or change their mind."""
    lesson, room = teacher.lesson, f"/salle/{teacher.lesson.code}"
    _status, _html, hidden = await teacher.open("screen", f"{room}/ecran/")
    asked = {name: hidden[name] for name in ("submission_key", "room")}
    await teacher.post("ask", f"{room}/question/", asked | {"prompt": PROMPT, "mode": "random", "consent": "on"})
    await asyncio.gather(*(follow_and_vote(pupil, room, number, publish) for number, pupil in enumerate(pupils)))
    await teacher.open("screen", f"{room}/ecran/")
    await teacher.post("reveal", f"{room}/reveler/")
    _status, html, _hidden = await teacher.open("screen", f"{room}/ecran/")
    lesson.shown = {choice: int(votes) for choice, votes in COUNTED.findall(html)}
    await asyncio.gather(*(pupil.until("revealed", 0) for pupil in pupils))


async def follow_and_vote(pupil, room, number, publish):
    html = await pupil.until("voting")
    turn = re.search(r'name="turn" value="(\d+)"', html)[1]
    choices = [CHOICES[number % 5]] if number % 4 else [CHOICES[(number + 1) % 5], CHOICES[number % 5]]
    for choice in choices:
        await pupil.post("vote", f"{room}/vote/", {"turn": turn, "choice": choice}, htmx=True)
    pupil.lesson.cast[number] = choices[-1]
    if number % 3 == 0:
        await join(pupil, room.split("/")[2], publish)


async def each_their_own(teacher, pupils, publish):
    """Each pupil asks, follows on the socket, votes and reveals, all in the same seconds."""
    await asyncio.gather(*map(duel_alone, pupils))


async def duel_alone(pupil):
    _status, html, hidden = await pupil.open("arena", "/arene/")
    sent = {name: hidden[name] for name in ("submission_key", "room") if name in hidden}
    await pupil.post("ask", "/arene/", sent | {"prompt": PROMPT, "mode": "random"})
    path = pupil.headers["Location"]
    pupil.lesson.paths.append(path)
    await pupil.open("comparison", path)
    await pupil.visitor.follow(path)
    await pupil.post("vote", f"{path}questions/1/vote/", {"choice": "a_better"}, htmx=True)
    await pupil.post("reveal", f"{path}reveal/", htmx=True)


def figures(lesson):
    """One line for each step, in the order they came."""
    for step, seconds in lesson.seconds.items():
        took = spread(seconds)
        yield (
            f"  {step:<11} {len(seconds):>5} requests   p50 {took.p50 * 1000:5.0f} ms   p95 {took.p95 * 1000:5.0f} ms"
            f"   max {took.most * 1000:5.0f} ms   {lesson.bytes[step] / len(seconds) / 1000:6.1f} kB each"
        )


def main():
    """The command line: 1 if anything was refused, or the tally is not what was cast."""
    from bench.stage import standing

    parser = argparse.ArgumentParser(prog="python -m bench.classroom", description=__doc__)
    parser.add_argument("--pupils", type=int, default=35)
    pupils = parser.parse_args().pupils
    is_right = True
    with standing(lambda text: print(text, file=sys.stderr), limits={}) as stage:
        from arena.models import Turn

        for kind, publish in (("shared", False), ("own", False), ("own", True)):
            cpu, began = family_cpu_seconds(stage.pids["site"]), time.monotonic()
            lesson = asyncio.run(lead(stage.url, kind, pupils, publish))
            lasted, cpu = time.monotonic() - began, family_cpu_seconds(stage.pids["site"]) - cpu
            rows = Turn.objects.publishable().filter(comparison__room__code=lesson.code).count()
            cast = Counter(lesson.cast.values())
            tally_is_right = {name: votes for name, votes in lesson.shown.items() if votes} == dict(cast)
            rows_are_right = rows == (pupils if publish else 0)
            is_right = is_right and not lesson.refused and tally_is_right and rows_are_right and lesson.joined == pupils
            print(f"\n{kind}, {'published' if publish else 'not published'}: {pupils} pupils, one address")
            print(f"  {lasted:.1f} s, site {cpu:.2f} CPU-s, {sum(map(len, lesson.seconds.values()))} requests")
            refused = f"{len(lesson.refused)} {sorted(set(lesson.refused)) or ''}"
            print(f"  refused {refused}, joined {lesson.joined}, publishable rows {rows}")
            if kind == "shared":
                print(f"  votes cast {dict(cast)}, shown {lesson.shown}")
            print(*figures(lesson), sep="\n")
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
