"""Whatever a model writes, its answer is inert on the page, whole or streamed, and costs no more than its length."""

from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.markdown import IncrementalMarkdown, render
from arena.markdown.document import MAX_LENGTH

_mathml = (
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts "
    "mprescripts mtable mtr mtd mpadded mphantom mstyle menclose"
)
_html = "p h4 h5 h6 ul ol li blockquote hr br pre code em strong s a span div button table thead tbody tr th td"
MATHML, HTML = set(_mathml.split()), set(_html.split())
LINK = {"target": "_blank", "rel": "noopener noreferrer nofollow"}
CLASSES = {
    "div": {"code-block", "code-head", "table-scroll", "math-block", "answer-tail"},
    "button": {"code-copy"},
    "pre": {"answer-rest"},
    "th": {"cell-right", "cell-center"},
    "td": {"cell-right", "cell-center"},
}
BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Inspector(HTMLParser):
    """Fails on any tag or attribute that an answer must not have; ids and `hx-swap-oob` only as we write them."""

    def __init__(self, prefix=None):
        super().__init__()
        self.prefix, self.path = prefix, []

    def handle_starttag(self, tag, attrs):
        assert tag in HTML | MATHML, tag
        for name, value in attrs:
            assert getattr(self, "is_" + name.replace("-", "_"), self.is_ours)(tag, name, value), (tag, name, value)
        assert tag != "a" or dict(attrs).keys() >= LINK.keys()
        if tag not in ("br", "hr"):
            self.path.append(tag)

    def handle_startendtag(self, tag, attrs):
        raise AssertionError(tag)

    def handle_endtag(self, tag):
        assert self.path and self.path.pop() == tag

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment

    def is_href(self, tag, name, value):
        return tag == "a" and value.lower().startswith(("http://", "https://", "mailto:"))

    def is_class(self, tag, name, value):
        return value in CLASSES.get(tag, ()) or (tag == "span" and value.isalnum() and len(value) <= 3)

    def is_id(self, tag, name, value):
        own = (self.prefix, f"{self.prefix}-t", *(f"{self.prefix}-{n}" for n in range(1, 200)))
        return self.prefix is not None and value in own

    def is_hx_swap_oob(self, tag, name, value):
        how = ("true", "innerHTML", "beforeend", "delete", f"beforebegin:#{self.prefix}-t")
        return self.prefix is not None and value in how and set(self.path) <= {"div"} and not self.path

    def is_ours(self, tag, name, value):
        if tag == "a":
            return LINK.get(name) == value
        own = {"button": {"type": "button", "data-comparia-copy": ""}, "div": {"tabindex": "0"}}
        if tag == "ol" and name == "start":
            return value.isdigit()
        return own.get(tag, {}).get(name) == value or (tag in MATHML and name in MATHML_ATTRIBUTES)


_mathml_attributes = (
    "display mathvariant stretchy fence form separator accent accentunder movablelimits largeop minsize maxsize "
    "displaystyle scriptlevel linethickness width height depth lspace voffset linebreak columnalign rowspacing "
    "columnspacing columnlines rowlines notation"
)
MATHML_ATTRIBUTES = set(_mathml_attributes.split())


def inspect(html, prefix=None):
    inspector = Inspector(prefix)
    inspector.feed(html)
    inspector.close()
    assert not inspector.path
    assert not BIDI & set(html)
    assert not BIDI & set(unescape(html))


def assert_inert(text):
    """Neither the full render, nor a patch, nor the page at any moment holds anything but the allow-list."""
    inspect(render(text))
    markdown = IncrementalMarkdown("a3f")
    step = max(1, len(text) // 50)
    for at in range(0, len(text), step):
        inspect(markdown.feed(text[at : at + step]), "a3f")
        if at % (5 * step) == 0:
            inspect(markdown.html(), "a3f")
    inspect(markdown.finish(), "a3f")


HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>\n\ntexte",
    "<style>*{display:none}</style>",
    '<form action="https://evil.example"><input name=p><button>ok</button></form>',
    '<img src="https://evil.example/p.png" onerror=alert(1)>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<iframe src="https://evil.example"></iframe><object data=x></object><embed src=x><base href=//evil.example>',
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<div hx-get="/admin/" hx-trigger="load" data-hx-post="/x" id="a3f-t" class="fr-btn" style="color:red">x</div>',
    '<div id="a3f" hx-swap-oob="innerHTML">forgé</div>',
    "</div></div></body></html>",
    '<template><div hx-swap-oob="true" id="a3f">x</div></template>',
    "<!-- commentaire --><!doctype html><?php x ?><![CDATA[x]]>",
    "- a\n- b\n</ul></li></div><script>alert(1)</script>\n- c\n- d",
    "|a|b|\n|-|-|\n|</td></table><script>alert(1)</script>|</div>|\n|<tr hx-get=x>|x|\n\nfin",
    "```</code></pre><script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```",
    '```"onmouseover=alert(1)\nx\n```',
    '```html\n<script>alert("x")</script> &lt;script&gt;\n```',
    "```python\n'</span></code></pre><img src=x onerror=alert(1)>'\n",
    "![x](https://evil.example/p.png)",
    '![" onerror="alert(1)](https://evil.example/p.png "t")',
    "![<script>alert(1)</script>][i]\n\n[i]: https://evil.example/p.png",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1)) [x](  javascript:alert(1)) [x](<javascript:alert(1)>)",
    "[x](&#106;avascript:alert(1)) [x](java&#x0A;script:alert(1)) [x](java&Tab;script&colon;alert(1))",
    "[x](java\tscript:alert(1)) [x](java\x01script:alert(1)) [x](\x01javascript:alert(1)) [x](javascript\u2028:x)",
    "[x](java\\script:alert(1)) [x](javascript%3Aalert(1)) [x](\u202ejavascript:alert(1))",
    "[x](vbscript:msgbox(1)) [x](data:text/html;base64,PHNjcmlwdD4=) [x](file:///etc/passwd) [x](blob:x)",
    "[x](//evil.example) [x](\\\\evil.example) [x](/\\evil.example)",
    "<javascript:alert(1)> <data:text/html,x> <vbscript:x>",
    "[x][j] [j]\n\n[j]: javascript:alert(1) 'titre'",
    '[x](https://e.example "\\" onmouseover=alert(1) x=\\"") [x](https://e.example/"onmouseover="alert(1))',
    '[x](https://e.example/"><script>alert(1)</script>) https://e.example/"><script> https://e.example/<script>',
    "<https://e.example/\"onmouseover='alert(1)'> <mailto:a@e.example?body=%0d%0abcc:x>",
    '[a]: https://e.example/"hx-get=x\n\n[a]',
    "$\\href{javascript:alert(1)}{x}$ $\\text{<script>alert(1)</script>}$ $\\class{x}{y}$",
    "$\\style{x}{y}$ $\\unicode{x3c}$ $\\color{red}{<b>}$",
    "$$</math><script>alert(1)</script>$$ \\(\\id{a3f}{x}\\) \\[<img src=x onerror=alert(1)>=\\]",
    '$\\color{red" onclick="alert(1)}{x}$ $\\includegraphics{https://evil.example/p.png}$',
    "\u202egnp.exe\u202c \u2066x\u2069 &#x202e;x &#8238; `\u202e` [\u202e](https://e.example/\u202e)",
    "```python\n# \u202e\u2066 begin admins only\u2069\n```",
    "<https://e.example/%E2%80%AE> [%E2%80%AE](https://e.example)",
    "\x00\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\ud83d \udc00 a\ud800",
    "&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;script&amp;gt;",
    "`<script>` ``</code><script>alert(1)</script>``",
    "    </code></pre><script>alert(1)</script>\n",
    "# <script>alert(1)</script> </h3><iframe>",
    "> <blockquote onclick=alert(1)>\n> </blockquote></div>",
    "[x](https://user:pass@e.example:99999/) [x](https://[::1) [x](http:evil.example) [x](https:/\\evil.example)",
    "**<b onclick=alert(1)>** *<i>* ~~<s hx-on:click=alert(1)>~~",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert(text):
    assert_inert(text)
    assert_inert(f"- {text}\n- b\n\n> {text}\n\n|a|b|\n|-|-|\n| {text} | x |\n\n```\n{text}")


def test_hostile_text_together_is_inert():
    assert_inert("\n\n".join(HOSTILE))
    assert_inert("\n".join(HOSTILE))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=5), max_size=5), st.sampled_from(["", "\n", "\n\n", " "]))
def test_hostile_mixture_is_inert(texts, glue):
    assert_inert(glue.join(texts))


def test_hostile_text_cannot_make_a_button():
    text = '<button type="button" class="code-copy" data-comparia-copy="">x</button> `<button>`\n\n    <button>\n'

    assert render(text).count("<button") == 1  # of the indented code


SPANS = ["*a", "_a ", "[", "![", "[a](", "[x][", "$$", "$a", "\\(", "`", "``a`", "|", "~~a", ">", "- ", "<", "&"]
BLOCKS = ["$$ a\n", "\\[ a\n", "|\n", "> x\n", "- a\n", "1. a\n\n", "# a\n", "a\n=\n", "```\n", "*a\n", "[a\n", "\n"]


@pytest.mark.parametrize("unit", [*SPANS, "&amp;", "http://a ", "<http://a", "a", "\u202e"])
def test_hostile_megabyte_on_one_line_ends_like_its_full_render(unit):
    text = unit * (1_000_000 // len(unit))
    markdown = IncrementalMarkdown("a3f")

    sent = [markdown.feed(text[at : at + 50_000]) for at in range(0, len(text), 50_000)]
    last = markdown.finish()

    assert len("".join(sent)) < 6 * len(text)
    assert markdown.html() == render(text)
    assert last == "" or last.startswith('<div id="a3f" hx-swap-oob="innerHTML">') or markdown.html() in last


@pytest.mark.parametrize("unit", BLOCKS)
def test_hostile_lines_cost_in_proportion_to_their_number(unit):
    text = unit * (20_000 // len(unit))
    markdown = IncrementalMarkdown("a3f")

    sent = [markdown.feed(text[at : at + 500]) for at in range(0, len(text), 500)]

    assert len("".join([*sent, markdown.finish()])) < 50 * len(text)
    assert markdown.html() == render(text)


def test_hostile_depth_is_bounded_and_loses_no_text():
    lists = "".join("  " * depth + f"- n{depth}\n" for depth in range(100))
    quotes = ">" * 10_000 + " fin"
    brackets = "[" * 10_000 + "fin" + "]" * 10_000

    assert [f"n{depth}" in render(lists) for depth in range(100)] == [True] * 100
    assert "fin" in render(quotes)
    assert "fin" in render(brackets)
    for text in (lists, quotes, brackets, "- " * 10_000, "*" * 10_000 + "a" + "*" * 10_000, "$" + "{" * 900 + "$"):
        assert_inert(text)


def test_hostile_table_cannot_ask_for_more_cells_than_it_wrote():
    text = "|a" * 300 + "|\n" + "|-" * 300 + "|\n" + "x\n" * 50_000

    assert len(render(text)) < 5 * len(text)


def test_hostile_table_streamed_ends_at_the_same_row():
    text = "|a" * 40 + "|\n" + "|-" * 40 + "|\n" + "x\n" * 200
    markdown = IncrementalMarkdown("a3f")

    for at in range(0, len(text), 7):
        markdown.feed(text[at : at + 7])

    assert not markdown.finish().startswith('<div id="a3f" ')


def test_hostile_end_of_an_endless_answer_is_plain_text():
    text = "a\n\n" * (MAX_LENGTH // 3 + 10) + "<script>**b**"

    assert render(text).endswith("&lt;script&gt;**b**</pre>\n")
    inspect(render(text))
