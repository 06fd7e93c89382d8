"""{% component "card" title=… %}…{% endcomponent %}: a page's building block, drawn by the portal's theme."""

from django import template
from django.template.loader import select_template

register = template.Library()


@register.simple_block_tag(takes_context=True)
def component(context, content, name, **properties):
    """Render `themes/<theme>/_<name>.html`, or `components/_<name>.html` where the theme has none of its own.

    The template gets the page's context, the given properties, and the enclosed HTML as `content`.
    """
    portal = context.get("portal")
    names = [f"components/_{name}.html"]
    if portal is not None:
        names.insert(0, f"themes/{portal.theme}/_{name}.html")
    with context.push(content=content, **properties):
        return select_template(names).template.render(context)
