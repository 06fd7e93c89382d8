"""A picture of each page for eyes to judge: French on the State's theme and Danish on the neutral one, on a telephone
and a desktop, light and dark.

`python -m bench.pictures` stands a site of its own, furnished, and writes `var/pictures/<screen>/<page>.png`, with
sheets of several pages; `--only ranking,home` takes some pages alone.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext

from bench.pages import chromium
from bench.stage import standing

PLACE = Path("var/pictures")
WIDE, TALL = 1490, 790
"""Of a sheet, in pixels: what can be read at once."""
STAFF = ("an-editor", "only-for-pictures")
ADMIN = [
    *(
        "second-factor/",
        "",
        "portals/portal/",
        "portals/portal/1/change/",
        "portals/legalversion/",
        "portals/newsitem/add/",
    ),
    *("portals/newsitem/", "portals/feedback/", "models_catalog/languagemodel/", "models_catalog/endpoint/"),
    *("arena/comparison/", "arena/exclusion/", "datasets_export/destination/"),
]
ANSWER = """## En deux mots

L'air **diffuse** la lumière du Soleil, et le bleu bien plus que le rouge.

* Le jour, le bleu arrive de partout : le ciel est bleu.
* La nuit, plus de lumière à diffuser : il est noir.

| couleur | longueur d'onde |
|---|---|
| bleu | 450 nm |
| rouge | 700 nm |

C'est la loi de Rayleigh, en $\\lambda^{-4}$."""


@dataclass(frozen=True)
class Screen:
    """What looks at the pages: `desktop-fr-dark`, a portal by its host, and a size."""

    host: str
    language: str
    width: int
    scheme: str

    @property
    def name(self) -> str:
        return f"{'telephone' if self.width < 600 else 'desktop'}-{self.language}-{self.scheme}"


SCREENS = [
    Screen(host, language, width, scheme)
    for host, language in (("127.0.0.1", "fr"), ("da.localhost", "da"))
    for width in (1280, 360)
    for scheme in ("light", "dark")
]


def furnish(say: Callable[[str], None]) -> dict[str, list[str]]:
    """Something on every page; their addresses by name."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.utils import timezone

    from arena.models import Answer
    from comparia.tests import places
    from leaderboard.tests import factories as boards
    from models_catalog.models import LanguageModel
    from portals.models import NewsItem, Portal

    say("catalogue and rows")
    call_command("load_catalog", verbosity=0)
    Portal.objects.update(vote_count=253_480, mailing_list_url="https://list.test/compar-ia")
    addresses = places.furnish()
    Answer.objects.update(text=ANSWER)
    for side, tokens, energy in (("a", 182, (0.08, 0.31)), ("b", 240, (0.6, 4.2))):
        shown = Answer.objects.filter(turn__comparison__revealed_at__isnull=False, side=side)
        cost = {"energy_wh": energy, "gco2": [0.04 * wh for wh in energy], "water_l": [0.004 * wh for wh in energy]}
        cost = {
            f"{name}_{end}": value
            for name, ends in cost.items()
            for end, value in zip(("min", "max"), ends, strict=True)
        }
        shown.update(output_tokens=tokens, token_source="provider", **cost)
    catalogue = list(LanguageModel.objects.exclude(slug__startswith="bench-").order_by("pk"))
    boards.board(catalogue, at=timezone.now() + timedelta(seconds=1), trust=boards.trust(catalogue))
    NewsItem.objects.get(slug="open").portals.set(Portal.objects.all())
    get_user_model().objects.create_superuser(STAFF[0], password=STAFF[1])
    known = LanguageModel.objects.filter(status="enabled").exclude(description_fr="").order_by("pk").first()
    return addresses | {
        "model": [f"/modeles/{known.slug}/"],
        "admin": [f"/admin/{path}" for path in ADMIN],
    }


def take(browser: Browser, port: int, screen: Screen, addresses: dict[str, list[str]]) -> Iterator[Path]:
    """Full pages, one after the other."""
    from comparia.tests import places

    url = f"http://{screen.host}:{port}"
    context = seeing(browser, screen, url)
    context.add_cookies([{"name": "visitor", "value": places.KEY, "url": url}])
    if "admin" in addresses:
        yield enter(context, PLACE / screen.name / "admin-login.png")
    for name, found in addresses.items():
        for number, address in enumerate(found, 1):
            page = context.new_page()
            page.goto(address, wait_until="networkidle")
            path = PLACE / screen.name / f"{name.replace(' ', '-')}{f'-{number}' if len(found) > 1 else ''}.png"
            page.screenshot(path=path, full_page=True, animations="disabled", timeout=60_000)
            page.close()
            yield path
    context.close()


def seeing(browser: Browser, screen: Screen, url: str) -> BrowserContext:
    size: Any = {"width": screen.width, "height": 740 if screen.width < 600 else 800}
    scheme: Any = screen.scheme
    return browser.new_context(
        base_url=url, viewport=size, color_scheme=scheme, locale=screen.language, reduced_motion="reduce"
    )


def enter(context: BrowserContext, path: Path) -> Path:
    """Go through the door, of which a picture is taken."""
    page = context.new_page()
    page.goto("/admin/login/")
    page.screenshot(path=path, full_page=True)
    page.fill("#id_username", STAFF[0])
    page.fill("#id_password", STAFF[1])
    page.locator("[type=submit]").click()
    page.wait_for_url("**/admin/")
    page.close()
    return path


def sheets(pictures: list[Path]) -> None:
    """Lay pictures in columns, on sheets beside them; of the longest ones, the beginning."""
    strips = []
    for path in pictures:
        with Image.open(path) as picture:
            column = 490 if picture.width > 600 else 245
            small = picture.resize((column, picture.height * column // picture.width), Image.Resampling.LANCZOS)
        strips += [small.crop((0, top, column, top + TALL)) for top in range(0, min(small.height, 4 * TALL), TALL)]
    if not strips:
        return
    for number, first in enumerate(range(0, len(strips), in_row := WIDE // strips[0].width), 1):
        sheet = Image.new("RGB", (WIDE, TALL), "grey")
        for place, strip in enumerate(strips[first : first + in_row]):
            sheet.paste(strip, (place * (strip.width + 5), 0))
        sheet.save(pictures[0].parent / f"sheet-{number:02}.png")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pictures", description=__doc__)
    parser.add_argument("--only", default="", help="names of routes, as in comparia/tests/places.py, or admin")
    parser.add_argument("--screens", default="", help="beginnings of names of screens, as telephone-fr")
    wanted = parser.parse_args()

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    with standing(say) as stage:
        addresses = furnish(say)
        if wanted.only:
            addresses = {name: addresses[name] for name in wanted.only.split(",")}
        with chromium() as browser:
            for screen in SCREENS:
                if screen.name.startswith(tuple(wanted.screens.split(","))):
                    say(screen.name)
                    sheets(list(take(browser, int(stage.url.rpartition(":")[2]), screen, addresses)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
