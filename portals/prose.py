"""What editors write, in Markdown, as HTML: headings, lists, tables, links, emphasis. Nothing of it can be a script."""

import nh3
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

TAGS = {
    *("h2", "h3", "h4", "p", "br", "hr", "ul", "ol", "li", "blockquote", "strong", "em", "code", "pre", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}

_parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")


def as_html(text):
    """Safe HTML. A first-level heading becomes a second-level one: the page has its own title."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"
    html = _parser.renderer.render(tokens, _parser.options, {})
    cleaned = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "http", "mailto"}, link_rel=None)
    return mark_safe(cleaned)
