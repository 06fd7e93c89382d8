"""What is found in the texts of one turn, together. Pure."""

from collections.abc import Iterable, Mapping

from arena.personal import Found, echoes, find
from arena.personal.finding import outermost

from .texts import FIELDS

BY_VISITOR = ("prompt", "comment_a", "comment_b")


def look(
    texts: Mapping[str, str],
    language: str = "",
    earlier: Iterable[str] = (),
    told: Iterable[tuple[str, Found]] = (),
) -> dict[str, list[Found]]:
    """{field: what the rules find in it}. What the visitor said, in this turn or in `earlier` questions of the same
    conversation, counts wherever it comes again. `told`: pairs of a value and how it was found, by another than the
    rules."""
    found = {field: find(texts.get(field) or "", language, field in BY_VISITOR) for field in FIELDS}
    values = [*told]
    for text, pieces in (
        *((texts.get(field) or "", found[field]) for field in BY_VISITOR),
        *((text, find(text, language)) for text in earlier),
    ):
        values += [(text[piece.start : piece.end], piece) for piece in pieces]
    values.sort(key=lambda value: not value[1].is_certain)
    return {field: outermost([*found[field], *echoes(texts.get(field) or "", values)]) for field in FIELDS}
