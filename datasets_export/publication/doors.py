"""One protocol for every kind of place, and the door of a destination."""

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from models_catalog.addresses import is_inside

from .parcels import File, Parcel
from .refusals import Refused

DOORS = {"hub": "HubDoor", "datagouv": "DatagouvDoor", "s3": "S3Door", "folder": "FolderDoor"}
USUAL = {"hub": "https://huggingface.co", "datagouv": "https://www.data.gouv.fr"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Site:
    """A destination in clear, for the time of a call: it is never written nor shown."""

    address: str
    place: str
    account: str = ""
    region: str = ""
    secret: str = field(default="", repr=False)
    root: Path | None = None
    """Under which folders are open."""


class Progress(Protocol):
    """What is there already. Each call renews the lease, or raises Refused if another worker has it now."""

    def has(self, file: File) -> bool: ...

    def sent(self, file: File) -> None: ...

    def note(self, key: str, value: str) -> None:
        """Kept on the row; `noted` gives it back, "" if it was never kept."""

    def noted(self, key: str) -> str: ...


class Door(Protocol):
    keeps_older: bool
    """Whether releases older than the latest are there too."""

    def __init__(self, site: Site) -> None: ...

    def check(self) -> None:
        """Write nothing; raises Refused if the place or the key would not do."""

    def send(self, parcel: Parcel, progress: Progress, is_latest: bool) -> str:
        """Send what is missing, then show it at once: whoever reads the place sees a whole release, old or new.

        Gives the address to read it at; raises Refused.
        """


def is_address(address: str, local: bool) -> bool:
    """Whether a key may be sent there: HTTPS, no name nor password in it; on a local machine also its own HTTP."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        return False
    if local and host in LOOPBACK:
        return parts.scheme in ("http", "https")
    return parts.scheme == "https" and (local or not is_inside(host))


def door(kind: str, site: Site, local: bool) -> Door:
    """Raises Refused if the address is not one."""
    if kind != "folder" and not is_address(site.address, local):
        raise Refused("misconfigured")
    return getattr(import_module(f".{kind}", __package__), DOORS[kind])(site)


def keeps_older(kind: str) -> bool:
    return getattr(import_module(f".{kind}", __package__), DOORS[kind]).keeps_older
