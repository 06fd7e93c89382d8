"""A list or a table that is still growing on the page."""

from .document import render_tokens
from .page import Block, Page, split_blocks
from .sanitizer import clean, clean_rows

LIST_KINDS = ("bullet_list_open", "ordered_list_open")
MAX_TABLE_HEAD = 1_000  # characters, since rows are parsed behind their head each time


def container_from(block: Block, page: Page, ident: str) -> "OpenList | OpenTable | None":
    """The container to open for the last block of a page, if some of it is settled already."""
    if block.kind in LIST_KINDS and len(split_blocks(block.tokens, 1)) > 1:
        return OpenList(block, ident)
    if block.kind == "table_open":
        head = page.lines(block.start, block.start + 2)
        return OpenTable(block, head, ident) if len(head) <= MAX_TABLE_HEAD else None
    return None


class OpenList:
    """Items settle when the next one begins. The list itself ends when something else does."""

    def __init__(self, block: Block, ident: str):
        opening = block.tokens[0]
        self._ident = ident
        self._kind = opening.type
        self._tag = opening.tag
        self._start = f' start="{opening.attrs["start"]}"' if "start" in opening.attrs else ""
        # Items are parsed behind an item of ours, which shows whether the list is tight. Its text begins in column 5:
        # a sibling is indented by 3 at most, so nothing that follows can belong to it.
        self.prefix = f"{opening.markup}    x\n" if self._tag == "ul" else f"1{opening.markup}   x\n"
        self.table = (0, 0)
        self.first_line = block.start
        self._items: list[str] = []
        self._tokens: list[list] = []  # of the items, while they may have to be rendered again
        self._is_loose = False
        self._shown: int | None = None  # how many items are on the page, if the list is
        self._is_stale = False

    def continues_in(self, page: Page) -> bool:
        """Whether the page holds what it must: our item, then the answer's, if anything."""
        first = page.blocks[0]
        is_alone = len(split_blocks(first.tokens, 1)) == 1
        return first.kind == self._kind and first.start == 0 and not (is_alone and len(page.blocks) > 1)

    def settled_until(self, page: Page) -> int:
        items = split_blocks(page.blocks[0].tokens, 1)
        return items[-1].start if len(items) > 2 else 0

    def take(self, page: Page, env: dict, is_over: bool) -> None:
        """Renders the settled items of `page`: all of them if the list is over."""
        ours, *items = split_blocks(page.blocks[0].tokens, 1)
        if not self._is_loose and not ours.tokens[1].hidden:
            self._loosen(env)
        for item in items if is_over else items[:-1]:
            self._items.append(self._render(item.tokens, env))
            if not self._is_loose:
                self._tokens.append(item.tokens)

    def _loosen(self, env: dict) -> None:
        """A blank line between two items puts paragraphs into all of them, once."""
        self._is_loose = True
        self._is_stale = self._shown is not None
        self._items = [self._render(tokens, env) for tokens in self._tokens]
        self._tokens = []

    def _render(self, item: list, env: dict) -> str:
        for token in item:
            if token.level == 2 and token.type in ("paragraph_open", "paragraph_close"):
                token.hidden = not self._is_loose
        return clean(render_tokens(item, env))

    def closed_html(self) -> str:
        return f"<{self._tag}{self._start}>\n{''.join(self._items)}</{self._tag}>\n"

    def html(self) -> str:
        return f'<{self._tag} id="{self._ident}"' + self.closed_html().removeprefix(f"<{self._tag}")

    def show(self) -> str:
        """The HTML of a list that is not on the page yet."""
        self._shown = len(self._items)
        return self.html()

    @property
    def is_shown(self) -> bool:
        return self._shown is not None

    def patch(self, is_over: bool = False) -> str:
        """What brings the list on the page up to date."""
        new = "".join(self._items[self._shown :])
        self._shown = len(self._items)
        if self._is_stale:
            self._is_stale = False
            return self.html().rstrip().replace(">", ' hx-swap-oob="true">', 1)
        return f'<{self._tag} id="{self._ident}" hx-swap-oob="beforeend">{new}</{self._tag}>' if new else ""


class OpenTable:
    """Each row settles with its line. The table ends with a blank line or another block.

    A bare `<tr>` may be lost when htmx parses a message, and its socket extension does not look into a `<template>`: so
    each batch of rows arrives as a `<tbody>` of its own; a table sent in several is sent again, once, when it is over.
    """

    def __init__(self, block: Block, head: str, ident: str):
        self._ident = ident
        self.prefix = head
        self.table = (0, 0)  # what its rows have cost, see `document.MAX_FILLED_CELLS`
        self.first_line = block.start + 2
        end = next(i for i, token in enumerate(block.tokens) if token.type == "thead_close")
        opening = clean(render_tokens([*block.tokens[: end + 1], block.tokens[-1]], {}))
        self._opening = opening.removesuffix("</table></div>\n")
        self._rows: list[str] = []
        self._shown: int | None = None
        self._batches = 0

    def continues_in(self, page: Page) -> bool:
        return page.blocks[0].kind == "table_open" and page.blocks[0].start == 0

    def settled_until(self, page: Page) -> int:
        rows = self._rows_of(page)
        return rows[-1].end if rows else 0

    def take(self, page: Page, env: dict, is_over: bool) -> None:
        self.table = page.env["table"]
        rows = self._rows_of(page)
        if rows:
            self._rows.append(clean_rows("".join(render_tokens(row.tokens, env) for row in rows)))

    def _rows_of(self, page: Page) -> list[Block]:
        return split_blocks(page.blocks[0].tokens, 2)[1:]

    def closed_html(self) -> str:
        rows = f"<tbody>\n{''.join(self._rows)}</tbody>\n" if self._rows else ""
        return f"{self._opening}{rows}</table></div>\n"

    def html(self) -> str:
        return self.closed_html().replace("<table>", f'<table id="{self._ident}">', 1)

    def show(self) -> str:
        self._shown = len(self._rows)
        self._batches = min(1, self._shown)
        return self.html()

    @property
    def is_shown(self) -> bool:
        return self._shown is not None

    def patch(self, is_over: bool = False) -> str:
        new = "".join(self._rows[self._shown :])
        self._shown = len(self._rows)
        self._batches += bool(new)
        if is_over and self._batches > 1:
            table = self.html().removeprefix('<div class="table-scroll" tabindex="0">').removesuffix("</div>\n")
            return table.rstrip().replace(">", ' hx-swap-oob="true">', 1)
        return f'<table id="{self._ident}" hx-swap-oob="beforeend"><tbody>\n{new}</tbody>\n</table>' if new else ""
