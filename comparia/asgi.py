"""The ASGI application: HTTP by Django, sockets by Channels, answers written on the loop that serves both."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comparia.settings")

import django

django.setup()

from comparia.handler import Handler  # noqa: E402

http = Handler()


def bound_the_database():
    """Pages wait for rows and locks so long at most; jobs and commands, which are other processes, as they need."""
    from django.conf import settings
    from django.db import connections

    bounds = {
        "statement_timeout": settings.DATABASE_STATEMENT_SECONDS,
        "lock_timeout": settings.DATABASE_LOCK_SECONDS,
        "idle_in_transaction_session_timeout": settings.DATABASE_STATEMENT_SECONDS,
    }
    options = connections.settings["default"]["OPTIONS"]
    given = [options["options"]] if "options" in options else []
    options["options"] = " ".join([*given, *(f"-c {name}={round(1000 * value)}" for name, value in bounds.items())])


from autobahn.websocket import protocol  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from arena import answering, routing  # noqa: E402
from comparia import connections, leaving, metrics, traces  # noqa: E402

protocol.pformat = repr  # of the settings, at each handshake, for a debug line that nobody reads: a quarter of its time

connections.bound()
bound_the_database()

router = ProtocolTypeRouter({"http": http, "websocket": URLRouter(routing.urlpatterns)})
traces.start()
is_serving = False


async def application(scope, receive, send):
    global is_serving
    if not is_serving:
        is_serving = True
        answering.serve_here()
        leave_in_order()
        metrics.watch_loop()
        spare_the_collector()
    await router(scope, receive, send)


def spare_the_collector():
    """What the process loaded lives as long as it does: 200 MiB that a full collection would walk again and again.

    Collected once more when it is set apart, so that Python does not wait for a quarter of it to come anew before the
    next full collection.
    """
    gc.collect()
    gc.freeze()
    gc.collect()
    gc.set_threshold(10_000, 10, 5)


def leave_in_order():
    from twisted.internet import reactor

    if reactor.running:  # it does not where the tests call the application themselves
        leaving.at_signals(http, reactor)
