"""Telephone numbers of people: possible ones, in a shape that people write."""

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumberType

from .contract import Found, any_of

CANDIDATE = re.compile(
    r"(?<![\w.,/=#-])(?:tel:)?((?:\+|00)?\(?\d{1,4}(?:[ \u00a0.()/-]{0,2}\d{1,6}){1,7})(?![\w]|[.,/-]\d)"
)
CUE = re.compile(
    r"(?<!\w)(?:"
    + any_of(
        "tél|tel|téléphone|telephone|phone|mobile|mobil|portable|numéro|numero|number|nummer|numeris|"
        "call|text|appel|appelle|appelez|joindre|sms|tlf|tfn|telefon|telefonas|telefonu|ring|ringer|skambin|skambina|"
        "skambinkite|mob|whatsapp|reach me|contact|kontakt|sms'as|žinutę"
    )
    + r")(?!\w)",
    re.IGNORECASE,
)
SHAPES = {
    "FR": re.compile(r"0[1-79](?:\d{8}|(?:[ \u00a0.-]\d{2}){4})"),
    "GB": re.compile(r"0(?:7\d{3}[ -]?\d{6}|7\d{3}[ -]\d{3}[ -]\d{3}|\d{2,4}[ -]\d{3,4}[ -]\d{3,4})"),
    "US": re.compile(r"(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}"),
    "SE": re.compile(r"0\d{1,3}[ -]\d{2,3}(?:[ -]?\d{2,3}){1,2}|07\d{8}"),
    "LT": re.compile(r"[08][ -]?6(?:\d{2}[ -]\d{5}|\d{7})|\(8[ -]\d{1,3}\) ?\d{3} ?\d{2,5}"),
}
DANISH = re.compile(r"[2-9]\d(?:[ \u00a0]\d{2}){3}|[2-9]\d{7}|[2-9]\d{3} \d{4}")
OF_NOBODY = {
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
}


def find(text: str, language: str, by_visitor: bool) -> Iterator[Found]:
    """International numbers; those of France, the United Kingdom, North America, Sweden and Lithuania by their shape;
    those of Denmark, eight figures that could be anything, where a word near says it."""
    for match in CANDIDATE.finditer(text):
        number = match[1].strip()
        figures = sum(character.isdigit() for character in number)
        if 8 <= figures <= 16 and is_of_a_person(number, text, match.start(1)):
            yield Found(match.start(1), match.start(1) + len(match[1].rstrip()), "phone", "phone")


def is_of_a_person(number: str, text: str, place: int) -> bool:
    if number.startswith(("+", "00")):
        return is_possible("+" + number.removeprefix("+").removeprefix("00").replace("(0)", ""), None)
    if any(shape.fullmatch(number) and is_possible(number, country) for country, shape in SHAPES.items()):
        return True
    return bool(DANISH.fullmatch(number) and CUE.search(text, max(0, place - 40), place) and is_possible(number, "DK"))


def is_possible(number: str, country: str | None) -> bool:
    """Ranges open faster than the library learns of them: the length is enough, the shape was looked at before."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(parsed) and phonenumbers.number_type(parsed) not in OF_NOBODY
