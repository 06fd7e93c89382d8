"""The texts of a turn that a release publishes. Pure."""

import hashlib
from collections.abc import Mapping

FIELDS = ("prompt", "text_a", "text_b", "reasoning_a", "reasoning_b", "comment_a", "comment_b")
"""The values of Span.Field, in the order of the digest."""


def digest(texts: Mapping[str, str]) -> str:
    """64 hexadecimal digits that tell whether any of these texts changed, given {field: text}.

    A field that is missing counts as an empty one: a turn without a vote, and one whose vote has no comment, agree.
    """
    encoded = [(texts.get(field) or "").encode("utf-8", "surrogatepass") for field in FIELDS]
    return hashlib.sha256(b"".join(b"%d:%b" % (len(text), text) for text in encoded)).hexdigest()
