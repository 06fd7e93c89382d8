"""The editors' pages. docs/editors.md tells an editor how they are used, and what they refuse."""

from .endpoints import EndpointAdmin
from .makers import LicenceAdmin, OrganisationAdmin
from .sheets import LanguageModelAdmin
from .spending import SpendingAdmin

__all__ = ["EndpointAdmin", "LanguageModelAdmin", "LicenceAdmin", "OrganisationAdmin", "SpendingAdmin"]
