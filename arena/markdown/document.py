"""Our Markdown: CommonMark, tables, strikethrough, bare links and formulas; no raw HTML, no images, bounded work.

The whole answer and its pieces go through the same functions, so that every limit holds alike for both.
"""

import re
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, paragraph, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_core.text_join import text_join
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from .listing import render_listing
from .maths import add_maths
from .sanitizer import BIDI_CONTROLS, clean

MAX_LENGTH = 200_000  # characters of one answer; what follows is shown as plain text
MAX_INLINE = 10_000  # characters of one paragraph, cell or heading; above, it is shown as plain text
MAX_DEPTH = 20  # nested blocks (a list counts twice); deeper ones are paragraphs
MAX_INLINE_DEPTH = 24  # brackets in brackets; each `[` costs that much
MAX_FILLED_CELLS = 5_000  # cells that a table adds to its short rows

_newlines = re.compile(r"\r\n?")
_unprintable = re.compile("[\x00\ud800-\udfff]")
_bidi = re.compile(f"[{BIDI_CONTROLS}]")
_bare_url = re.compile(r"https?://[^\s<>\[\]`*\"'|\\{}^$«»]{1,2000}", re.IGNORECASE)
_safe_link = re.compile(r"https?://|mailto:", re.IGNORECASE)  # `http:a` would lead to a page of ours


def normalise(text: str) -> str:
    """Newlines as `\\n`, half characters and NUL as U+FFFD, no bidirectional controls: what the parser reads."""
    return _bidi.sub("", _unprintable.sub("\ufffd", _newlines.sub("\n", text)))


@lru_cache(maxsize=64)
def render(text: str) -> str:
    """A complete answer as safe HTML, without ids. Linear in `text`; never raises for what a model may have written.

    The last ones are kept: the end of an answer, its page and its reveal show the same.
    """
    env: dict = {}
    source = normalise(text)
    rest = escape(source[MAX_LENGTH:], quote=False)
    html = clean(render_tokens(parse_blocks(source[:MAX_LENGTH], env), env))
    return f'{html}<pre class="answer-rest">{rest}</pre>\n' if rest else html


def parse_blocks(source: str, env: dict) -> list[Token]:
    """The block tokens of normalised `source`; their texts are left unparsed, link definitions go to `env`."""
    tokens: list[Token] = []
    _md.block.parse(source, _md, env, tokens)
    return tokens


def render_tokens(tokens: list[Token], env: dict) -> str:
    """HTML of block tokens, *not yet sanitised*; tokens rendered before keep what was parsed."""
    for token in tokens:
        if token.type == "inline" and not token.children:
            _parse_inline(token, env)
    return _md.renderer.render(tokens, _md.options, env)


def _parse_inline(token: Token, env: dict) -> None:
    token.children = []
    if len(token.content) > MAX_INLINE:
        token.children.append(Token("text", "", 0, content=token.content))
    else:
        _md.inline.parse(token.content, _md, env, token.children)
        text_join(StateCore("", _md, env, [token]))


def _bounded_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not silent and table(state, start, end, True):
        end = _end_of_table(state, start, end)
    return table(state, start, end, silent)


def _end_of_table(state: StateBlock, start: int, end: int) -> int:
    """The line at which the table must end because its rows left too many cells to fill in.

    Two characters can ask for a row of hundreds of cells. `env["table"]` carries the count (cells, characters) over
    from the rows that an earlier piece of the same table held.
    """
    columns = _cells(state, start)
    filled, length = state.env.get("table", (0, 0)) if start == 0 else (0, 0)
    for line in range(start + 2, end):
        if state.isEmpty(line):
            break
        filled += max(0, columns - _cells(state, line))
        length += state.eMarks[line] - state.bMarks[line] + 1
        if filled > min(MAX_FILLED_CELLS, length + 100):
            return line
        if start == 0:
            state.env["table"] = (filled, length)
    return end


def _cells(state: StateBlock, line: int) -> int:
    return state.src[state.bMarks[line] : state.eMarks[line]].strip(" \t").strip("|").count("|") + 1


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Very deep blocks are paragraphs: the parser's own limit would drop them."""
    return not silent and state.level >= MAX_DEPTH and paragraph(state, start, end, False)


def _bare_link(state: StateInline, silent: bool) -> bool:
    """`https://…` in running text. Works at the colon, where the parser stops, and takes the scheme back."""
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    before = state.src[max(0, state.pos - 6) : state.pos].lower()
    scheme = next((name for name in ("https", "http") if before.endswith(name)), "")
    start = state.pos - len(scheme)
    match = _bare_url.match(state.src, start, state.posMax) if scheme else None
    if not match or before[: -len(scheme)][-1:].isalnum() or not state.pending.lower().endswith(scheme):
        return False
    url = _without_punctuation(match[0])
    state.pending = state.pending[: -len(scheme)]
    state.push("link_open", "a", 1).attrs = {"href": state.md.normalizeLink(url)}
    state.push("text", "", 0).content = url
    state.push("link_close", "a", -1)
    state.pos = start + len(url)
    return True


def _without_punctuation(url: str) -> str:
    """A sentence's own punctuation is not part of the address it ends with; a closing bracket that was opened is."""
    end = len(url)
    while url[end - 1] in ".,;:!?~_)" and not (url[end - 1] == ")" and "(" in url):
        end -= 1
    return url[:end]


def _render_link(renderer, tokens, index, options, env) -> str:
    """A link to anything but the web or a mailbox is only its text."""
    token = tokens[index]
    token.attrs.pop("title", None)
    if not _safe_link.match(str(token.attrs.get("href", ""))):
        closing = next(t for t in tokens[index:] if t.type == "link_close")
        token.hidden = closing.hidden = True
    return renderer.renderToken(tokens, index, options, env)


def _render_image(renderer, tokens, index, options, env) -> str:
    """Its description only: a remote image tells its host who reads the answer."""
    return escape(renderer.renderInlineAsText(tokens[index].children, options, env))


def _render_fence(renderer, tokens, index, options, env) -> str:
    token = tokens[index]
    if "html" not in token.meta:
        token.meta["html"] = render_listing(token.content, token.info, env)
    return token.meta["html"]


def _render_heading(renderer, tokens, index, options, env) -> str:
    """The page's own headings go down to the model's name, an h3: an answer starts at h4."""
    token = tokens[index]
    level = min(6, int(token.markup.count("#") or (1 if token.markup == "=" else 2)) + 3)
    return f"<h{level}>" if token.nesting == 1 else f"</h{level}>\n"


def _render_cell(renderer, tokens, index, options, env) -> str:
    token = tokens[index]
    alignment = str(token.attrs.get("style", "")).removeprefix("text-align:")
    return f'<{token.tag} class="cell-{alignment}">' if alignment in ("right", "center") else f"<{token.tag}>"


def _render_table(renderer, tokens, index, options, env) -> str:
    return '<div class="table-scroll" tabindex="0"><table>\n' if tokens[index].nesting == 1 else "</table></div>\n"


def _parser() -> MarkdownIt:
    # In blocks, `_too_deep` comes before this limit, at which markdown-it would drop all the text that follows.
    md = MarkdownIt("js-default", {"html": False, "maxNesting": MAX_INLINE_DEPTH})
    md.validateLink = lambda url: True  # type: ignore[method-assign]  # `_render_link` keeps the text of those that lead elsewhere
    md.block.ruler.before("table", "too_deep", _too_deep)
    md.block.ruler.at("table", _bounded_table, {"alt": ["paragraph", "reference"]})
    md.inline.ruler.after("text", "bare_link", _bare_link)
    add_maths(md)
    for name, rule in _rules().items():
        md.add_render_rule(name, rule)
    return md


def _rules() -> dict:
    return {
        "link_open": _render_link,
        "image": _render_image,
        "fence": _render_fence,
        "code_block": _render_fence,
        "heading_open": _render_heading,
        "heading_close": _render_heading,
        "th_open": _render_cell,
        "td_open": _render_cell,
        "table_open": _render_table,
        "table_close": _render_table,
    }


_md = _parser()
