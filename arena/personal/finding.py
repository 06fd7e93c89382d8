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
MOST_ECHOES = 300
PARTICLES = frozenset(["des", "del", "der", "dos", "van", "von"])


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
    value and how it was found; of a name, each word counts, with a capital even if it was typed without."""
    known: dict[str, Found] = {}
    for value, origin in values:
        for part in (value, *(words_of(value) if origin.kind == "name" else ())):
            if len(part) >= SHORTEST_ECHO:
                known.setdefault(part, origin)
    longest_first = sorted(known, key=len, reverse=True)[:MOST_ECHOES]
    if not longest_first:
        return []
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    return [
        Found(*match.span(), known[match[0]].kind, "echo", known[match[0]].is_certain)
        for match in pattern.finditer(text)
    ]


def words_of(name: str) -> list[str]:
    """Its words as an answer would write them, and all of them together."""
    words = [word[0].upper() + word[1:] for word in re.findall(r"\w[\w'’-]+", name)]
    return [" ".join(words), *(word for word in words if word.lower() not in PARTICLES)]
