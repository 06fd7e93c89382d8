"""The page that the patches build is the page that a full render builds, whatever the text and however it is cut."""

import random
from html.parser import HTMLParser
from pathlib import Path

import django_htmx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena.markdown import IncrementalMarkdown, render

VOID = {"br", "hr"}


class Node:
    def __init__(self, tag, attrs=()):
        self.tag, self.attrs, self.children = tag, dict(attrs), []

    def walk(self):
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def parent_of(self, node):
        return next(n for n in self.walk() if any(child is node for child in n.children))

    def without_ids(self):
        """A comparable tree, with adjacent texts joined as on a page that is loaded."""
        children = []
        for child in self.children:
            child = child.without_ids() if isinstance(child, Node) else child
            if isinstance(child, str) and children and isinstance(children[-1], str):
                children[-1] += child
            else:
                children.append(child)
        return self.tag, {k: v for k, v in self.attrs.items() if k != "id"}, children


class TreeBuilder(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = Node("root")
        self.path = [self.root]

    def handle_starttag(self, tag, attrs):
        node = Node(tag, attrs)
        self.path[-1].children.append(node)
        if tag not in VOID:
            self.path.append(node)

    def handle_endtag(self, tag):
        assert self.path.pop().tag == tag

    def handle_data(self, data):
        self.path[-1].children.append(data)


def parse(html):
    builder = TreeBuilder()
    builder.feed(html)
    builder.close()
    assert builder.path == [builder.root]
    return builder.root


class FakePage:
    """A page that applies messages as the htmx 2 web socket extension does."""

    def __init__(self, prefix, html=""):
        self.body = parse(f'<div id="{prefix}" class="answer-body">{html}</div>').children[0]

    def apply(self, message):
        for element in parse(message).children:
            how, _, selector = element.attrs.pop("hx-swap-oob").partition(":")
            ident = selector.removeprefix("#") or element.attrs["id"]
            (target,) = (node for node in self.body.walk() if node.attrs.get("id") == ident)
            getattr(self, "swap_" + how)(target, element)

    def swap_true(self, target, element):
        siblings = self.body.parent_of(target).children
        siblings[next(i for i, node in enumerate(siblings) if node is target)] = element

    def swap_innerHTML(self, target, element):
        target.children = element.children

    def swap_beforeend(self, target, element):
        target.children += element.children

    def swap_beforebegin(self, target, element):
        siblings = self.body.parent_of(target).children
        at = next(i for i, node in enumerate(siblings) if node is target)
        siblings[at:at] = element.children

    def swap_delete(self, target, element):
        self.body.parent_of(target).children.remove(target)

    def tree(self):
        return self.body.without_ids()


def one_body(html):
    """`html` as if each table had come in one batch: until it is over, the page holds a `<tbody>` for each."""
    return html.replace("</tbody>\n<tbody>\n", "")


def with_one_body(tree):
    """The same, of a tree."""
    tag, attrs, children = tree
    merged = []
    for child in children:
        child = child if isinstance(child, str) else with_one_body(child)
        if child[0] == "tbody" and len(merged) > 1 and merged[-2][0] == "tbody":
            merged[-2] = ("tbody", {}, [*merged[-2][2], *child[2][1:]])
            merged.pop()
        else:
            merged.append(child)
    return tag, attrs, merged


def stream(pieces, reload_at=None):
    """The page after all patches, the renderer, and what was sent; `reload_at`: a fresh page after so many pieces."""
    markdown = IncrementalMarkdown("a3f")
    page = FakePage("a3f", markdown.html())
    sent = []
    for number, piece in enumerate(pieces):
        if number == reload_at:
            page = FakePage("a3f", markdown.html())
        sent.append(markdown.feed(piece))
        page.apply(sent[-1])
    sent.append(markdown.finish())
    page.apply(sent[-1])
    return page, markdown, sent


def cut(text, seed, longest):
    rng = random.Random(seed)
    pieces = []
    while text:
        length = rng.randint(1, longest)
        pieces.append(text[:length])
        text = text[length:]
    return pieces


def full_tree(text):
    return FakePage("a3f", render(text)).tree()


# fmt: off
LINES = st.sampled_from([
    "", "-", "- a", "- b", "* x", "+ y", "1. un", "2) deux", "-", "1.", "  - sous", "   1. u", "    - plus",
    "\t- tab", "-\t tab", "- - a", "- # t", "* * *", "# t", "titre", "===", "---", "> q", "> - q", "> ```", ">",
    "```", "```python", "~~~", "- ```", "  ```", "    code", "\tcode", "  suite", "$$", "$$ x $$", "a $$", "> $$",
    "1. $$", "   $$", "\\[ x=1", "\\]", "$x$ et 5 $", "[a]: http://x", "'t", "t'", "[a]", "[b](http://y) [a]",
    "- [a]: /x", "![i](http://z)", "https://e.org/x_(y).", "**gras** *i*", "`c` ``", "<div>", "<script>",
    "&#x202e;&lt;", "\\", "mot\u2028mot\x0bx\x85y", "é\r", "\u202eabc", "\U0001f469\u200d\U0001f4bb", "\x00",
    "\ud83d", "texte", "a|b", "|---|---|", "---|---", "| 1 | 2 |", "|x", "# t | u", "- |a|b|", "- b|c", "  |-|-|",
    "> a|b", "``` a|b",
])
# fmt: on
ENDS = st.sampled_from(["\n", "\n", "\n", "\n\n", "\r\n", "\r\n\r\n", "\n \t\n", ""])
DOCUMENTS = st.lists(st.tuples(LINES, ENDS), max_size=16).map(lambda lines: "".join(map("".join, lines)))
PIECES = st.sampled_from([1, 2, 5, 16, 60, 400])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENTS, st.integers(0, 999), PIECES, st.integers(0, 99))
def test_patches_any_document_equal_full_render(text, seed, longest, reload_at):
    pieces = cut(text, seed, longest)

    page, markdown, sent = stream(pieces, reload_at)

    assert page.tree() == full_tree(text)
    assert markdown.text == text
    assert markdown.html() == render(text)
    if "]:" not in text:  # only a definition that comes after its link costs a second rendering
        assert not sent[-1].startswith('<div id="a3f" ')


@settings(max_examples=100, deadline=None)
@given(st.text(), st.integers(0, 999))
def test_patches_any_characters_equal_full_render(text, seed):
    page, _, _ = stream(cut(text, seed, 5))

    assert page.tree() == full_tree(text)


ANSWER = """## Les énergies

Trois *piliers*, dont le [solaire](https://exemple.fr) :

1. **Le solaire** : 5 % ;
2. **L'éolien** ;

   en mer surtout :
   - posé
   - flottant
3. l'eau.

- un
- deux
  - deux et demi
- trois

| Source | Part |
|:-------|-----:|
| Soleil | 5 %  |
| Vent | 10 % |
| Eau | 11 % |

```python
def part(x):

    return x / 100
```

Soit $$E = mc^2$$ ou encore

\\[
\\frac{a}{b}
\\]

> Fin, de `citation`.
"""


def test_html_at_any_moment_then_later_patches_equal_full_render():
    pieces = cut(ANSWER, 1, 9)

    for reload_at in range(len(pieces)):
        page, _, _ = stream(pieces, reload_at)
        assert page.tree() == full_tree(ANSWER)


def test_html_at_any_moment_equals_the_patched_page():
    markdown = IncrementalMarkdown("a3f")
    page = FakePage("a3f", markdown.html())

    for piece in cut(ANSWER, 2, 9):
        page.apply(markdown.feed(piece))
        assert with_one_body(page.tree()) == with_one_body(FakePage("a3f", markdown.html()).tree())


def test_feed_paragraph_is_appended_then_settled():
    markdown = IncrementalMarkdown("a3f")

    assert markdown.html() == '<div id="a3f-t" class="answer-tail"></div>'
    assert markdown.feed("Bon*jour* <") == '<div id="a3f-t" hx-swap-oob="beforeend">Bon*jour* &lt;</div>'
    assert markdown.feed("\n\n") == (
        '<div hx-swap-oob="beforebegin:#a3f-t"><p>Bon<em>jour</em> &lt;</p>\n</div>'
        '<div id="a3f-t" hx-swap-oob="innerHTML"></div>'
    )
    assert markdown.finish() == '<div id="a3f-t" hx-swap-oob="delete"></div>'


def test_feed_list_items_settle_one_at_a_time():
    markdown = IncrementalMarkdown("a3f")
    markdown.feed("- un\n- deux\n")

    assert markdown.feed("- trois\n") == (
        '<ul id="a3f-1" hx-swap-oob="beforeend"><li>deux</li>\n</ul>'
        '<div id="a3f-t" hx-swap-oob="innerHTML">- trois\n</div>'
    )


def test_feed_list_turned_loose_is_sent_again_once():
    markdown = IncrementalMarkdown("a3f")

    sent = [markdown.feed(piece) for piece in ("- un\n- deux\n", "\n- trois\n", "\n- quatre\n")]

    assert [patch.count('<ul id="a3f-1" hx-swap-oob="true">') for patch in sent] == [0, 1, 0]
    assert [patch.count("<li>") for patch in sent] == [1, 2, 1]


def test_feed_table_rows_settle_with_their_line_and_table_once_more():
    markdown = IncrementalMarkdown("a3f")
    markdown.feed("|a|b|\n|-|-|\n|1|2|\n")

    assert markdown.feed("|3|4|\n").startswith('<table id="a3f-1" hx-swap-oob="beforeend"><tbody>\n<tr>\n<td>3</td>')
    assert markdown.feed("\n").count("<tr>") == 3


def test_feed_cr_at_the_end_of_a_piece_is_one_newline_with_what_follows():
    page, _, _ = stream(["a\r", "\nb\r", "\r", "c\r"])

    assert page.tree() == full_tree("a\nb\n\nc\n")


def test_finish_link_before_its_definition_replaces_the_body():
    _, _, sent = stream(["Voir [a].\n\n", "[a]: https://exemple.fr\n"])

    assert sent[-1].startswith('<div id="a3f" hx-swap-oob="innerHTML"><p>Voir <a href="https://exemple.fr"')


@pytest.mark.parametrize("container", ["- un\n- deux [a]\n", "|a|b|\n|-|-|\n|[a]|x|\n"])
def test_finish_link_after_its_definition_replaces_nothing(container):
    _, _, sent = stream(cut(f"[a]: https://exemple.fr\n\n{container}", 1, 3))

    assert sent[-1].endswith('<div id="a3f-t" hx-swap-oob="delete"></div>')


def test_feed_ordinary_answer_costs_few_bytes():
    text = ANSWER.split("```")[0] + "Une phrase de *conclusion*, comme il y en a dans toutes les réponses.\n" * 8
    pieces = [text[at : at + 16] for at in range(0, 1000, 16)]

    _, _, sent = stream(pieces)

    assert len("".join(sent).encode()) < 7_000


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# a", "<h4>a</h4>\n"),
        ("##### a", "<h6>a</h6>\n"),
        ("a\n---", "<h5>a</h5>\n"),
        ("~~a~~", "<p><s>a</s></p>\n"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
        ("5 $ et 10 $", "<p>5 $ et 10 $</p>\n"),
        ("$5 et $10, 5$ ou 10$", "<p>$5 et $10, 5$ ou 10$</p>\n"),
        ("$HOME et US$5-$6", "<p>$HOME et US$5-$6</p>\n"),
        ("\\[1\\] et \\$x$", "<p>[1] et $x$</p>\n"),
        ("$x$", '<p><math display="inline"><mrow><mi>x</mi></mrow></math></p>\n'),
        ("\\(x\\)", '<p><math display="inline"><mrow><mi>x</mi></mrow></math></p>\n'),
        ("$$\nx\n$$", '<div class="math-block"><math display="block"><mrow><mi>x</mi></mrow></math></div>\n'),
        ("$$\nx\n\n$$", "<p>$$\nx</p>\n<p>$$</p>\n"),
        ("$\\left( x$", "<p><code>$\\left( x$</code></p>\n"),
        ("![une *image*](https://exemple.fr/a.png)", "<p>une image</p>\n"),
        ("[relatif](/admin/) [ancre](#a)", "<p>relatif ancre</p>\n"),
    ],
)
def test_render_source_becomes_html(source, html):
    assert render(source) == html


def test_render_bare_url_ends_before_the_punctuation():
    rel = 'target="_blank" rel="noopener noreferrer nofollow"'

    assert render("(https://exemple.fr/a_(b), xhttps://non)") == (
        f'<p>(<a href="https://exemple.fr/a_(b)" {rel}>https://exemple.fr/a_(b)</a>, xhttps://non)</p>\n'
    )


def test_render_aligned_cells_have_a_class_and_no_style():
    assert '<td class="cell-right">1</td>' in render("|a|\n|-:|\n|1|\n")


def test_render_fence_is_highlighted_with_an_empty_copy_button():
    assert render("```python\npass\n```") == (
        '<div class="code-block"><div class="code-head"><span>python</span>'
        '<button type="button" class="code-copy" data-comparia-copy=""></button></div>'
        '<pre><code><span class="k">pass</span>\n</code></pre></div>\n'
    )


@pytest.mark.browser
def test_patches_in_a_browser_with_htmx_equal_html():
    from playwright.sync_api import sync_playwright

    static = Path(django_htmx.__file__).parent / "static" / "django_htmx"
    markdown = IncrementalMarkdown("a3f")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.evaluate(FAKE_SOCKET)
        page.add_script_tag(path=static / "htmx-2.js")
        page.add_script_tag(path=static / "ext" / "hx-ws-2.js")
        page.evaluate(CONNECT, f'<div hx-ext="ws" ws-connect="/s"><div id="a3f">{markdown.html()}</div></div>')
        page.wait_for_function("window.socket")
        for piece in cut(ANSWER, 3, 30):
            page.evaluate(SAME_AFTER_MESSAGE, [markdown.feed(piece), ""])
            built, loaded = page.evaluate(SAME_AFTER_MESSAGE, ["", markdown.html()])
            assert one_body(built) == one_body(loaded)
        built, loaded = page.evaluate(SAME_AFTER_MESSAGE, [markdown.finish(), render(ANSWER)])
        browser.close()
    assert built == loaded


FAKE_SOCKET = """() => {
    window.WebSocket = class extends EventTarget {
        constructor() { super(); window.socket = this; this.readyState = 1; }
        set onopen(listener) { setTimeout(() => listener({}), 0); }
        send() {}
        close() {}
    };
}"""
CONNECT = """(html) => {
    document.body.innerHTML = html;
    htmx.process(document.body.firstChild);
}"""
SAME_AFTER_MESSAGE = """([message, html]) => {
    if (message) window.socket.dispatchEvent(new MessageEvent("message", {data: message}));
    const fresh = document.createElement("div");
    fresh.innerHTML = html;
    const plain = (element) => {
        const copy = element.cloneNode(true);
        copy.querySelectorAll("[id]").forEach((node) => node.removeAttribute("id"));
        copy.querySelectorAll("[class='']").forEach((node) => node.removeAttribute("class"));
        return copy.innerHTML;
    };
    return [plain(document.getElementById("a3f")), plain(fresh)];
}"""
