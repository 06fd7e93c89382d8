"""The Celery application: `celery -A comparia worker --beat`."""

import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comparia.settings")

app = Celery("comparia")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_logging(**_options):
    """As the settings say (comparia/logs.py), rather than Celery's own."""
    from django.conf import settings
    from django.utils.log import configure_logging

    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


@app.on_after_finalize.connect
def watch(**_options):
    from comparia import jobs  # noqa: F401 (it listens to what Celery tells)
