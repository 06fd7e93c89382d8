"""Microsoft's Presidio as one more opinion, where it is installed and ANALYSIS_PRESIDIO is on. It is no dependency:
`pip install presidio-analyzer` and a spaCy model a language, given as
ANALYSIS_PRESIDIO=fr=fr_core_news_sm,en=en_core_web_sm."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from django.conf import settings

from arena.personal import Found

KINDS = {
    "PERSON": "name",
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "IBAN_CODE": "bank_account",
    "CREDIT_CARD": "bank_card",
    "US_SSN": "national_id",
    "UK_NINO": "national_id",
    "IP_ADDRESS": "ip_address",
}
LEAST_SCORE = 0.6


def is_on() -> bool:
    return bool(settings.ANALYSIS_PRESIDIO) and find_spec("presidio_analyzer") is not None


def told(texts: Mapping[str, str], language: str) -> list[tuple[str, Found]]:
    """Pairs of a value and how it was found; for a person to judge. Only of languages that have a model."""
    if not is_on() or language not in settings.ANALYSIS_PRESIDIO:
        return []
    return [
        (text[result.start : result.end], Found(0, 1, KINDS[result.entity_type], "presidio", is_certain=False))
        for text in texts.values()
        if text
        for result in engine().analyze(text, language, entities=list(KINDS), score_threshold=LEAST_SCORE)
    ]


@lru_cache(maxsize=1)
def engine() -> Any:
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    models = [{"lang_code": code, "model_name": name} for code, name in settings.ANALYSIS_PRESIDIO.items()]
    provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    return AnalyzerEngine(nlp_engine=provider.create_engine(), supported_languages=list(settings.ANALYSIS_PRESIDIO))
