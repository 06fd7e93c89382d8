"""A provider of OpenID Connect in small, over real HTTP: it signs, and it minds the secret and the code's verifier."""

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "comparia", "the-secret-of-comparia"


class Provider:
    """`person` is who is logged in there; `lies` changes claims of the identity token, `tales` those of the person."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signs_with = self.key
        self.person = {"sub": "4f1", "email": "ada@culture.test"}
        self.lies, self.tales, self.challenge, self.nonce, self.url = {}, {}, "", "", ""

    def asked(self, query):
        """What the site sent the browser with; returns the code that comes back."""
        self.challenge, self.nonce = query["code_challenge"][0], query["nonce"][0]
        return "a-code"

    def token(self, form):
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        shown = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (form["code"], form["client_secret"], shown) != (["a-code"], [SECRET], self.challenge):
            return None
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": self.person["sub"],
            "nonce": self.nonce,
            "exp": time.time() + 60,
        }
        return {"access_token": "opened", "token_type": "Bearer", "id_token": self.signed(claims | self.lies)}

    def signed(self, claims):
        return jwt.encode(claims, self.signs_with, "RS256", {"kid": "one"})

    def claims(self):
        return self.signed({"iss": self.url, "aud": CLIENT, **self.person, **self.tales})

    def keys(self):
        return {"keys": [{**RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True), "kid": "one", "alg": "RS256"}]}


@contextmanager
def running():
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            told = provider.token(form)
            self.tell(200 if told else 400, json.dumps(told or {"error": "invalid_grant"}), "application/json")

        def do_GET(self):
            if self.path == "/jwks":
                self.tell(200, json.dumps(provider.keys()), "application/json")
            elif self.headers["Authorization"] == "Bearer opened":
                self.tell(200, provider.claims(), "application/jwt")
            else:
                self.tell(401, "{}", "application/json")

        def tell(self, status, body, kind):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
