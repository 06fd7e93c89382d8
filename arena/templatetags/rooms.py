"""A room's address as a square that a telephone reads."""

from functools import lru_cache

import segno
from django import template
from django.urls import reverse
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def room_qr(context, room):
    """The SVG of the address of the room's door: black on white in any scheme, with the margin that readers want."""
    return drawn(context["request"].build_absolute_uri(reverse("room", args=[room.code])))


@lru_cache(maxsize=256)
def drawn(address):
    code = segno.make_qr(address, error="m")
    return mark_safe(code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None))
