from django.conf import settings

NAMES = dict(settings.LANGUAGES)


def portal(request):
    """What every page of a portal needs: the portal itself, its theme's base page, its languages by name."""
    found = getattr(request, "portal", None)
    if found is None:
        return {}
    return {
        "portal": found,
        "theme_page": f"themes/{found.theme}/page.html",
        "portal_languages": [(code, NAMES[code]) for code in found.languages],
    }
