"""A place of each kind, its destination, a folder of releases; and nothing reaches beyond this machine."""

import ipaddress
import os
import socket

import pytest
from cryptography.fernet import Fernet

from datasets_export.models import Destination, Publication
from datasets_export.publication import scheduling
from staff import secrets

from . import folders
from .places.datagouv import Datagouv
from .places.hub import Hub
from .places.s3 import S3

SERVERS = {"hub": Hub, "datagouv": Datagouv, "s3": S3}


@pytest.fixture(autouse=True)
def nothing_leaves(monkeypatch):
    """Python's sockets connect to this machine alone."""
    connect = socket.socket.connect

    def guarded(own, address):
        if own.family != socket.AF_UNIX:
            assert ipaddress.ip_address(address[0].split("%")[0]).is_loopback, f"reaches for {address}"
        return connect(own, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def machine(settings, tmp_path, monkeypatch):
    """Where releases are, and where folders may be."""
    monkeypatch.setenv("FIELD_KEYS", Fernet.generate_key().decode())
    settings.LOCAL = True
    settings.RELEASES_DIR = tmp_path / "releases"
    settings.PUBLICATION_FOLDER = str(tmp_path / "open")
    (tmp_path / "open").mkdir()
    return tmp_path


class Folder:
    """A folder of this machine, as the servers are seen."""

    kind, place, key, url = "folder", "public", "", ""

    def __init__(self, root):
        self.home, self.calls = root / "public", []

    def seen(self, tag="latest"):
        if not (self.home / tag).exists():
            return None
        return contents(self.home / tag)

    def everything(self):
        return b"".join(contents(self.home).values())

    def close(self):
        pass


def contents(folder):
    """{path: content}, links left aside."""
    found = {}
    for base, _folders, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


@pytest.fixture
def place(request, machine):
    """The place that the test is about: its kind is the parameter."""
    made = Folder(machine / "open") if request.param == "folder" else SERVERS[request.param]()
    yield made
    made.close()


def to(there, **fields):
    """Its destination."""
    account = getattr(there, "account", "")
    fields = {"name": there.kind, "kind": there.kind, "address": there.url, "place": there.place} | fields
    key = fields.pop("key", there.key)
    encrypted = secrets.encrypt(key) if key else None
    return Destination.objects.create(account=account, encrypted_secret=encrypted, **fields)


def built(machine, name, **how):
    """A release on the disk and its row: (row, {path: content} as a visitor should see it)."""
    fields = {key: how.pop(key) for key in ("portal", "language", "status", "is_demo") if key in how}
    return folders.release(name, **fields), folders.folder(machine / "releases", name, **how)


def row(release, destination):
    """Its publication, as it stands."""
    return Publication.objects.get(pk=scheduling.wanted(release, destination).pk)


ALL = pytest.mark.parametrize("place", ["hub", "datagouv", "s3", "folder"], indirect=True)
SERVED = pytest.mark.parametrize("place", ["hub", "datagouv", "s3"], indirect=True)
