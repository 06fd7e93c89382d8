"""What an editor reads when a publication stops. docs/publication.md has the same table."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "misconfigured": _("The service refuses the key, or does not know the place: check both, then publish again."),
    "too_large": _("The service finds a file too large, or has no room left."),
    "invalid": _("The service refuses what it is sent."),
    "busy": _("The service asks to wait: the publication goes on later, by itself."),
    "unavailable": _("The service is out of order: the publication goes on later, by itself."),
    "cut": _("The connection was cut: the publication goes on later, by itself."),
    "interrupted": _("The work was interrupted: it goes on later, by itself."),
    "changed": _("The release was revised while it was sent: its new revision is published instead."),
    "conflict": _("Another release of the same name is there: nothing was replaced."),
    "superseded": _("A more recent release is there, and this place keeps only one."),
    "other_scope": _("This place holds releases of another portal or language: give this one a place of its own."),
    "demo": _("A demonstration release is never published."),
    "not_built": _("This release is not built yet."),
    "missing": _("The folder of this release is not on this machine."),
    "damaged": _("The folder of this release is not what its manifest says: nothing was sent."),
    "no_folder": _("Folders are open only under PUBLICATION_FOLDER, which is not set or cannot be written to."),
    "unknown": _("The publication failed for a reason that the log tells: it is tried again later, by itself."),
}


def sentence(code):
    return SENTENCES.get(code, SENTENCES["unknown"]) if code else ""
