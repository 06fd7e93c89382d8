"""Personal data of which the local rules are certain, as it is told to the visitor who wrote it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from arena import personal

from .models import Category

CATEGORIES = {
    "email": Category.CONTACT,
    "phone": Category.CONTACT,
    "address": Category.CONTACT,
    "ip_address": Category.CONTACT,
    "national_id": Category.NUMBER,
    "bank_account": Category.NUMBER,
    "bank_card": Category.NUMBER,
    "secret": Category.SECRET,
    "name": Category.NAME,
    "other": Category.NAME,
}
LABELS = {
    "email": _("This looks like an e-mail address"),
    "phone": _("This looks like a phone number"),
    "address": _("This looks like a postal address"),
    "ip_address": _("This looks like the address of a machine"),
    "national_id": _("This looks like an identity number"),
    "bank_account": _("This looks like a bank account"),
    "bank_card": _("This looks like a bank card"),
    "secret": _("This looks like a password or a key"),
    "name": _("This looks like someone’s name"),
    "other": _("This looks like a date of birth"),
}
AROUND = 40  # characters


@dataclass(frozen=True)
class Passage:
    """What was found, between a few words of the same text. All three are the visitor's own words."""

    category: Category
    label: str
    before: str
    value: str
    after: str


def found_in(text, language=""):
    """The passages, in order, each value once."""
    passages = {}
    for piece in personal.find(text, language):
        value = text[piece.start : piece.end]
        if piece.is_certain and value not in passages:
            passages[value] = Passage(
                CATEGORIES[piece.kind], LABELS[piece.kind], before(text, piece.start), value, after(text, piece.end)
            )
    return list(passages.values())


def before(text, place):
    """The words that come just before, whole."""
    words = text[max(0, place - AROUND) : place]
    return words if place <= AROUND else "… " + words.partition(" ")[2]


def after(text, place):
    words = text[place : place + AROUND]
    return words if len(text) - place <= AROUND else words.rpartition(" ")[0] + " …"
