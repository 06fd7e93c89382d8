"""Formulas in answers: `$…$`, `$$…$$`, `\\(…\\)` and `\\[…\\]`, as MathML.

A dollar sign is more often a price than a formula, so `$…$` is strict: nothing but the formula touches the signs
from inside, and no letter or digit from outside. `\\[1\\]` is an escaped bracket, not the formula "1".
"""

import re
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

MAX_FORMULA = 1_000  # characters; the converter recurses, and no honest formula is longer
MAX_FORMULAS = 400  # per answer; each costs about as much as a paragraph

CLOSERS = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}
_like_maths = re.compile(r"[\\^_=+<>]")
_opening = re.compile(r"^ {0,3}(\$\$|\\\[)")


def add_maths(md: MarkdownIt) -> None:
    """Teaches `md` formulas; a block formula may interrupt a paragraph, a quote or a list."""
    md.block.ruler.before("fence", "math_block", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.inline.ruler.before("escape", "math_inline", _inline)
    md.add_render_rule("math_block", _render_block)
    md.add_render_rule("math_inline", _render_inline)


def awaits_closing(lines: list[str]) -> bool:
    """Whether `lines`, none of them blank, may hold the beginning of a formula whose end has not come yet.

    A line `$$` that ends a formula may also begin one: only a blank line tells. Waiting for it does no harm.
    """
    awaited: set[str] = set()
    for line in lines:
        awaited = {closer for closer in awaited if closer not in line}
        opening = _opening.match(line)
        if opening and CLOSERS[opening[1]] not in line[opening.end() :]:
            awaited.add(CLOSERS[opening[1]])
    return bool(awaited)


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    opener = _line(state, start)[:2]
    if opener not in ("$$", "\\["):
        return False
    last = _closing_line(state, start, end, CLOSERS[opener])
    if last is None:
        return False
    content = state.getLines(start, last + 1, state.blkIndent, False).strip(" \t\n")[2:-2].strip(" \t\n")
    if not content or (opener == "\\[" and not _like_maths.search(content)):
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.content, token.markup, token.map = content, opener, [start, last + 1]
        state.line = last + 1
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip(" \t")


def _closing_line(state: StateBlock, start: int, end: int, closer: str) -> int | None:
    """The line that `closer` ends, if no blank line comes before; a closer in mid-line is left to the inline rule."""
    first = _line(state, start)
    if closer in first[2:]:
        return start if first.find(closer, 2) == len(first) - 2 else None
    # Thousands of openers without an end would each look at all the lines below: remember where the search is vain.
    vain = state.__dict__.setdefault("vain_closings", {})
    key = (closer, state.blkIndent, state.level, end)
    if start < vain.get(key, -1):
        return None
    for line in range(start + 1, end):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            break
        text = _line(state, line)
        if closer in text:
            if text.find(closer) == len(text) - 2:
                return line
            break
    else:
        line = end
    vain[key] = line
    return None


def _inline(state: StateInline, silent: bool) -> bool:
    found = _delimited(state) if state.src[state.pos] in "$\\" else None
    if found is None:
        return False
    opener, content, after = found
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = content, opener
    state.pos = after
    return True


def _delimited(state: StateInline) -> tuple[str, str, int] | None:
    """Opener, formula and the position after it, if a formula starts here."""
    opener = state.src[state.pos : state.pos + 2]
    if opener in CLOSERS:
        end = state.src.find(CLOSERS[opener], state.pos + 2, state.posMax)
        content = state.src[state.pos + 2 : end] if end > 0 else ""
        if not content.strip() or (opener == "\\[" and not _like_maths.search(content)):
            return None
        return opener, content, end + 2
    if opener[:1] == "$":
        return _between_dollars(state.src, state.pos, state.posMax)
    return None


def _between_dollars(source: str, start: int, limit: int) -> tuple[str, str, int] | None:
    end = source.find("$", start + 1, limit)
    while end > 0 and source[end - 1] == "\\":
        end = source.find("$", end + 1, limit)
    content = source[start + 1 : end] if end > 0 else ""
    if not content or content != content.strip() or "\n" in content:
        return None
    if (start and source[start - 1].isalnum()) or source[end + 1 : end + 2].isalnum():
        return None
    if content[0].isdigit() and " " in content and not _like_maths.search(content):
        return None  # "$10 ou 5$"
    return "$", content, end + 1


def _render_block(renderer, tokens, index, options, env) -> str:
    return f'<div class="math-block">{_formula(tokens[index], env)}</div>\n'


def _render_inline(renderer, tokens, index, options, env) -> str:
    return _formula(tokens[index], env)


def _formula(token, env) -> str:
    if "html" not in token.meta:
        count = env["formulas"] = env.get("formulas", 0) + 1
        is_short = len(token.content) <= MAX_FORMULA
        mathml = _mathml(token.content, token.markup in ("$$", "\\[")) if is_short and count <= MAX_FORMULAS else None
        source = token.markup + token.content + CLOSERS.get(token.markup, token.markup)
        token.meta["html"] = mathml or f"<code>{escape(source)}</code>"
    return token.meta["html"]


@lru_cache(maxsize=256)
def _mathml(source: str, is_display: bool) -> str | None:
    """MathML, or None where the converter does not understand `source` (it may raise anything, recursion included)."""
    from latex2mathml.converter import convert  # 30 ms, and most answers hold no formula

    try:
        return convert(source, display="block" if is_display else "inline")
    except Exception:
        return None
