"""What stands in for Sentry, for an OpenTelemetry collector and for a provider that tells everything it knows."""

import gzip
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

DECODED = {"gzip": gzip.decompress, "br": brotli.decompress}


class Listener:
    """Everything that was sent here, as bytes, by path."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"
        self.dsn = f"http://public@127.0.0.1:{port}/1"
        self.received = []

    def events(self):
        """Those of Sentry: the items of its envelopes, a line each after the two that head them."""
        envelopes = [body for path, body in self.received if path.startswith("/api/")]
        lines = [line for body in envelopes for line in body.decode().splitlines()]
        return [found for line in lines if "event_id" in (found := json.loads(line)) and "platform" in found]

    def spans(self):
        """Those of OpenTelemetry, as {name: attributes}."""
        found = {}
        for path, body in self.received:
            if path == "/v1/traces":
                request = ExportTraceServiceRequest.FromString(body)
                for resource in request.resource_spans:
                    for scope in resource.scope_spans:
                        for span in scope.spans:
                            found[span.name] = {each.key: value_of(each.value) for each in span.attributes}
        return found

    def everything(self):
        return "\n".join(body.decode(errors="replace") for path, body in self.received if path != "/chat/completions")


def value_of(value):
    kind = value.WhichOneof("value")
    found = getattr(value, kind)
    return [value_of(each) for each in found.values] if kind == "array_value" else found


@contextmanager
def listening():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = DECODED.get(self.headers.get("Content-Encoding"), bytes)(body)
            listener.received.append((self.path, body))
            status, answer = 200, b"{}"
            if self.path == "/chat/completions":  # as careless as a provider can be
                status = 500
                answer = json.dumps({"error": {"message": f"{body.decode()} {self.headers['Authorization']}"}}).encode()
            elif self.path == "/v1/traces":
                answer = b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments):
            """Nothing on the terminal of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener = Listener(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
