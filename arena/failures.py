"""What a visitor reads when an answer failed: docs/errors.md, in their language. Never a provider's own words."""

from django.utils.translation import gettext_lazy as _

from .providers import ErrorCode

SENTENCES = {
    ErrorCode.TIMEOUT: _("This model took too long to answer."),
    ErrorCode.OVERLOADED: _("This model is receiving too many questions at the moment."),
    ErrorCode.CONTEXT_TOO_LONG: _("This conversation has become too long for this model."),
    ErrorCode.CONTENT_FILTERED: _("This model’s filter blocked the answer."),
    ErrorCode.EMPTY_ANSWER: _("This model gave an empty answer."),
    ErrorCode.MISCONFIGURED: _("This model cannot be reached at the moment."),
    ErrorCode.INTERRUPTED: _("The answer was interrupted; what had been written is kept."),
    ErrorCode.UNKNOWN: _("This model could not answer."),
}


def sentence(code):
    return SENTENCES[ErrorCode(code)]
