"""Is the process alive; can it serve (database, cache, broker)."""

from django.core.cache import cache
from django.db import connection
from django.http import JsonResponse
from django_redis import get_redis_connection

from . import leaving
from .metrics import metrics


def alive(request):
    return JsonResponse({"status": "alive"})


def ready(request):
    """200 when every service answers, else 503, as soon as the process leaves too; the body says which service does
    not answer, and nothing else of it.

    With ?process, of the process alone: a balancer that asked for more would send nobody anywhere when Redis is away,
    where the site itself goes on, or says what it lacks.
    """
    if leaving.is_leaving():
        return JsonResponse({"status": "leaving", "failing": []}, status=503)
    asked = {} if "process" in request.GET else CHECKS
    failing = [name for name, check in asked.items() if not answers(check)]
    status = 503 if failing else 200
    return JsonResponse({"status": "failing" if failing else "ready", "failing": failing}, status=status)


def answers(check):
    try:
        check()
    except Exception:  # whatever a driver raises means the same here: the service does not answer
        return False
    return True


def database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def redis():
    get_redis_connection("default").ping()


CHECKS = {"database": database, "cache": lambda: cache.get("ready"), "broker": redis}


PROBES = {"/healthz": alive, "/readyz": ready, "/metrics": metrics}


class ProbesMiddleware:
    """Machines of ours ask one process by its own address, which is no name of the site: they are answered first."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return PROBES.get(request.path, self.get_response)(request)
