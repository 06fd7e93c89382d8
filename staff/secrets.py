"""Keys of providers at rest: Fernet, with rotation. FIELD_KEYS lists the keys, newest first, separated by commas."""

import os

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

UNREADABLE = (RuntimeError, InvalidToken)
"""What `decrypt` raises when the key that made a token is gone."""


def _keys():
    keys = [key for key in os.environ.get("FIELD_KEYS", "").split(",") if key]
    if not keys:
        raise RuntimeError("The environment variable FIELD_KEYS is missing: no key can be stored or read.")
    return keys


def _box():
    return MultiFernet([Fernet(key) for key in _keys()])


def encrypt(text):
    """The token to store for this secret."""
    return _box().encrypt(text.encode())


def decrypt(token):
    """The secret in clear; raises one of UNREADABLE if none of the keys made it."""
    return _box().decrypt(token).decode()


def is_current(token):
    """Whether the first key made it."""
    try:
        Fernet(_keys()[0]).decrypt(token)
    except InvalidToken:
        return False
    return True


def renewed(token):
    """The same secret under the first key; raises InvalidToken if none of the keys made it."""
    return _box().rotate(token)
