"""When a person was born, as they say it of themselves."""

import re
from collections.abc import Iterator

from .contract import Found, any_of

DATE = (
    r"(?:\d{1,2}(?:er|st|nd|rd|th)?[ ./-]{1,2}[\w.]{1,12}[ ./-]{1,2}\d{2,4}|"
    r"\d{4}[ ./-]{1,2}[\w.]{1,12}[ ./-]{1,2}\d{1,2}|[A-Z]\w{2,9} \d{1,2},? \d{4})"
)
CUES = any_of(
    "je suis né le|je suis née le|date de naissance|ma date de naissance est le|né(e) le|i was born on|"
    "i was born|date of birth|my birthday is|dob|jeg er født den|jeg er født|fødselsdato|jag är född den|jag är född|"
    "födelsedatum|gimiau|aš gimiau|gimimo data"
)
BORN = re.compile(rf"(?<!\w)(?i:{CUES})\s?[:=]?\s{{0,2}}({DATE})(?!\w)")


def find(text: str, language: str, by_visitor: bool) -> Iterator[Found]:
    """Dates of birth in what a visitor wrote."""
    for match in BORN.finditer(text) if by_visitor else ():
        if sum(character.isdigit() for character in match[1]) >= 3:
            yield Found(*match.span(1), "other", "birth")
