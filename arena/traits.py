"""The style of an answer, counted from its Markdown as the visitor saw it. Pure."""

import re
from collections.abc import Iterator

TRAITS = ("length", "headings", "lists", "bold")
"""Characters, headings, items of lists, passages in bold."""

# A pattern that begins with what it always begins with is looked for at the speed of a search for those characters.
_fence = re.compile(r"\n {0,3}(`{3,}|~{3,})([^\n]*)")
_heading = re.compile(r"\n {0,3}#{1,6}(?=[ \t\n]|$)")
_item = re.compile(r"\n[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_stars = re.compile(r"\*\*(?=\S)[^*\n]{1,400}+\*\*")
_bold = re.compile(_stars.pattern + r"|__(?<!\w__)(?=\S)[^_\n]{1,400}+__(?!\w)")


def traits(text: str) -> tuple[int, int, int, int]:
    """In the order of TRAITS. What stands in a fenced block of code is length and nothing else."""
    headings = items = bold = 0
    lines = "\n" + (text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text)
    for part in prose(lines):
        headings += len(_heading.findall(part)) if "#" in part else 0
        items += len(_item.findall(part))
        bold += len((_bold if "__" in part else _stars).findall(part))
    return len(text), headings, items, bold


def prose(lines: str) -> Iterator[str]:
    """What stands outside fenced blocks of code; `lines` and each part begin with the end of a line."""
    if "```" not in lines and "~~~" not in lines:
        yield lines
        return
    start, fence = 0, ""
    for found in _fence.finditer(lines):
        if not fence:
            yield lines[start : found.start()]
            fence = found[1]
        elif found[1].startswith(fence) and not found[2].strip():
            start, fence = found.end(), ""
    if not fence:
        yield lines[start:]
