"""Every secret that the database holds, put under the first of FIELD_KEYS, so that the others can be thrown away."""

from cryptography.fernet import InvalidToken

from models_catalog.models import Endpoint
from staff import secrets
from staff.models import Application

from .models import Destination, Release

KEPT = (
    *((Endpoint, "encrypted_api_key"), (Destination, "encrypted_secret"), (Release, "encrypted_key")),
    (Application, "encrypted_key"),
)
"""Each column that holds an encrypted secret."""


def renew(dry_run=False):
    """Yield (row, outcome) of each secret: "renewed", "current", "unreadable", or "changed" by somebody meanwhile.

    Each is written by itself, and only over what was read: stopped and run again, it goes on where it was.
    """
    for model, column in KEPT:
        rows = model.objects.exclude(**{f"{column}__isnull": True}).order_by("pk")
        for row in rows.only(column).iterator(chunk_size=100):
            token = bytes(getattr(row, column))
            if token:
                yield row, outcome(model, column, row.pk, token, dry_run)


def outcome(model, column, pk, token, dry_run):
    if secrets.is_current(token):
        return "current"
    try:
        renewed = secrets.renewed(token)
    except InvalidToken:
        return "unreadable"
    if dry_run:
        return "renewed"
    return "renewed" if model.objects.filter(pk=pk, **{column: token}).update(**{column: renewed}) else "changed"
