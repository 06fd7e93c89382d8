"""The code of a room: pairs of a letter and a digit, so that no two letters ever make a word.

None look alike (no 0 1 B G I L O Q S Z), and the letters are told apart by ear.
"""

import re
import secrets

LETTERS = "AFJKMPRWXY"
DIGITS = "23456789"


def new(pairs=3):
    """A code drawn at random: of three pairs there are 512,000."""
    return "".join(secrets.choice(LETTERS) + secrets.choice(DIGITS) for _pair in range(pairs))


def typed(text):
    """The code in what a person typed: spaces, dashes and small letters do not count."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())[:12]
