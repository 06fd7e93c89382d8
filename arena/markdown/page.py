"""The part of an answer that is not settled yet: when it is worth parsing, and what its parse settles."""

import re
from dataclasses import dataclass

from markdown_it.token import Token

from .document import parse_blocks
from .maths import awaits_closing

BLOCK_STARTS = frozenset("#>-*+`~|$=_:\\")

_leading_blank_lines = re.compile(r"(?:[ \t]*\n)+")


class LineWatch:
    """Says whether the lines that have just ended make a parse worth while. Too seldom is late, never wrong."""

    def __init__(self) -> None:
        self.fence = ""  # the marker of the fence that the tail is in: nothing settles before it comes again
        self.in_table = False
        self._start = ""  # of the current line
        self._has_pipe = False
        self._is_after_blank = False

    def saw(self, added: str) -> bool:
        *ended, rest = added.split("\n")
        is_due = False
        for part in ended:
            self._extend(part)
            is_due = self._line_ended() or is_due
        self._extend(rest)
        return is_due

    def restart(self, in_table: bool) -> None:
        self.fence, self.in_table, self._is_after_blank = "", in_table, False

    def _extend(self, part: str) -> None:
        if len(self._start) < 40:
            self._start += part[:40]
        self._has_pipe = self._has_pipe or "|" in part

    def _line_ended(self) -> bool:
        start, has_pipe, is_after_blank = self._start.strip(" \t"), self._has_pipe, self._is_after_blank
        self._start, self._has_pipe, self._is_after_blank = "", False, not start
        if self.fence:
            return start.startswith(self.fence)
        is_block = not start or start[0] in BLOCK_STARTS or start[0].isdigit()
        return is_block or has_pipe or is_after_blank or self.in_table


@dataclass(slots=True)
class Block:
    """A run of tokens that opens and closes at one level; its lines are `start` to `end`, excluded."""

    tokens: list[Token]
    start: int
    end: int

    @property
    def kind(self) -> str:
        return self.tokens[0].type


def split_blocks(tokens: list[Token], level: int) -> list[Block]:
    """The blocks of `tokens` at `level`."""
    blocks = []
    first = 0
    for index, token in enumerate(tokens):
        if token.level != level:
            continue
        if token.nesting == 1:
            first = index
        else:
            opening = tokens[first] if token.nesting else token
            run = tokens[first : index + 1] if token.nesting else [token]
            start, end = opening.map or (0, 0)
            blocks.append(Block(run, start, end))
    return blocks


class Page:
    """A parse of `source` behind `prefix`, which makes it continue an open container. Lines are counted in both."""

    def __init__(self, prefix: str, source: str, table: tuple[int, int] = (0, 0)):
        self.source = source
        self.env: dict = {"table": table}
        self._prefix_length = len(prefix)
        self._text = prefix + source
        self._lines = self._text.split("\n")
        self.blocks = split_blocks(parse_blocks(self._text, self.env), 0)

    def settled_count(self) -> int:
        """How many blocks nothing that follows can change: all but the last, and it too where its end is seen."""
        if not self.blocks:
            return 0
        return len(self.blocks) - (not self._is_settled(self.blocks[-1]))

    def _is_settled(self, last: Block) -> bool:
        match last.kind:
            case "heading_open" | "hr" | "math_block":
                # A line with a pipe may turn out to be the head of a table.
                return "|" not in self._lines[last.end - 1]
            case "fence":
                return self._has_end(last)
            case "paragraph_open" | "blockquote_open" | "table_open":
                return last.end < len(self._lines) - 1 and not self._lines[last.end].strip(" \t")
        return False

    def _has_end(self, fence: Block) -> bool:
        return fence.tokens[0].content.count("\n") == fence.end - fence.start - 2

    def open_fence(self) -> str:
        """The marker of the fence that the source ends in, or ""."""
        last = self.blocks[-1] if self.blocks else None
        return last.tokens[0].markup if last and last.kind == "fence" and not self._has_end(last) else ""

    def lines(self, start: int, end: int) -> str:
        """The source of some lines."""
        return "".join(line + "\n" for line in self._lines[start:end])

    def after(self, line: int) -> int:
        """How many characters of the source stand before `line`."""
        position = 0
        for _ in range(line):
            position = self._text.find("\n", position) + 1 or len(self._text)
        return max(0, position - self._prefix_length)

    def definitions_before(self, line: int) -> dict:
        """The link definitions that end before `line`."""
        found = self.env.get("references", {})
        return {label: found[label] for label in found if found[label]["map"][1] <= line}


def complete_part(source: str) -> str:
    """`source` up to its last newline; less what follows the last blank line if a formula there may still grow."""
    source = source[: source.rfind("\n") + 1]
    if "$$" not in source and "\\[" not in source:
        return source
    lines = source.split("\n")[:-1]
    start = len(lines)
    while start and lines[start - 1].strip(" \t"):
        start -= 1
    return "".join(line + "\n" for line in lines[:start]) if awaits_closing(lines[start:]) else source


def without_leading_blank_lines(source: str) -> str:
    blank = _leading_blank_lines.match(source)
    return source[blank.end() :] if blank else source
