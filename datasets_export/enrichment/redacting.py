"""Replaces personal data by what it was. Pure."""

from collections.abc import Iterable

Piece = tuple[int, int, str]
"""`(start, end, kind)`: characters as Python counts them, and a value of Span.Kind."""

PLACEHOLDERS = {
    "email": "[e-mail]",
    "phone": "[phone]",
    "bank_account": "[bank account]",
    "bank_card": "[bank card]",
    "national_id": "[national id]",
    "address": "[address]",
    "name": "[name]",
    "ip_address": "[IP address]",
    "secret": "[secret]",
    "other": "[personal data]",
}


def merged(spans: Iterable[Piece]) -> list[Piece]:
    """The same characters in pieces that do not overlap, in order; each has the kind of its longest span."""
    found: list[Piece] = []
    longest = 0
    for start, end, kind in sorted(spans):
        if found and start < found[-1][1]:
            before, until, known = found[-1]
            longest, known = max((longest, known), (end - start, kind), key=lambda pair: pair[0])
            found[-1] = (before, max(until, end), known)
        else:
            found.append((start, end, kind))
            longest = end - start
    return found


def redacted(text: str, spans: Iterable[Piece]) -> str:
    """The text with each span replaced by its kind's placeholder. Give the spans that a person did not keep."""
    pieces = []
    place = 0
    for start, end, kind in merged(spans):
        pieces += [text[place:start], PLACEHOLDERS.get(kind, PLACEHOLDERS["other"])]
        place = end
    return "".join((*pieces, text[place:]))
