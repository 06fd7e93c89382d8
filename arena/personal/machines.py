"""What opens or locates a machine: addresses on the Internet, keys, passwords."""

import ipaddress
import re
from collections.abc import Iterator

from .contract import Found, any_of

IPV4 = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)")
IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{1,4}(?![\w:])")
A_VERSION = re.compile(
    r"(?:"
    + any_of(
        "version|versie|versija|v|release|build|firmware|chapter|chapitre|section|kapitel|kapitlet|skyrius|"
        "standarto|article|§|norme"
    )
    + r")\.?\s?$",
    re.IGNORECASE,
)
OF_EVERYBODY = {"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "208.67.222.222", "208.67.220.220"}
KEYS = re.compile(
    r"(?<![\w-])(?:sk-(?:proj-|ant-|or-v1-)?[A-Za-z0-9_-]{20,200}|gh[pousr]_[A-Za-z0-9]{30,80}|github_pat_\w{30,100}|"
    r"glpat-[\w-]{18,60}|hf_[A-Za-z0-9]{30,60}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{35}|xox[abprs]-[\w-]{10,80}|"
    r"eyJ[\w-]{10,1000}\.eyJ[\w-]{10,2000}\.[\w-]{10,600}|[rs]k_live_[A-Za-z0-9]{16,100})(?![\w])"
)
PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\w+/=\s\\]{20,6000}(?:-----END [A-Z ]{0,20}PRIVATE KEY-----)?"
)
PASSWORD = re.compile(
    r"(?<![\w$])(?:"
    + any_of(
        "mot de passe|mots de passe|mdp|password|passwd|pwd|passphrase|adgangskode|adgangskoden|"
        "kodeord|kodeordet|wifi-kode|lösenord|lösenordet|lösen|wifi-lösenord|slaptažodis|slaptazodis|slaptažodį|"
        "api_key|apikey|api key|secret_key|secret|token|access_token|clé api|code secret|code pin|pin"
    )
    + r")"
    r"(?: (?:wifi|wi-fi|actuel|current))?\s?(?:[:=]{1,2}|(?:est|is|er|är|yra)(?=\s)(?:\s?:)?)"
    r"\s{0,2}[\"'«“„`]?\s?(?P<value>[^\s\"'«»“”`,;<>(){}\[\]]{4,80})",
    re.IGNORECASE,
)


def find(text: str, language: str, by_visitor: bool) -> Iterator[Found]:
    """Public addresses of machines that are not a version; keys by the shape their maker gives them; passwords by the
    word before them, if they look like one."""
    for match in (*IPV4.finditer(text), *IPV6.finditer(text)):
        if is_somewhere(match[0]) and not A_VERSION.search(text, max(0, match.start() - 12), match.start()):
            yield Found(*match.span(), "ip_address", "ip")
    for match in (*KEYS.finditer(text), *PRIVATE_KEY.finditer(text)):
        yield Found(*match.span(), "secret", "key")
    for match in PASSWORD.finditer(text):
        value = match["value"].rstrip(".?!:" if match["value"][-2:-1].isalpha() else ".?:")
        if looks_secret(value):
            yield Found(match.start("value"), match.start("value") + len(value), "secret", "password")


def is_somewhere(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if parsed.version == 4 and max(parsed.packed) < 20:
        return False  # 10.4.2.1 is a version more often than a machine
    return parsed.is_global and address not in OF_EVERYBODY


def looks_secret(value: str) -> bool:
    """Letters and something else, as a password has and a word of a sentence has not."""
    has_letter = any(character.isalpha() for character in value)
    has_other = any(character.isdigit() or character in "!@#%&*_+?" for character in value)
    is_code = value.startswith(("$", "%", "os.", "process.", "env.", "http")) or value.isdigit() and len(value) < 4
    return (has_letter and has_other or value.isdigit()) and not is_code
