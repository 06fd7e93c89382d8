"""What the pages say of a release, in the visitor's language. The card says the same in English: documents/."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

RULES = {
    "withdrawn": _("Withdrawn by whoever asked the question"),
    "erased": _("Erased by whoever asked the question"),
    "cohort": _("Made within a group, a course or a study that is not published"),
    "room": _("Made in a class room that did not choose to publish"),
    "review": _("A person must read it again first"),
    "personal-data-review": _("A person must read it again first"),
    "excluded-by-review": _("Set aside by the person who read it again"),
    "redacted-since": _("A person replaced more of it since"),
    "not-analysed": _("Not yet searched for personal data"),
    "changed-since-analysis": _("Changed since it was searched for personal data"),
    "unfinished": _("Its answers are not finished"),
    "personal-data": _("Personal data was found in it"),
    "abuse": _("Judged abusive"),
    "vote-ring": _("Part of a series of votes that look arranged together"),
}
KINDS = {
    "email": _("E-mail addresses"),
    "phone": _("Telephone numbers"),
    "bank_account": _("Bank accounts"),
    "bank_card": _("Bank cards"),
    "national_id": _("National identity numbers"),
    "address": _("Postal addresses"),
    "name": _("Names of persons"),
    "ip_address": _("IP addresses"),
    "secret": _("Passwords and keys"),
    "other": _("Other personal data"),
}
FILES = {
    "manifest.json": _("every file, with its rows and its SHA-256"),
    "README.md": _("the dataset card: everything on this page, and more"),
    "sample.jsonl": _("a hundred rows, to read before downloading"),
    "schema.json": _("the columns and their types, as a JSON Schema"),
    "croissant.json": _("the Croissant description, for programs"),
    "leaderboard.json": _("the boards computed from it, to compare with your own computation"),
    "changes.json": _("what changed since the previous release"),
    "tombstones.json": _("rows withdrawn since earlier releases, to delete from your copies"),
}
COUNTS = {
    "turns": _("Questions with two answers"),
    "comparisons": _("Conversations"),
    "voted": _("Votes"),
    "visitors": _("Visitors"),
}
TOO_SHORT = pgettext_lazy("language of a question", "too short to tell")


def rule(code):
    return RULES.get(code) or _("The rule “%(rule)s” sets it aside") % {"rule": code}
