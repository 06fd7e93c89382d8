"""The translated columns; and the history of editors' changes, which must know them.

The history is registered here: it copies the columns of a model, those of the translations included.
"""

from modeltranslation.translator import TranslationOptions, register
from simple_history import register as keep_history

from .models import Endpoint, FactSource, LanguageModel, Licence, Organisation


@register(LanguageModel)
class LanguageModelTranslation(TranslationOptions):
    fields = ("description", "size_description", "did_you_know", "known_limits")


keep_history(
    LanguageModel, app="models_catalog", m2m_fields=["portals"], excluded_fields=["rank_summary", "updated_at"]
)
keep_history(Endpoint, app="models_catalog", excluded_fields=["encrypted_api_key", "answered_at"])
keep_history(FactSource, app="models_catalog")
keep_history(Organisation, app="models_catalog")
keep_history(Licence, app="models_catalog")
