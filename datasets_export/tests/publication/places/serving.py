"""What the servers share: a thread each, a list of the calls, faults on demand, and someone who watches."""

import json
import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Call:
    method: str
    path: str
    query: dict
    headers: dict
    body: bytes
    raw_path: str = ""

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Fault:
    """What happens to the calls that match, after so many of them, so many times."""

    pattern: str = ""
    status: int = 0
    headers: dict = field(default_factory=dict)
    cut: bool = False
    after: int = 0
    times: int = 10**6
    happens_first: bool = True
    """Before the server does what it is asked; else after, and only the answer is lost."""


class Place:
    """A server; `answer` of its subclasses does the work and gives (status, headers, body or JSON)."""

    def __init__(self):
        self.calls, self.faults, self.lock = [], [], threading.RLock()
        self.watch = lambda: None
        place = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self):
                with suppress(ConnectionError):
                    super().handle_one_request()

            def serve(self):
                place.serve(self)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = serve

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def fail(self, pattern="", **how):
        self.faults.append(Fault(pattern, **how))

    def writes(self):
        return [call for call in self.calls if call.method not in ("GET", "HEAD")]

    def fault_of(self, call):
        for fault in self.faults:
            if fault.times and re.search(fault.pattern, f"{call.method} {call.raw_path}"):
                if fault.after:
                    fault.after -= 1
                    continue
                fault.times -= 1
                return fault
        return None

    def serve(self, handler):
        call = read(handler)
        with self.lock:
            self.calls.append(call)
            fault = self.fault_of(call)
            if fault is None or not fault.happens_first:
                status, headers, body = self.answer(call)
                self.watch()
            if fault is not None and fault.status:
                # A service may repeat what it was given: none of it may be kept.
                told = call.headers.get("authorization", "") + call.headers.get("x-api-key", "")
                status, headers, body = fault.status, fault.headers, {"error": f"refused: {told}", "message": told}
        if fault is not None and fault.cut:
            handler.close_connection = True
            with suppress(OSError):
                handler.connection.shutdown(socket.SHUT_RDWR)
            return
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            handler.send_header(name, value)
        if "Content-Length" not in headers:
            handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(content)


def read(handler):
    headers = {name.lower(): value for name, value in handler.headers.items()}
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(handler.rfile.readline().split(b";")[0], 16):
            body += handler.rfile.read(size)
            handler.rfile.readline()
        handler.rfile.readline()
    else:
        body = handler.rfile.read(int(headers.get("content-length", 0)))
    parts = urlsplit(handler.path)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Call(handler.command, parts.path, query, headers, body, handler.path)
