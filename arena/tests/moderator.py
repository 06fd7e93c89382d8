"""A moderation server for tests, over real HTTP: it answers as its script says, and keeps the bodies it received."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "SCRIPTED-MODERATOR-SECRET"
HOSTILE = {
    "status": (500, SECRET),
    "no-json": (200, f"<html>{SECRET}</html>"),
    "other-json": (200, json.dumps({"results": "no"})),
    "no-results": (200, json.dumps({"results": []})),
    "odd-categories": (200, json.dumps({"results": [{"categories": [SECRET]}]})),
    "deep": (200, "[" * 60_000),
    "endless": (200, '{"results": "' + "a" * 500_000),
    "redirection": (302, ""),
}


class Moderator:
    """Set `found` to the names it flags, `seconds` to how long it takes, `answer` to a raw (status, body)."""

    def __init__(self):
        self.found, self.seconds, self.answer, self.bodies = [], 0, None, []

    def response(self, path, body):
        if self.answer:
            return self.answer
        if path.endswith("/moderations"):
            categories = {name: name in self.found for name in ("hate", "violence", "sexual/minors", "invented")}
            return 200, json.dumps(
                {"results": [{"flagged": True, "categories": categories | dict.fromkeys(self.found, True)}]}
            )
        said = f"Voilà : {json.dumps({'categories': self.found})}"
        choices = [{"index": 0, "delta": {"content": said}, "finish_reason": "stop"}]
        return 200, f"data: {json.dumps({'choices': choices})}\n\ndata: [DONE]\n\n"


@contextmanager
def running():
    moderator = Moderator()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            moderator.bodies.append((self.path, self.headers.get("Authorization"), body))
            time.sleep(moderator.seconds)
            status, content = moderator.response(self.path, body)
            kind = "text/event-stream" if self.path.endswith("/completions") else "application/json"
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.end_headers()
                self.wfile.write(content.encode())
            except OSError:
                pass  # the site hung up

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    moderator.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield moderator
    finally:
        server.shutdown()
        server.server_close()
