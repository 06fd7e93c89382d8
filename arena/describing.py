"""Writes on a turn what an analysis found out about its question."""

from .models import Turn


def set_language(turn_id, language):
    """The language of a question that had none; whether it was set."""
    return Turn.objects.filter(pk=turn_id, prompt_language="").update(prompt_language=language) > 0


def set_topics(turn_id, topics):
    """What the question is about, in place of what was said before."""
    Turn.objects.filter(pk=turn_id).update(topics=list(topics))
