"""Redis that does not answer is left alone for a moment: the site goes on without it, and pays no timeout each time."""

import time

from redis.connection import ConnectionPool
from redis.exceptions import ConnectionError, TimeoutError

ALONE_SECONDS = 2
AWAY = (ConnectionError, TimeoutError)


class ImpatientPool(ConnectionPool):
    def __init__(self, connection_class=None, **kwargs):
        super().__init__(**kwargs | ({"connection_class": connection_class} if connection_class else {}))
        self.alone_until = 0.0
        self.connection_class = impatient(self.connection_class, self)


def impatient(kind, pool):
    """The same kind of connection, which tells the pool when it waited in vain and does not try meanwhile."""

    class Impatient(kind):
        def connect(self):
            if time.monotonic() < pool.alone_until:
                raise ConnectionError("Redis did not answer a moment ago.")
            return told(super().connect)

        def read_response(self, *args, **kwargs):
            return told(super().read_response, *args, **kwargs)

    def told(act, *args, **kwargs):
        try:
            return act(*args, **kwargs)
        except AWAY:
            pool.alone_until = time.monotonic() + ALONE_SECONDS
            raise

    return Impatient
