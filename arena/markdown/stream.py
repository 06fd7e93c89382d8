"""The incremental renderer: what to send down the socket as an answer grows.

The source is cut where Markdown's own block parser sees that nothing to come can change what stands before: those
blocks are *settled*, rendered once, and put before the tail. The tail is the rest, shown as plain text. A list whose
second item has begun, or a table, stays *open*: its items and rows settle one at a time. Only the tail is ever parsed.
"""

from html import escape

from .containers import OpenList, OpenTable, container_from
from .document import MAX_LENGTH, normalise, render, render_tokens
from .page import LineWatch, Page, complete_part, without_leading_blank_lines
from .sanitizer import clean

SMALL_TAIL = 600  # characters; a longer tail is parsed again only once it has grown
LARGE_TAIL = 10_000
MAX_TAIL = 60_000  # no honest block is longer: above, nothing settles before the end


class IncrementalMarkdown:
    """Renders one answer while it streams.

    The page holds `<div id="{prefix}" class="answer-body">{html()}</div>`. Apply to it, in order, everything that
    `feed` and `finish` return after that `html()`: the body then equals `render(text)`, but for ids. `prefix` is short,
    ASCII, begins with a letter and is unique on the page; every id in the body is the prefix, a hyphen and more.

    Time and bytes are linear in the answer, whatever its size and however it is cut.
    """

    def __init__(self, prefix: str):
        self._prefix = prefix
        self._fed: list[str] = []
        self._held = ""  # a final "\r", until we know whether "\n" follows
        self._tail: list[str] = []
        self._size = 0
        self._room = MAX_LENGTH
        self._watch = LineWatch()
        self._is_due = False
        self._next_size = 0
        self._env: dict = {"references": {}}
        self._closed: list[str] = []  # HTML of settled blocks, without ids
        self._shown = 0  # how many of them are on the page
        self._open: OpenList | OpenTable | None = None
        self._opened = 0
        self._patches: list[str] = []
        self._is_blank = True
        self._has_given_up = False
        self._final: str | None = None

    @property
    def text(self) -> str:
        """Everything fed so far, unchanged."""
        return "".join(self._fed)

    def feed(self, delta: str) -> str:
        """Takes the next characters of the answer; the HTML to send: elements with `hx-swap-oob`, or ""."""
        self._fed.append(delta)
        added = self._take(self._held + delta)
        if not added:
            return ""
        if self._is_due and not self._has_given_up and self._size >= self._next_size and self._settle():
            return self._patch()
        return self._tail_patch("beforeend", added)

    def finish(self) -> str:
        """The last HTML to send, once the answer is complete. `feed` must not be called again.

        Closes the tail; or replaces the whole body where a full render differs (a link used before its definition).
        """
        if self._held:
            self._take(self._held + "\n")
        self._final = render(self.text)
        if not self._has_given_up:
            self._settle(is_final=True)
            self._tail = []
        if self._has_given_up or "".join(self._closed) != self._final:
            return f'<div id="{self._prefix}" hx-swap-oob="innerHTML">{self._final}</div>'
        return self._patch()

    def html(self) -> str:
        """The inner HTML of the body as it stands now, with the ids that later patches look for."""
        if self._final is not None:
            return self._final
        container = self._open.html() if self._open else ""
        tail = escape("".join(self._tail).lstrip("\n"), quote=False)
        return f'{"".join(self._closed)}{container}<div id="{self._prefix}-t" class="answer-tail">{tail}</div>'

    def _take(self, text: str) -> str:
        """Adds normalised text to the tail, notes whether it is worth parsing, and returns it."""
        self._held = "\r" if text.endswith("\r") else ""
        added = normalise(text.removesuffix("\r"))
        self._tail.append(added)
        self._size += len(added)
        self._room -= len(added)
        self._has_given_up = self._has_given_up or self._room < 0
        self._is_due = self._watch.saw(added) or self._is_due
        return added

    def _settle(self, is_final: bool = False) -> bool:
        """Settles what can be; whether anything was."""
        has_moved = False
        while self._step(is_final):
            has_moved = True
        self._is_due = False
        growth = 1.25 if self._size < LARGE_TAIL else 2
        self._next_size = 0 if self._size < SMALL_TAIL else int(self._size * growth)
        self._has_given_up = self._has_given_up or self._size > MAX_TAIL
        return has_moved

    def _step(self, is_final: bool) -> bool:
        """One parse of the tail; whether another may settle more, as it may once a container is open."""
        source = "".join(self._tail)
        container = self._open
        prefix, table = (container.prefix, container.table) if container else ("", (0, 0))
        page = Page(prefix, source if is_final else complete_part(source), table)
        if container and not container.continues_in(page):
            self._has_given_up = True
            return False
        settled = len(page.blocks) if is_final else page.settled_count()
        opening = None
        if container and not settled:
            end = container.settled_until(page)
        else:
            end = page.blocks[settled - 1].end if settled else 0
            opening = self._opening(page, settled)
        if not end and not opening:
            self._watch.fence = page.open_fence()
            return False
        end = max(end, opening.first_line if opening else 0)
        for label, definition in page.definitions_before(end).items():
            self._env["references"].setdefault(label, definition)
        self._close(page, settled)
        if opening:
            self._open, self._opened = opening, self._opened + 1
        self._cut(source[page.after(end) :])
        return not is_final

    def _opening(self, page: Page, settled: int) -> OpenList | OpenTable | None:
        if settled == len(page.blocks):
            return None
        return container_from(page.blocks[settled], page, f"{self._prefix}-{self._opened + 1}")

    def _close(self, page: Page, settled: int) -> None:
        """Renders the first `settled` blocks of a page, or what is settled of the open container."""
        blocks = page.blocks[:settled]
        if self._open:
            self._open.take(page, self._env, is_over=settled > 0)
            if blocks:
                self._close_container(self._open)
                blocks = blocks[1:]
        self._closed.extend(clean(render_tokens(block.tokens, self._env)) for block in blocks)

    def _close_container(self, container: OpenList | OpenTable) -> None:
        if container.is_shown:
            self._patches.append(container.patch(is_over=True))
            self._shown += 1
        self._closed.append(container.closed_html())
        self._open = None

    def _cut(self, rest: str) -> None:
        if not self._open:
            rest = without_leading_blank_lines(rest)
        self._tail, self._size = [rest], len(rest)
        self._watch.restart(in_table=isinstance(self._open, OpenTable))

    def _patch(self) -> str:
        """The elements that bring the page up to date after something settled."""
        patches, self._patches = self._patches, []
        new = "".join(self._closed[self._shown :])
        self._shown = len(self._closed)
        if self._open and self._open.is_shown:
            patches.append(self._open.patch())
        elif self._open:
            new += self._open.show()
        if new:
            patches.append(f'<div hx-swap-oob="beforebegin:#{self._prefix}-t">{new}</div>')
        is_over = self._final is not None
        patches.append(self._tail_patch("delete" if is_over else "innerHTML", "".join(self._tail)))
        return "".join(patches)

    def _tail_patch(self, how: str, text: str) -> str:
        """The tail as shown: without the line breaks that stand between it and what is settled."""
        if how == "innerHTML" or self._is_blank:
            text = text.lstrip("\n")
            self._is_blank = not text
        if how == "beforeend" and not text:
            return ""
        return f'<div id="{self._prefix}-t" hx-swap-oob="{how}">{escape(text, quote=False)}</div>'
