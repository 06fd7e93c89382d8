"""The editors' pages of a country's site."""

from .audience import PageCountAdmin
from .legal import LegalVersionAdmin
from .messages import FeedbackAdmin
from .news import NewsItemAdmin
from .sites import PortalAdmin

__all__ = ["FeedbackAdmin", "LegalVersionAdmin", "NewsItemAdmin", "PageCountAdmin", "PortalAdmin"]
