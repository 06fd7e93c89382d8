"""Whom to call, beside the answers to a question that says distress. Nothing is stored: the text is read again."""

from . import distress
from .models import HelpLine, Mode, PromptRules


def lines(comparison, prompt):
    """None if the question says no distress, or the portal shows no help; else the help lines, or an empty list."""
    if not distress.is_said(prompt) or PromptRules.of(comparison.portal).self_harm != Mode.WARN:
        return None
    return HelpLine.of(comparison.portal)
