"""All the rules together."""

import re
from collections.abc import Iterable

from . import accounts, addresses, births, emails, identities, machines, names, phones
from .contract import Found, Rule

METHOD = "rules/1"
"""Goes up when a rule changes: `enrich_conversations --again` then looks again into what older rules judged."""

RULES: tuple[Rule, ...] = (
    emails.find,
    accounts.find,
    identities.find,
    phones.find,
    addresses.find,
    machines.find,
    names.find,
    births.find,
)
SHORTEST_ECHO = 3


def find(text: str, language: str = "", by_visitor: bool = True) -> list[Found]:
    """What the rules find in a text, in order. A piece inside another is left out, unless it alone is certain."""
    return outermost(piece for rule in RULES for piece in rule(text, language, by_visitor))


def outermost(pieces: Iterable[Found]) -> list[Found]:
    """Of the same characters twice, the first stays."""
    found = []
    reached = reached_for_certain = 0
    for piece in sorted(pieces, key=lambda piece: (piece.start, -piece.end)):
        if piece.end <= (reached_for_certain if piece.is_certain else reached):
            continue
        found.append(piece)
        reached = max(reached, piece.end)
        if piece.is_certain:
            reached_for_certain = max(reached_for_certain, piece.end)
    return found


def echoes(text: str, values: Iterable[tuple[str, Found]]) -> list[Found]:
    """Where values found elsewhere in a conversation come again: answers repeat what they were told. Given pairs of a
    value and how it was found; of a name, each of its words with a capital counts too."""
    known: dict[str, Found] = {}
    for value, origin in values:
        parts = [value, *(re.findall(r"\w[\w'’-]+", value) if origin.kind == "name" else ())]
        for part in parts:
            if len(part) >= SHORTEST_ECHO and (part == value or part[0].isupper()):
                known.setdefault(part, origin)
    if not known:
        return []
    longest_first = sorted(known, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    return [
        Found(*match.span(), known[match[0]].kind, "echo", known[match[0]].is_certain)
        for match in pattern.finditer(text)
    ]
