from celery import shared_task

from . import snapshots


@shared_task(name="leaderboard.compute")
def compute():
    snapshots.compute_live()
