"""The tables of the open data: what was found in the texts, what was released, where it went, what came from before."""

from .enrichment import Analysis, Span
from .legacy import LegacyRow
from .publication import Destination, Publication
from .releases import Audit, AuditedRow, Release
from .reuses import Reuse

__all__ = ["Analysis", "Audit", "AuditedRow", "Destination", "LegacyRow", "Publication", "Release", "Reuse", "Span"]
