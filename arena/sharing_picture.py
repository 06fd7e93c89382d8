"""The picture of a shared result, for social networks: 1200 × 630, drawn from a few words."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import font_manrope
from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from portals.templatetags.wording import significant

WIDTH, HEIGHT = 1200, 630
SCALE = 2  # drawn twice as large, then reduced: Pillow does not smooth what it draws
MANROPE = Path(font_manrope.__file__).parent / "files"
FONTS = {
    "dsfr": ("dsfr/fonts/Marianne-Medium.woff2", "dsfr/fonts/Marianne-Bold.woff2"),
    "neutral": (MANROPE / "Manrope-Medium.ttf", MANROPE / "Manrope-Bold.ttf"),
}
"""By theme: a static file, or one of a package of its own. Marianne is for the State's sites alone."""
WHITE, PALE, TITLE, TEXT, LINE, ACCENT = "#ffffff", "#eeeef6", "#161616", "#55555f", "#e3e3ea", "#4a4ad0"
SIDES = {"a": ("#c8501e", "#fff3ec", "#f6c7ae"), "b": ("#00807a", "#e8f8f6", "#a3dbd6")}
LOGO = (("#f0905c", 15.5, 31), ("#35b5aa", 32.5, 31), ("#6a6af4", 24, 17))


@dataclass(frozen=True)
class Side:
    side: str
    name: str
    organisation: str
    energy: str
    is_preferred: bool


@dataclass(frozen=True)
class Card:
    """Every word of the picture: two equal cards are drawn the same."""

    theme: str
    question: str
    verdict: str
    preferred: str
    sides: tuple
    invitation: str
    host: str

    @classmethod
    def of(cls, shared, host, theme):
        """In the language in use."""
        verdicts = {"both_good": _("Both answers were good"), "both_bad": _("Neither answer was good")}
        surprise = _("The smaller of the two was preferred")
        tops = [side.totals["energy_wh_max"] for side in shared.sides]
        is_small = all(top is None or top < 0.1 for top in tops)
        return cls(
            theme=theme,
            question=_("Two AIs, one question: which answered better?"),
            verdict=verdicts.get(shared.choice, surprise if shared.smaller_preferred else ""),
            preferred=_("Preferred"),
            sides=tuple(
                Side(
                    side.side,
                    side.model.name,
                    side.model.organisation.name,
                    energy(side.totals, is_small),
                    side.is_preferred,
                )
                for side in shared.sides
            ),
            invitation=_("Ask your own question"),
            host=host,
        )

    def draw(self):
        """A PNG, as bytes."""
        image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), WHITE)
        pen = Pen(image, self.theme)
        pen.box((0, 0, WIDTH, HEIGHT), PALE)
        logo(pen, 60, 48)
        pen.text((124, 72), "compar:IA", 34, TITLE, bold=True)
        pen.text((60, 150), self.question, 44, TITLE, bold=True, width=WIDTH - 120)
        for x, side in zip((60, 615), self.sides, strict=True):
            self._draw_side(pen, x, side)
        if self.verdict:
            pen.text((60, 572), self.verdict, 28, ACCENT, bold=True, width=640)
        where = f"{self.invitation} · {self.host}" if not self.verdict else self.host
        pen.text((WIDTH - 60, 572), where, 26, TEXT, right=True, width=420 if self.verdict else 1080)
        small = image.resize((WIDTH, HEIGHT), Image.Resampling.BOX).quantize(128, Image.Quantize.FASTOCTREE)
        out = BytesIO()
        small.save(out, "PNG")
        return out.getvalue()

    def _draw_side(self, pen, x, side):
        color, tint, line = SIDES[side.side]
        top, bottom, width = 210, 520, 525
        frame = (color, 5) if side.is_preferred else (line, 2)
        pen.box((x, top, x + width, bottom), tint if side.is_preferred else WHITE, radius=24, outline=frame)
        pen.disc(side.side, (x + 32, top + 32), color)
        if side.is_preferred:
            badge(pen, x + width - 32, top + 56, self.preferred, color)
        pen.text((x + 32, top + 142), side.name, 44, TITLE, bold=True, width=width - 64)
        pen.text((x + 32, top + 190), side.organisation, 28, TEXT, width=width - 64)
        pen.box((x + 32, top + 228, x + width - 32, top + 230), line)
        pen.bolt((x + 34, top + 250), color)
        pen.text((x + 72, top + 269), side.energy, 28, TITLE, bold=True, width=width - 104)


class Pen:
    """Draws in the units of the picture, whatever it is drawn at."""

    def __init__(self, image, theme):
        self.on = ImageDraw.Draw(image)
        self.theme = theme

    def box(self, corners, fill, radius=0, outline=(None, 0)):
        color, width = outline
        corners = [SCALE * value for value in corners]
        self.on.rounded_rectangle(corners, SCALE * radius, fill, color, SCALE * width)

    def text(self, middle_left, words, size, fill, *, bold=False, width=WIDTH, right=False):
        """On one line of at most this width: smaller if it must be, then cut."""
        while self.width(words, size, bold) > width and size > 22:
            size -= 2
        if self.width(words, size, bold) > width:
            while words and self.width(words + "…", size, bold) > width:
                words = words[:-1]
            words = words.rstrip() + "…"
        x, y = middle_left
        self.on.text((SCALE * x, SCALE * y), words, fill, font(self.theme, bold, size), "rm" if right else "lm")

    def width(self, words, size, bold):
        return font(self.theme, bold, size).getlength(words) / SCALE

    def disc(self, side, at, color):
        """A is round and B is square, as on every page."""
        x, y = at
        self.box((x, y, x + 48, y + 48), color, radius=24 if side == "a" else 13)
        middle = (SCALE * (x + 24), SCALE * (y + 24))
        self.on.text(middle, side.upper(), WHITE, font(self.theme, True, 28), "mm")

    def bolt(self, at, color):
        x, y = at
        points = ((13, 0), (0, 22), (10, 22), (7, 38), (24, 14), (13, 14), (17, 0))
        self.on.polygon([(SCALE * (x + dx), SCALE * (y + dy)) for dx, dy in points], color)


def badge(pen, right, middle, words, color):
    left = right - pen.width(words, 26, True) - 66
    pen.box((left, middle - 24, right, middle + 24), color, radius=24)
    tick = [(SCALE * (left + x), SCALE * (middle + y)) for x, y in ((18, 0), (26, 8), (40, -8))]
    pen.on.line(tick, WHITE, SCALE * 4, joint="curve")
    pen.text((left + 50, middle), words, 26, WHITE, bold=True)


def logo(pen, x, y):
    for color, cx, cy in LOGO:
        pen.box((x + cx - 13, y + cy - 13, x + cx + 13, y + cy + 13), color, radius=13)


def energy(totals, is_small):
    """What the answers took, in the unit that suits both sides."""
    low, high = totals["energy_wh_min"], totals["energy_wh_max"]
    if high is None:
        return _("electricity not known")
    unit, factor = ("mWh", 1000) if is_small else ("Wh", 1)
    return _("%(low)s to %(high)s %(unit)s of electricity") % {
        "low": significant(low * factor),
        "high": significant(high * factor),
        "unit": unit,
    }


@cache
def font(theme, bold, size):
    """The theme's own typeface; FreeType reads the files that browsers read."""
    file = FONTS[theme][bold]
    return ImageFont.truetype(file if isinstance(file, Path) else finders.find(file), SCALE * size)
