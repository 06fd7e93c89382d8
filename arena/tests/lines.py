"""TCP lines to a server that can be cut, stalled and mended; to several servers, each in turn, without memory."""

import contextlib
import itertools
import socket
import threading
from urllib.parse import urlsplit, urlunsplit


class Line:
    def __init__(self, *servers):
        self.servers = itertools.cycle(servers)
        self.is_cut = False
        self.flows = threading.Event()
        self.flows.set()
        self.ends = []
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _address = self.listening.accept()
                server = None if self.is_cut else self._server()
                if server is None:
                    client.close()
                    continue
                self.ends += [client, server]
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _server(self):
        """A connection to the next server that takes one."""
        for address in itertools.islice(self.servers, 4):
            with contextlib.suppress(OSError):
                return socket.create_connection(address)
        return None

    def _carry(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.flows.wait()
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self):
        """Every connection ends, and no other begins."""
        self.is_cut = True
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def stall(self):
        """Nothing passes any more, and nobody is told."""
        self.flows.clear()

    def mend(self):
        self.is_cut = False
        self.flows.set()

    def close(self):
        self.flows.set()
        self.cut()
        self.listening.close()


@contextlib.contextmanager
def through(url, port=None):
    """A line to the server of this address; `line.url` goes through it."""
    address = urlsplit(url)
    line = Line((address.hostname, address.port or port))
    user, at, _host = address.netloc.rpartition("@")
    line.url = urlunsplit(address._replace(netloc=f"{user}{at}127.0.0.1:{line.port}"))
    try:
        yield line
    finally:
        line.close()
