"""The page that the patches build is the page that a full render builds, whatever the text and however it is cut."""

import json
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

    def swap_innerHTML(self, target, element):  # noqa: N802
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
    """Of a table sent in batches, one `<tbody>`: until it is over, the page may hold several."""
    return html.replace("</tbody>\n<tbody>\n", "")


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
