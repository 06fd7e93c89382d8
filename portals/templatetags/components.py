"""{% component "card" title=… %}…{% endcomponent %}: a page's building block, drawn by the portal's theme."""

from functools import cache

from django import template
from django.conf import settings
from django.template.loader import select_template

register = template.Library()


@register.simple_block_tag(takes_context=True)
def component(context, content, name, **properties):
    """Render `themes/<theme>/_<name>.html`, or `components/_<name>.html` where the theme has none of its own.

    The template gets the page's context, the given properties, and the enclosed HTML as `content`.
    """
    portal = context.get("portal")
    drawn = found if not settings.DEBUG else found.__wrapped__
    with context.push(content=content, **properties):
        return drawn(name, portal and portal.theme).render(context)


@cache
def found(name, theme):
    """The component's template, the theme's own if it has one."""
    names = [f"components/_{name}.html"]
    if theme:
        names.insert(0, f"themes/{theme}/_{name}.html")
    return select_template(names).template
