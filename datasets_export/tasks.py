from celery import shared_task

from .enrichment import enriching
from .publication import publishing, scheduling


@shared_task(name="datasets_export.publish_due")
def publish_due():
    """One task each: a long one does not hold up the others."""
    for row in scheduling.due():
        publish.delay(row.pk)


@shared_task(name="datasets_export.publish")
def publish(publication_id):
    publishing.publish(publication_id)


@shared_task(name="datasets_export.enrich")
def enrich():
    """For some minutes: another takes up what is left."""
    enriching.run(seconds=480)
