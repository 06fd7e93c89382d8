"""E-mail addresses."""

import re
from collections.abc import Iterator

from .contract import Found

ADDRESS = re.compile(
    r"(?<![\w.+'’-])([\w](?:[\w.+'’-]{0,62}[\w+-])?)\s?(?:@|\(at\)|\[at\]|arobase)\s?"
    r"((?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24})(?![\w-])"
)
NOBODY = re.compile(
    r"(?:example|exemple|eksempel|exempel|pavyzdys|domain|domaine|domän|domæne|domenas|test|invalid|localhost)"
    r"(?:\.[a-z]{2,6})?$",
    re.IGNORECASE,
)
MACHINES = {"git", "noreply", "no-reply", "donotreply"}


def find(text: str, language: str, by_visitor: bool) -> Iterator[Found]:
    """Addresses as they are written, an "@" in brackets or in words included; not those of examples, nor of Git."""
    if "@" not in text and "at" not in text and "arobase" not in text:
        return
    for match in ADDRESS.finditer(text):
        name, host = match.groups()
        if name.lower() not in MACHINES and not any(NOBODY.fullmatch(part) for part in endings(host)):
            yield Found(*match.span(), "email", "email")


def endings(host: str) -> Iterator[str]:
    """The registered name of a host, with and without what follows."""
    labels = host.split(".")
    yield ".".join(labels[-2:])
    yield labels[-1]
