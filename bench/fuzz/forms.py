"""The forms that pages hold, as a browser reads them: a new one is found by its being there."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

SENT_BY_HTMX = ("hx-post", "hx-get")


@dataclass
class Form:
    """`fields` are (name, value) as they would be sent if nobody touched them; a box or a choice with its value."""

    method: str
    path: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """`found` in what was fed, each with its path from the root."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.found = []
        self._open = None
        self._menu = ""

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        for name in SENT_BY_HTMX:
            if tag != "form" and name in given:
                self.found.append(Form(name.removeprefix("hx-").upper(), urljoin(self.path, given[name])))
        if tag == "form":
            self._open = Form(given.get("method", "get").upper(), urljoin(self.path, given.get("action", "")))
            self.found.append(self._open)
        elif self._open is not None and tag in ("input", "textarea", "button") and given.get("name"):
            self._open.fields.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._menu = given.get("name", "")
        elif self._open is not None and tag == "option" and self._menu:
            self._open.fields.append((self._menu, given.get("value", "")))

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None


def forms_of(path, html):
    reader = Forms(path)
    reader.feed(html)
    return reader.found
