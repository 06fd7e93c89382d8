"""The ASGI application: HTTP by Django, sockets by Channels."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comparia.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from arena import answering, routing  # noqa: E402

router = ProtocolTypeRouter({"http": http, "websocket": URLRouter(routing.urlpatterns)})


async def application(scope, receive, send):
    """Answers are written on the event loop that serves the first request of the process."""
    answering.serve_here()
    await router(scope, receive, send)
