import logging

from celery import shared_task

from . import purging
from .enrichment import enriching
from .publication import publishing, scheduling

log = logging.getLogger(__name__)


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


@shared_task(name="datasets_export.build_release")
def build_release():
    """Of all portals and languages, under today's name; there already, or under way, it is left alone."""
    from .releases import building  # pyarrow: not for pages that only ask for a task

    building.build_due()


@shared_task(name="datasets_export.revise_releases")
def revise_releases():
    from .releases import revising

    revising.revise_all()


@shared_task(name="datasets_export.purge_expired")
def purge_expired():
    for rule, count in purging.purge():
        log.info("purged: %d %s", count, rule.what)
