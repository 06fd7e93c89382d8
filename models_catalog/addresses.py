"""Where a key may be sent, and which variables of the environment may be named: never another secret of the site."""

import re

KEY_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*_(API_KEY|TOKEN|PROJECT)")
ADDRESS = re.compile(r"https?://[^\s/@]+(/\S*)?|\$[A-Z][A-Z0-9_]*_(MODELS|API)_URL")


def is_key_variable(name: str) -> bool:
    """Whether a provider's key may be in the variable of this name; an empty one names none."""
    return not name or bool(KEY_VARIABLE.fullmatch(name))


def is_address(address: str) -> bool:
    """Whether an endpoint may be there; empty: where its provider is."""
    return not address or bool(ADDRESS.fullmatch(address))
