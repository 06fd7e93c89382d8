"""Fenced code: highlighted where its language is named and common, plain otherwise."""

import re
from functools import cache, lru_cache
from html import escape

MAX_HIGHLIGHTED = 10_000  # characters of one block; above, colours cost more than they tell
MAX_HIGHLIGHTED_IN_ALL = 60_000  # characters of one answer

# Names that models write. A closed list: each lexer is a module to import, and an answer must not choose freely.
_names = (
    "ada asm awk bash batch bat c c# c++ clojure cmake cpp cs csharp css csv cu cuda dart diff docker dockerfile "
    "elixir erlang f# fortran fsharp go golang graphql groovy haskell hcl html http ini java javascript js json "
    "json5 jsonc jsx julia kotlin latex less lisp lua make makefile markdown matlab md nginx nix objc objective-c "
    "ocaml octave pascal perl php postgres postgresql powershell prolog proto protobuf ps1 py python python3 "
    "pycon r racket rb rs rst ruby rust sass scala scheme scss sh shell solidity sparql sql svg swift tcl "
    "terraform tex toml ts tsx typescript vb vbnet verilog vhdl vim vue xml yaml yml zig zsh"
)
LANGUAGES = frozenset(_names.split())
_name = re.compile(r"[\w+#.-]{1,30}", re.ASCII)


def render_listing(code: str, info: str, env: dict) -> str:
    """The block for a fence whose info string is `info`; `env` counts what the answer has spent on colours."""
    match = _name.match(info.strip())
    language = match[0] if match else ""
    return (
        f'<div class="code-block"><div class="code-head"><span>{escape(language)}</span>'
        '<button type="button" class="code-copy" data-comparia-copy=""></button></div>'
        f"<pre><code>{_highlighted(code, language.lower(), env) or escape(code)}</code></pre></div>\n"
    )


def _highlighted(code: str, language: str, env: dict) -> str | None:
    if language not in LANGUAGES or len(code) > MAX_HIGHLIGHTED:
        return None
    env["highlighted"] = env.get("highlighted", 0) + len(code)
    if env["highlighted"] > MAX_HIGHLIGHTED_IN_ALL:
        return None
    lexer = _lexer(language)
    return lexer and _coloured(code, language)


@lru_cache(maxsize=64)
def _coloured(code: str, language: str) -> str:
    """Cached, because a complete answer is rendered once more than its blocks."""
    from pygments import highlight

    return highlight(code, _lexer(language), _formatter())


@cache
def _lexer(language: str):
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=1)
def _formatter():
    from pygments.formatters.html import HtmlFormatter  # the package itself, first imported by two threads, breaks

    return HtmlFormatter(nowrap=True)
