"""The site in a process of its own, for tests and benchmarks: daphne on a free port of the loopback."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager


class Site:
    """A running site: `url`, its process, and its log so far."""

    def __init__(self, port, environment, application="comparia.asgi:application"):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.environment = environment
        self.application = application
        self.output = tempfile.NamedTemporaryFile("w+", suffix=".log", prefix="site-")  # noqa: SIM115
        self.process = None

    def start(self):
        """Start, or start again after a kill; returns once the site answers."""
        command = [
            sys.executable,
            "-m",
            "daphne",
            "-v",
            "0",
            "-b",
            "127.0.0.1",
            "-p",
            str(self.port),
            self.application,
        ]
        self.process = subprocess.Popen(
            command, env=os.environ | self.environment, stdout=self.output, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The site did not start:\n{self.log()[-3000:]}")
            time.sleep(0.05)

    def answers(self):
        try:
            return urllib.request.urlopen(f"{self.url}/healthz", timeout=1).status == 200
        except (urllib.error.URLError, OSError):
            return False

    def log(self):
        with open(self.output.name) as written:
            return written.read()

    def ask_to_stop(self):
        """As a deployment does: SIGTERM."""
        self.process.terminate()

    def kill(self):
        """As the machine would: no goodbye."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def running(**environment):
    """A site with these variables added to the environment; stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = Site(port, environment)
    try:
        site.start()
        yield site
    finally:
        site.stop()
        site.output.close()
