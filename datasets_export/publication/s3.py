"""An S3-compatible storage: a folder of objects a release, its manifest last, then a pointer to the latest."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from .doors import Progress, Site
from .parcels import MANIFEST, File, Parcel
from .refusals import Refused, of_status

STATUS = re.compile(r"status code: (\d{3})|\b(\d{3}) (?:Payload|Content|Request Entity) Too Large")
LATEST = "latest.json"
PART = 16 * 1024 * 1024
TYPES = {"json": "application/json", "md": "text/markdown; charset=utf-8", "jsonl": "application/jsonl"}


class S3Door:
    keeps_older = True

    def __init__(self, site: Site) -> None:
        bucket, _slash, prefix = site.place.strip("/").partition("/")
        if not (site.secret and site.account):
            raise Refused("misconfigured")
        self.address = f"{site.address}/{quote(f'{bucket}/{prefix}')}".rstrip("/")
        self.store = S3Store(
            bucket,
            prefix=prefix or None,
            endpoint=site.address,
            region=site.region or "us-east-1",
            access_key_id=site.account,
            secret_access_key=site.secret,
            virtual_hosted_style_request=False,
            disable_bulk_delete=True,
            client_options={"allow_http": site.address.startswith("http:"), "timeout": timedelta(minutes=10)},
            retry_config={"max_retries": 2, "retry_timeout": timedelta(minutes=2)},
        )

    def check(self) -> None:
        with_codes(lambda: next(iter(self.store.list(LATEST)), None))

    def send(self, parcel: Parcel, progress: Progress, is_latest: bool) -> str:
        kept = self.kept(f"{parcel.tag}/{MANIFEST}")
        manifest = parcel.files[-1]
        if kept is None:
            for file in parcel.files[:-1]:
                if not (progress.has(file) and self.is_there(parcel, file)):
                    self.put(parcel, file)
                    progress.sent(file)
            parcel.check_unchanged()
            self.put(parcel, manifest)
            progress.sent(manifest)
        elif kept != parcel.read(MANIFEST):
            raise Refused("conflict")
        if is_latest:
            self.point(parcel, manifest)
        for tag in parcel.older_tags:
            self.remove(tag)
        return f"{self.address}/{parcel.tag}/{MANIFEST}"

    def kept(self, path: str) -> bytes | None:
        try:
            return bytes(with_codes(lambda: self.store.get(path).bytes()))
        except FileNotFoundError:
            return None

    def is_there(self, parcel: Parcel, file: File) -> bool:
        try:
            return with_codes(lambda: self.store.head(f"{parcel.tag}/{file.path}"))["size"] == file.size
        except FileNotFoundError:
            return False

    def put(self, parcel: Parcel, file: File) -> None:
        kind = TYPES.get(file.path.rpartition(".")[2], "application/octet-stream")
        path = f"{parcel.tag}/{file.path}"
        attributes: Any = {"Content-Type": kind, "sha256": file.sha256}
        with_codes(
            lambda: obstore.put(
                self.store, path, file.source, attributes=attributes, chunk_size=PART, max_concurrency=2
            )
        )

    def point(self, parcel: Parcel, manifest: File) -> None:
        pointer = {
            "release": parcel.name,
            "revision": parcel.revision,
            "manifest": f"{parcel.tag}/{MANIFEST}",
            "sha256": manifest.sha256,
        }
        content = json.dumps(pointer, indent=2).encode()
        with_codes(lambda: obstore.put(self.store, LATEST, content, attributes={"Content-Type": "application/json"}))

    def remove(self, tag: str) -> None:
        """A revised release: first what says that it is whole, then the rest."""
        found = [item["path"] for page in with_codes(lambda: list(self.store.list(f"{tag}/"))) for item in page]
        for path in sorted(found, key=lambda path: path != f"{tag}/{MANIFEST}"):
            with_codes(lambda path=path: self.store.delete(path))


def with_codes(call: Any) -> Any:
    """What the call gives; its errors as codes, FileNotFoundError for an object or a bucket that is not there."""
    try:
        return call()
    except (PermissionDeniedError, UnauthenticatedError):
        raise Refused("misconfigured") from None
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise Refused("misconfigured") from None
        raise FileNotFoundError from None
    except (BaseError, OSError, ValueError) as error:
        found = STATUS.search(str(error))
        status = int(found[1] or found[2]) if found else 0
        raise of_status(status) or Refused("cut") from None
