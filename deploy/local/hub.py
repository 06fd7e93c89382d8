"""Weights from the Hugging Face Hub, where it answers and has the very same file."""

import http.client
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import BinaryIO

from .processes import LocalError
from .weights import Model, Source

HOST = "huggingface.co"
PIECE = 64_000_000  # bytes
ANSWER_SECONDS = 3
SILENCE_SECONDS = 30


def is_reachable() -> bool:
    """True if the Hub accepts a connection within a few seconds."""
    try:
        socket.create_connection((HOST, 443), timeout=ANSWER_SECONDS).close()
    except OSError:
        return False
    return True


def has(model: Model) -> bool:
    """True if the Hub says that its file has the SHA-256 that we want, before any download."""
    connection = http.client.HTTPSConnection(HOST, timeout=ANSWER_SECONDS)
    try:
        connection.request("HEAD", f"/{model.hub}")
        return connection.getresponse().getheader("X-Linked-Etag", "").strip('"') == model.sha256
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def source(model: Model, address: str = f"https://{HOST}") -> Source:
    """The file of a model, in ranges of bytes."""

    def add(number: int, target: BinaryIO, report: Callable[[int], None]) -> None:
        first, end = (number - 1) * PIECE, min(number * PIECE, model.bytes)
        request = urllib.request.Request(f"{address}/{model.hub}", headers={"Range": f"bytes={first}-{end - 1}"})
        received = 0
        try:
            with urllib.request.urlopen(request, timeout=SILENCE_SECONDS) as answer:
                while block := answer.read(1 << 20):
                    target.write(block)
                    report(received := received + len(block))
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError) as error:
            raise LocalError(f"The Hugging Face Hub stopped answering for {model.id} ({error}).") from error
        if received != end - first:
            raise LocalError(f"The Hugging Face Hub sent another file than {model.id}.")

    return Source("the Hugging Face Hub", -(-model.bytes // PIECE), add)
