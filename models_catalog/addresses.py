"""Where a key may be sent, and which variables of the environment may be named: never another secret of the site."""

import ipaddress
import re
from urllib.parse import urlsplit

KEY_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*_(API_KEY|TOKEN|PROJECT)")
ADDRESS = re.compile(r"https?://[^\s/@]+(/\S*)?")
VARIABLE = re.compile(r"\$[A-Z][A-Z0-9_]*_(MODELS|API)_URL")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def is_key_variable(name: str) -> bool:
    """Whether a provider's key may be in the variable of this name; an empty one names none."""
    return not name or bool(KEY_VARIABLE.fullmatch(name))


def is_address(address: str, local: bool) -> bool:
    """Whether an endpoint may be there; empty: where its provider is.

    A server of ours is named by a variable, which who operates the site sets: what an editor types leads to the
    Internet, by https. A local machine takes any address.
    """
    if not address or VARIABLE.fullmatch(address):
        return True
    if not ADDRESS.fullmatch(address):
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return local or (parts.scheme == "https" and not is_inside(host))


def is_inside(host: str) -> bool:
    """Whether this names a machine that is not on the Internet, in any of the ways that a resolver reads."""
    host = host.rstrip(".").lower()
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        last = host.rpartition(".")[2]
        return "." not in host or bool(NUMBER.fullmatch(last)) or last in ("localhost", "local", "internal")
