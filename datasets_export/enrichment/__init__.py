"""What is looked for in a turn's texts before they may leave the site: docs/personal-data.md."""

from .redacting import PLACEHOLDERS, merged, redacted
from .texts import FIELDS, digest

__all__ = ["FIELDS", "PLACEHOLDERS", "digest", "merged", "redacted"]
