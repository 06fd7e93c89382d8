from celery import shared_task

from . import answering


@shared_task(name="arena.close_stale_answers")
def close_stale_answers():
    return answering.close_stale()
