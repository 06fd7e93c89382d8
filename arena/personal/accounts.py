"""Bank accounts and cards."""

import re
from collections.abc import Iterator

from stdnum import iban, luhn

from .contract import Found, any_of

IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?:[ \u00a0-]?[A-Za-z0-9]{1,4}){3,12}+")
GROUP = re.compile(r"[ \u00a0-]?[A-Za-z0-9]{1,34}")
CARD = re.compile(r"(?<![\w.,-])\d{4}(?:[ \u00a0-]?\d{2,6}){2,4}(?![\w]|[.,-]\d)")
ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12}|6(?:011|5\d\d)\d{12}"
)
DOMESTIC = re.compile(
    r"(?<!\w)(?:"
    + any_of(
        "reg.nr.|reg. nr.|registreringsnummer|kontonummer|kontonr.|kontonr|konto nr.|clearingnummer|"
        "account number|account no.|sort code|numéro de compte|sąskaitos numeris"
    )
    + r")\s{0,2}[:=]?\s{0,2}"
    r"((?:\d{2,6}[ ,/-]{0,2}){1,5}\d{3,12})(?!\w)",
    re.IGNORECASE,
)


def find(text: str, language: str, by_visitor: bool) -> Iterator[Found]:
    """IBAN of any country, by their check digits; cards by theirs and their issuer; domestic accounts by the words
    before them."""
    for match in IBAN.finditer(text):
        end = end_of_iban(match[0])
        if end:
            yield Found(match.start(), match.start() + end, "bank_account", "iban")
    for match in CARD.finditer(text):
        figures = re.sub(r"\D", "", match[0])
        if ISSUERS.fullmatch(figures) and luhn.is_valid(figures):
            yield Found(*match.span(), "bank_card", "card")
    for match in DOMESTIC.finditer(text):
        if sum(character.isdigit() for character in match[1]) >= 8:
            yield Found(*match.span(1), "bank_account", "account")


def end_of_iban(run: str) -> int:
    """How many characters of this run are an IBAN: what follows one looks like the rest of it. 0 if none are."""
    ends = [match.end() for match in GROUP.finditer(run)]
    return next((end for end in reversed(ends) if iban.is_valid(run[:end].upper(), check_country=False)), 0)
