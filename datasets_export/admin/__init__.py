"""The pages of the staff for the open data."""

from . import audits, destinations, reuses, reviewing  # noqa: F401
