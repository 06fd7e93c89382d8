"""What the database needs before the site starts, in one process: migrations, the catalogue, every language."""

import os

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    """Bring the database up to the code. Running it again changes nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comparia.settings")
    django.setup()
    call_command("migrate", interactive=False)
    call_command("load_catalog")
    speak_every_language()


def speak_every_language() -> None:
    """Offer all languages on the portal of this machine, unless someone chose its languages in the admin."""
    from portals.models import Portal
    from portals.offering import offer

    portal = Portal.objects.default()
    if portal and portal.languages == ["fr", "en"]:  # as the migrations made it
        offer(portal, [code for code, _name in settings.LANGUAGES])


if __name__ == "__main__":
    main()
