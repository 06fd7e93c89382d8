"""Numbers by which a State knows a person."""

import re
from collections.abc import Iterator

from stdnum.dk import cpr
from stdnum.fr import nir
from stdnum.lt import asmens
from stdnum.se import personnummer
from stdnum.us import ssn

from .contract import Found, any_of

NIR = re.compile(r"(?<![\w.-])[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?[ /-]?\d{2}(?![\w-])")
CPR = re.compile(r"(?<![\w.-])[0-3]\d[01]\d{3}[- ]?\d{4}(?![\w-])")
PERSONNUMMER = re.compile(r"(?<![\w.-])(?:19|20)?\d{2}[01]\d[0-3]\d[-+ ]?\d{4}(?![\w-])")
ASMENS = re.compile(r"(?<![\w.-])[3-6]\d{10}(?![\w-])")
NINO = re.compile(
    r"(?<!\w)[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z] ?\d{2} ?\d{2} ?\d{2} ?[A-Da-d](?!\w)"
)
SSN = re.compile(r"(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])")
OF_DENMARK = re.compile(r"(?<!\w)(?:cpr|personnummer|personnr)", re.IGNORECASE)
OF_A_THING = re.compile(
    r"(?<!\w)(?:"
    + any_of(
        "serienummer|serial|série|serijos|varenummer|artikelnummer|product|produit|ordre|order|"
        "commande|sag|mål|faktura|facture|invoice|ean|isbn"
    )
    + r")(?!\w)",
    re.IGNORECASE,
)
SAID = re.compile(
    r"(?<!\w)(?:"
    + any_of(
        "passeport|passport|pas nr|pasnummer|passnummer|paso numeris|paso nr|carte d'identité|"
        "carte d’identité|cni|titre de séjour|numéro fiscal|permis de conduire|driving licence|driver's license|"
        "kørekort|körkort|vairuotojo pažymėjimo|nhs number|sécurité sociale|sécu|nir"
    )
    + r")"
    r"(?:\s(?:est|is|er|är|yra|n°|no|nr|numéro|number|nummer|numeris)\.?){0,3}\s?[:=]?\s{0,2}"
    r"((?=[A-Za-z]{0,3}\d)(?:[A-Z]{0,3}\d[A-Z0-9]{1,14})(?: ?\d{2,5}){0,6})(?!\w)",
    re.IGNORECASE,
)
NEAR = 45


def find(text: str, language: str, by_visitor: bool) -> Iterator[Found]:
    """The French NIR, the Danish CPR, the Swedish personnummer, the Lithuanian asmens kodas, the British NI number and
    the American SSN, by their check digits or their dates; passports and the like by the words before them."""
    for match in NIR.finditer(text):
        if nir.is_valid(re.sub(r"[ /-]", "", match[0]).upper()):
            yield Found(*match.span(), "national_id", "fr.nir")
    for match in PERSONNUMMER.finditer(text):
        compact = match[0].replace(" ", "-")
        if not after(OF_A_THING, text, match) and (
            personnummer.is_valid(compact if "-" in compact or "+" in compact else compact[:-4] + "-" + compact[-4:])
        ):
            yield Found(*match.span(), "national_id", "se.personnummer")
    for match in CPR.finditer(text):
        is_likely = language == "da" and "-" in match[0] and not after(OF_A_THING, text, match)
        if after(OF_DENMARK, text, match) or is_likely and cpr.is_valid(match[0]):
            yield Found(*match.span(), "national_id", "dk.cpr")
    for match in ASMENS.finditer(text):
        if asmens.is_valid(match[0]):
            yield Found(*match.span(), "national_id", "lt.asmens")
    for match in NINO.finditer(text):
        yield Found(*match.span(), "national_id", "gb.nino")
    for match in SSN.finditer(text):
        if ssn.is_valid(match[0]):
            yield Found(*match.span(), "national_id", "us.ssn")
    for match in SAID.finditer(text):
        yield Found(*match.span(1), "national_id", "said")


def after(cue: re.Pattern[str], text: str, match: re.Match[str]) -> bool:
    """Whether this is said a little before."""
    return bool(cue.search(text, max(0, match.start() - NEAR), match.start()))
