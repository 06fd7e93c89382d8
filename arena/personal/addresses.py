"""Postal addresses."""

import re
from collections.abc import Iterator

from .contract import UPPER, Found, any_of

W = r"[\w'’.-]{1,30}"
LINK = rf"(?:en|sur|sous|lès|les|la|le|de|du|des|d['’])(?= ?[{UPPER}])"
CITY = rf"[{UPPER}][\w'’-]{{1,30}}(?:[ -](?:[{UPPER}][\w'’-]{{0,30}}|{LINK})){{0,4}}"
SEPARATOR = r"[ ,\u00a0\n–-]{1,4}"
FRENCH_STREET = any_of(
    "rue|avenue|av.|boulevard|bd|bd.|blvd|place|impasse|chemin|allée|allées|route|quai|cours|square|passage|ruelle|"
    "sentier|villa|cité|résidence|lotissement|hameau|faubourg|esplanade|promenade|venelle|montée|rond-point"
)
FRENCH = rf"\d{{1,4}}(?:\s?(?:bis|ter|quater|[A-Da-d]))?,?\s(?:{FRENCH_STREET})\s(?:{W}\s?){{1,7}}?"
BRITISH_STREET = any_of(
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Place|Square|Terrace|Gardens|Crescent|Way|Boulevard|"
    "Blvd|Hill|Park|Row|Mews|Grove|Walk|Kingsway|Green"
)
ENGLISH = (
    rf"(?:(?:Flat|Apt|Unit)\.? ?\w{{1,4}},? )?\d{{1,5}}[A-Za-z]? (?:[{UPPER}][\w'’]{{0,25}} |The ){{0,4}}"
    rf"(?:{BRITISH_STREET}|The [{UPPER}]\w{{2,20}})\b\.?(?:,? (?:Apt|Unit|Suite|Flat|#)\.? ?\w{{1,5}})?"
)
POSTCODES = r"(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]{2} \d{5}(?:-\d{4})?)"
NORTHERN_STREET = (
    rf"(?:[{UPPER}][\w.'’-]{{0,30}} ){{0,3}}(?:[{UPPER}][\w'’-]{{0,30}}?"
    r"(?:vej|vejen|gade|gaden|allé|alle|stræde|strædet|vænget|parken|bakken|torv|torvet|plads|boulevard|"
    r"gata|gatan|väg|vägen|stig|stigen|gränd|gränden|torg|torget|allén|backen|leden|platsen)|"
    r"(?:Boulevard|Allé|Alle|Plads|Torv|Hamngatan|gata|väg|vej|gade))"
)
NORTHERN = (
    rf"{NORTHERN_STREET} \d{{1,4}}(?: ?[A-Za-z]\b)?(?:,? ?(?:\d{{1,2}}\. ?(?:tv|th|mf|sal)\b\.?|st\. ?(?:tv|th)\.?|"
    r"lgh ?\d{2,4}|\d ?tr\b\.?)){0,2}"
)
LITHUANIAN = (
    rf"(?:[{UPPER}][\w.]{{0,25}} ){{1,3}}(?:g|pr|al|pl|a|skg|tak|kel)\. ?\d{{1,4}}[A-Z]?(?:[-–/ ]{{1,3}}\d{{1,4}}\b)?"
)
ACROSS = re.compile(
    rf"(?<!\w){FRENCH}(?:{SEPARATOR}(?:bât|bat|apt|appt|esc|étage|bp|cs)\b\.? ?\w{{1,5}})?"
    rf"{SEPARATOR}(?:F-?)?\d{{5}} {CITY}"
)
ISLANDS = re.compile(rf"(?<!\w){ENGLISH}{SEPARATOR}(?:{CITY}{SEPARATOR}){{0,2}}{POSTCODES}(?!\w)")
NORTH = re.compile(
    rf"(?<!\w){NORTHERN}{SEPARATOR}(?:(?:DK-|SE-|S-)?(?:\d{{4}}|\d{{3}} ?\d{{2}})) {CITY}(?: [KVSØCN]\b)?"
)
BALTIC = re.compile(rf"(?<!\w){LITHUANIAN}{SEPARATOR}(?:(?:LT-)?\d{{5}},? {CITY}|{CITY}{SEPARATOR}(?:LT-)?\d{{5}}\b)")
WITHOUT_CODE = re.compile(
    rf"(?<!\w)(?:{FRENCH}(?=[,.;:!?\n)]|$|\s(?:à|et|depuis|dans|avec)\s)|(?:{ENGLISH}|{NORTHERN}|{LITHUANIAN})(?!\w))"
)
HOME = re.compile(
    r"(?<!\w)(?:"
    + any_of(
        "j'habite|j’habite|je vis|mon adresse|mon domicile|adresse|domicilié|domiciliée|demeurant|"
        "i live|i'm living|my address|address|my home|jeg bor|min adresse|bopæl|jag bor|min adress|adress|gyvenu|"
        "adresas|mano adresas|livraison|ship to|leveres|levereras|pristatyti"
    )
    + r")(?!\w)[^\n]{0,25}$",
    re.IGNORECASE,
)
COMPLETE = {"fr": ACROSS, "en": ISLANDS, "da/sv": NORTH, "lt": BALTIC}


def find(text: str, language: str, by_visitor: bool) -> Iterator[Found]:
    """A number, a street and a postcode, in the order of each country. Without a postcode, only what a visitor wrote:
    certain after "I live at" and the like, else for a person to judge."""
    if not any(character.isdigit() for character in text):
        return
    for country, pattern in COMPLETE.items():
        for match in pattern.finditer(text):
            yield Found(*match.span(), "address", f"address.{country}")
    for match in WITHOUT_CODE.finditer(text) if by_visitor else ():
        is_home = bool(HOME.search(text, max(0, match.start() - 60), match.start()))
        yield Found(match.start(), match.start() + len(match[0].rstrip()), "address", "street", is_home)
