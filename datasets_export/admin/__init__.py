"""The pages of the staff for the open data."""

from . import destinations  # noqa: F401
