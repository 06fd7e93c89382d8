"""{{ text|markdown }}: Markdown as safe HTML, by the renderer of the answers."""

from django import template
from django.utils.safestring import mark_safe

from arena.markdown import render

register = template.Library()


@register.filter
def markdown(text):
    return mark_safe(render(text or ""))
