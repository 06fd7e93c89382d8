from celery import shared_task

from . import visits


@shared_task(name="portals.keep_audience")
def keep_audience():
    visits.keep()
