"""The style of an answer, counted from its Markdown as the visitor saw it. Pure."""

import re

TRAITS = ("length", "headings", "lists", "bold")
"""Characters, headings, items of lists, passages in bold."""

FENCES, BULLETS = ("`", "~"), ("-", "*", "+")
_fence = re.compile(r" {0,3}(`{3,}|~{3,})")
_heading = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_item = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\S")
_bold = re.compile(r"\*\*(?=\S)[^*\n]{1,400}\*\*|(?<!\w)__(?=\S)[^_\n]{1,400}__(?!\w)")


def traits(text: str) -> tuple[int, int, int, int]:
    """In the order of TRAITS. What stands in a fenced block of code is length and nothing else."""
    headings = items = bold = 0
    fence = ""
    has_bold = "**" in text or "__" in text
    for line in text.splitlines():
        start = line.lstrip()[:1]
        if fence or not start.isalpha():  # most lines are prose
            if fence or start in FENCES:
                opened = _fence.match(line)
                if fence:
                    if opened and opened[1].startswith(fence) and not line[opened.end() :].strip():
                        fence = ""
                    continue
                if opened:
                    fence = opened[1]
                    continue
            if start == "#":
                headings += bool(_heading.match(line))
            elif start in BULLETS or start.isdigit():
                items += bool(_item.match(line))
        if has_bold and ("**" in line or "__" in line):
            bold += len(_bold.findall(line))
    return len(text), headings, items, bold
