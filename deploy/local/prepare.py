"""What the database needs before the site starts, in one process: migrations, then the catalogue."""

import os

import django
from django.core.management import call_command


def main() -> None:
    """Bring the database up to the code. Running it again changes nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comparia.settings")
    django.setup()
    call_command("migrate", interactive=False)
    call_command("load_catalog")


if __name__ == "__main__":
    main()
