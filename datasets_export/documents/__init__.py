"""What explains a release to people and to programs, each a function of its manifest. docs/releases.md."""

from .card import card
from .croissant import croissant
from .schema import schema
from .snippets import snippets

__all__ = ["card", "croissant", "schema", "snippets"]
