"""A portal's own colour, turned into an accent that can be read in light and in dark. Pure.

Contrast after WCAG 2.2, from 1 to 21: 4.5 for text, 3 for what is not text. A colour is #rrggbb.
"""

import re

COLOUR = re.compile(r"#[0-9a-f]{6}")
WHITE, BLACK = "#ffffff", "#000000"
TEXT = 4.5
LIGHT_GROUNDS = (WHITE, "#f6f6f9")
DARK_GROUND, ON_DARK = "#26262e", "#14141c"
"""The lightest ground of the dark scheme, and what is written on a button there (static/themes/neutral/theme.css)."""


def contrast(one: str, other: str) -> float:
    """How well one can be told from the other."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black and 1 for white."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def parts(colour: str) -> tuple[float, float, float]:
    """Red, green and blue, from 0 to 1."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def mixed(colour: str, other: str, share: float) -> str:
    """So much of the other colour in this one: 0 leaves it, 1 gives the other."""
    values = (one + (two - one) * share for one, two in zip(parts(colour), parts(other), strict=True))
    return "#" + "".join(f"{round(value * 255):02x}" for value in values)


def readable(colour: str, *grounds: str, towards: str, least: float = TEXT) -> str:
    """The colour, moved towards another only as far as it must be to be read on all these grounds."""
    for step in range(101):
        found = mixed(colour, towards, step / 100)
        if all(contrast(found, ground) >= least for ground in grounds):
            return found
    return towards


def sheet(colour: str) -> str:
    """A style sheet: the theme's accents, after this colour."""
    strong = readable(colour, *LIGHT_GROUNDS, towards=BLACK)
    light = {
        "accent": readable(colour, WHITE, towards=BLACK, least=3),
        "accent-strong": strong,
        "accent-hover": mixed(strong, BLACK, 0.25),
        "accent-tint": mixed(colour, WHITE, 0.93),
        "accent-line": mixed(colour, WHITE, 0.75),
        "on-accent": WHITE,
    }
    bright = readable(colour, DARK_GROUND, towards=WHITE, least=5)
    dark = {
        "accent": bright,
        "accent-strong": bright,
        "accent-hover": mixed(bright, WHITE, 0.3),
        "accent-tint": mixed(colour, "#1a1a20", 0.9),
        "accent-line": mixed(colour, "#1e1e25", 0.6),
        "on-accent": readable(ON_DARK, bright, towards=BLACK),
    }
    return f':root {{ {spelled(light)} }}\n:root[data-scheme="dark"] {{ {spelled(dark)} }}\n'


def spelled(values: dict[str, str]) -> str:
    return " ".join(f"--c-{name}: {value};" for name, value in values.items())
