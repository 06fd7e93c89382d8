"""Codes that stand for comparisons and visitors in published files: HMAC-SHA256 with a key of the release's own.

The same for a comparison, or a visitor, in all files made with a key; without the key nobody can tell whose they are,
nor link those of two releases. A turn is told by its comparison's code and its number.
"""

import hmac
import secrets

from django.db.models import BinaryField, Func, TextField, Value
from django.db.models.functions import Cast, Collate, Left
from django.utils.crypto import salted_hmac

BLOCK = 64
"""Bytes that SHA-256 reads at a time: what HMAC pads its key to (RFC 2104)."""
COMPARISON_DIGITS, VISITOR_DIGITS = 20, 16


def new_key():
    return secrets.token_bytes(32)


def own_key(purpose):
    """The same each time: for files that never leave the site, so that the same votes give the same figures."""
    return salted_hmac("arena.codes", purpose, algorithm="sha256").digest()


def comparison_code(key, comparison_id):
    return _code(key, f"comparison:{comparison_id}", COMPARISON_DIGITS)


def visitor_code(key, visitor_key, comparison_id):
    """Where no visitor is known, each comparison has a code of its own."""
    whose = f"visitor:{visitor_key}" if visitor_key else f"nobody:{comparison_id}"
    return _code(key, whose, VISITOR_DIGITS)


def _code(key, message, digits):
    return hmac.digest(key, message.encode(), "sha256").hex()[:digits]


def comparison_code_in_sql(key, comparison_id="comparison_id"):
    """`comparison_code` as PostgreSQL computes it, for an ORDER BY: in the order of its bytes, whatever the locale."""
    inner, outer = (Value(_padded(key, byte), BinaryField()) for byte in (0x36, 0x5C))
    message = Func(
        Func(Value("comparison:"), Cast(comparison_id, TextField()), function="concat", output_field=TextField()),
        Value("UTF8"),
        function="convert_to",
        output_field=BinaryField(),
    )
    digest = _sha256(outer, _sha256(inner, message))
    code = Left(Func(digest, Value("hex"), function="encode", output_field=TextField()), COMPARISON_DIGITS)
    return Collate(code, "C")


def _padded(key, byte):
    if len(key) > BLOCK:
        raise ValueError(f"A key has {BLOCK} bytes at most.")
    return bytes(place ^ byte for place in key.ljust(BLOCK, b"\0"))


def _sha256(*parts):
    return Func(*parts, function="sha256", arg_joiner=" || ", output_field=BinaryField())
