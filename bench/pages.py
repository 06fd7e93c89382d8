"""What each page weighs at its first load, in Chromium: bytes as production sends them, requests, other hosts.

`python -m bench.pages` stands a site of its own, with the catalogue and made-up votes, and prints the table;
`--url` weighs a site that runs already. docs/eco-design.md.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import brotli
from playwright.sync_api import Browser, Page, Response, sync_playwright

from deploy.local import browser as local

MOST_REQUESTS = 25
EVERY_OTHER_PAGE = 200_000


@dataclass(frozen=True)
class Budget:
    """A page, the most that it may weigh, and what the same page of the site before weighed (bytes, requests)."""

    path: str
    most: int
    before: tuple[int, int] | None = None


BUDGETS = [
    Budget("/arene/", 130_000, (913_000, 59)),
    Budget("/", 180_000, (1_478_000, 73)),
    Budget("/ranking/", 200_000, (898_000, 62)),
    Budget("/modeles/", 200_000, (879_000, 62)),
    *(Budget(path, EVERY_OTHER_PAGE) for path in ("/ranking/energie/", "/datasets/", "/news/", "/accessibilite/")),
]


@dataclass(frozen=True)
class Weight:
    """Of one load with an empty cache. Bytes are of bodies and headers; fonts are counted apart, as the budgets do."""

    bytes: int
    fonts: int
    requests: int
    hosts: frozenset[str]
    largest: str
    status: int


def weigh(browser: Browser, url: str, **options: Any) -> Weight:
    """Load a page in a browser that knows nothing of the site, and wait until nothing more comes."""
    context = browser.new_context(**options)
    try:
        page = context.new_page()
        responses: list[Response] = []
        page.on("response", lambda response: responses.append(response))
        opened = page.goto(url, wait_until="networkidle")
        assert opened is not None
        return _sum(page, opened.status, [one for one in responses if not one.url.startswith("data:")])
    finally:
        context.close()


def _sum(page: Page, status: int, responses: list[Response]) -> Weight:
    sizes = {one.url: sent(one) for one in responses}
    fonts = {one.url for one in responses if one.request.resource_type == "font"}
    return Weight(
        bytes=sum(size for url, size in sizes.items() if url not in fonts),
        fonts=sum(sizes[url] for url in fonts),
        requests=len(responses),
        hosts=frozenset(urlsplit(url).netloc for url in sizes) - {urlsplit(page.url).netloc},
        largest=max((size, urlsplit(url).path) for url, size in sizes.items() if url not in fonts)[1],
        status=status,
    )


def sent(response: Response) -> int:
    """The bytes of a response. A local site does not keep its static files compressed; production does: so do we."""
    sizes = response.request.sizes()
    body = sizes["responseBodySize"]
    if "/static/" in response.url and "content-encoding" not in response.headers and response.status == 200:
        body = min(body, compressed(response.body()))
    return body + sizes["responseHeadersSize"]


@cache
def compressed(content: bytes) -> int:
    """As whitenoise does when files are collected."""
    return len(brotli.compress(content))


def line(budget: Budget, weight: Weight) -> str:
    is_kept = weight.bytes <= budget.most and weight.requests <= MOST_REQUESTS and not weight.hosts
    before = f"{budget.before[0] / 1000:.0f} kB, {budget.before[1]}" if budget.before else "—"
    return (
        f"| `{budget.path}` | {weight.bytes / 1000:.1f} kB | {budget.most / 1000:.0f} kB "
        f"| {weight.fonts / 1000:.0f} kB | {weight.requests} | {before} "
        f"| {'yes' if is_kept else 'NO'} | `{weight.largest}` |"
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's browser. Raises RuntimeError if there is none."""
    path = local.find()
    if path is None:
        raise RuntimeError("No Chromium or Chrome was found.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


def table(url: str) -> int:
    """Print it; how many pages are over their budget."""
    over = 0
    print("| page | first load | budget | fonts | requests | before | kept | heaviest |")
    print("|---|---|---|---|---|---|---|---|")
    with chromium() as browser:
        for budget in BUDGETS:
            weight = weigh(browser, url + budget.path, locale="fr-FR")
            if weight.status != 200:
                print(f"| `{budget.path}` | answered {weight.status} |", flush=True)
                continue
            print(line(budget, weight), flush=True)
            over += "| NO |" in line(budget, weight)
    return over


def furnish(say: Callable[[str], None]) -> None:
    """The catalogue, and votes that are only made up, ranked."""
    from django.core.management import call_command

    votes = ["--votes", "1000"]
    for name, arguments in (("load_catalog", []), ("seed_demo", votes), ("compute_leaderboard", ["--demo"])):
        say(name)
        call_command(name, *arguments, stdout=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--url", help="a site that runs already, as http://127.0.0.1:8000")
    wanted = parser.parse_args()

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    if wanted.url:
        return table(wanted.url.rstrip("/"))
    from bench.stage import standing

    with standing(say) as stage:
        furnish(say)
        return table(stage.url)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
