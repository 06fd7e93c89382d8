"""The main menu and that of the footer: the site's pages in order, as far as they exist."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from ..criteria import table
from ..models import Portal
from ..statements import STATES

register = template.Library()

PAGES = [
    ("/", _("Home")),
    ("/arene/", _("Arena")),
    ("/modeles/", _("Models")),
    ("/ranking/", _("Ranking")),
    ("/datasets/", _("Data")),
    ("/news/", _("News")),
    ("/product/comparator/", _("About")),
]

AT_THE_BOTTOM = [
    ("/mes-comparaisons/", _("Your comparisons")),
    ("/recu/", _("Find a receipt")),
    ("/salle/", _("In class")),
    ("/duel/", _("Duel workshop")),
    ("/contact/", _("Write to us")),
    ("/modalites/", _("Terms of use")),
    ("/donnees-personnelles/", _("Personal data")),
    ("/mentions-legales/", _("Legal notice")),
    ("/ecoconception/", _("Eco-design")),
    ("/plan-du-site/", _("Site map")),
]

NEWS_BY_MAIL = _("Receive the news by e-mail")
STATISTICS = _("Statistics")


@cache
def exists(path):
    """Whether the site answers on this path; a page appears in the menu on the day its route does."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def section(path):
    """What an address begins with: "/product/history/" is of the menu's "/product/comparator/"."""
    return path.split("/")[1:2]


@register.simple_tag(takes_context=True)
def navigation(context):
    """A list of {url, label, is_current, is_exact}. Works without a request: nothing is then current."""
    here = getattr(context.get("request"), "path", "")
    return [
        {
            "url": path,
            "label": label,
            "is_exact": here == path,
            "is_current": section(here) == section(path),
        }
        for path, label in PAGES
        if exists(path)
    ]


@register.simple_tag(takes_context=True)
def pages_at_the_bottom(context):
    """A list of (url, label): the site's, then those that the portal's editors gave."""
    ours = [(path, label) for path, label in AT_THE_BOTTOM if exists(path)]
    portal = context.get("portal")
    given = [(portal.mailing_list_url, NEWS_BY_MAIL), (portal.statistics_url, STATISTICS)] if portal else []
    return ours + [(address, label) for address, label in given if address]


@register.simple_tag
def accessibility_state():
    """What the law wants in the footer, from the table of criteria."""
    return STATES[table("rgaa").state]


@register.simple_tag(takes_context=True)
def card_address(context):
    """The picture that social networks show beside a link."""
    return context["request"].build_absolute_uri(static("comparia/card.png"))


@register.simple_tag(takes_context=True)
def page_elsewhere(context):
    """The same page on the open portals, this one included: a list of (language, address). Public pages alone."""
    request = context["request"]
    sections = [section(path) for path, _label in (*PAGES[:1], *PAGES[2:], ("/duel/", ""))]
    is_news_item = request.path.startswith("/news/") and request.path != "/news/"  # of the portals that have it
    if is_news_item or section(request.path) not in sections:
        return []
    portals = [portal for portal in Portal.objects.kept() if portal.is_open and portal.hosts]
    found = {portal.default_language: f"{request.scheme}://{portal.hosts[0]}{request.path}" for portal in portals}
    return list(found.items()) if len(found) > 1 else []
