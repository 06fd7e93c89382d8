"""The Celery application: `celery -A comparia worker --beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comparia.settings")

app = Celery("comparia")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
