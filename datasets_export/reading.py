"""Which releases the public sees, and what of them is on this machine."""

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.db.models import Prefetch, Q

from .models import Publication, Release

SMALL = ("manifest", "card", "sample", "schema", "croissant", "boards", "changes", "tombstones")
"""Kinds of files that the site itself gives; the others are where the release is published."""

MANIFEST = "manifest.json"
BESIDE = {MANIFEST: "manifest", "leaderboard.json": "boards"}
"""Files that the manifest does not tell: the boards are computed from it, once the release is made."""


def releases(portal):
    """The last first, of everything or of this portal: real ones, else on a local machine demonstrations."""
    done = Publication.objects.filter(status="done").exclude(url="").select_related("destination").order_by("pk")
    found = Release.objects.filter(Q(portal=None) | Q(portal=portal), status=Release.Status.BUILT).exclude(manifest={})
    found = found.select_related("previous").prefetch_related(Prefetch("publications", done, to_attr="published"))
    real = found.filter(is_demo=False)
    return (found if settings.LOCAL and not real.exists() else real).order_by("-created_at")


def places(release):
    """The publications of the newest revision that is at each place."""
    return list({publication.destination_id: publication for publication in release.published}.values())


def hub(release):
    """Its repository on the Hugging Face Hub; "" if it is not there."""
    there = (one.destination.place for one in places(release) if one.destination.kind == "hub")
    return next(there, "")


def folder(release):
    return Path(str(settings.RELEASES_DIR)) / release.name


def small_files(release):
    """Names of the files that the site can give, in order."""
    kinds = BESIDE | {file["path"]: file["kind"] for file in release.manifest["files"]}
    here = [name for name, kind in kinds.items() if kind in SMALL and (folder(release) / name).is_file()]
    return sorted(here, key=lambda name: SMALL.index(kinds[name]))


def content(release, name):
    """The bytes of one of `small_files`; raises KeyError if it is none, or is not on this machine."""
    if name not in small_files(release):
        raise KeyError(name)
    return (folder(release) / name).read_bytes()


def fingerprint(release):
    """The SHA-256 of its manifest; "" if it is not on this machine."""
    try:
        return hashlib.sha256((folder(release) / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return ""


def changes(release):
    """The content of its `changes.json`; None if it is not on this machine."""
    try:
        return json.loads((folder(release) / "changes.json").read_bytes())
    except (OSError, ValueError):
        return None
