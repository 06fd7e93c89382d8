"""Publish: one worker at a time and a place, with a lease; the outcome is on the row."""

import logging
import threading
import uuid
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from staff import secrets

from ..models import Publication, Release
from . import doors, parcels
from .refusals import RETRIED, Refused

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT, MOST_TRIES = timedelta(minutes=5), timedelta(hours=6), 12
HEARTBEAT = Publication.LEASE.total_seconds() / 4


class Kept:
    """The progress of a publication, kept on its row."""

    def __init__(self, publication, say):
        self.publication, self.say, self.in_place = publication, say, 0
        self.notes = publication.progress
        self.notes.setdefault("sent", {})

    def has(self, file):
        return self.notes["sent"].get(file.path) == file.sha256

    def sent(self, file):
        self.notes["sent"][file.path] = file.sha256
        self.in_place += 1
        self.keep()
        self.say(f"{len(self.notes['sent'])}/{self.notes['files']} {file.path}")

    def note(self, key, value):
        self.notes[key] = value
        self.keep()

    def noted(self, key):
        return self.notes.get(key, "")

    def keep(self):
        if not self.publication.extend(progress=self.notes):
            raise Refused("interrupted")


def site_of(destination):
    """The destination with its secret in clear; raises Refused if it cannot be read."""
    try:
        secret = destination.secret()
    except secrets.UNREADABLE:
        raise Refused("misconfigured") from None
    root = Path(settings.PUBLICATION_FOLDER) if settings.PUBLICATION_FOLDER else None
    address = (destination.address or doors.USUAL.get(destination.kind, "")).rstrip("/")
    return doors.Site(address, destination.place, destination.account, destination.region, secret, root)


def door_to(destination):
    return doors.door(destination.kind, site_of(destination), settings.LOCAL)


def check(destination):
    """Whether a publication there would be accepted, without writing anything: an error code, "" if all is well."""
    try:
        door_to(destination).check()
    except Refused as refused:
        return refused.code
    except Exception as error:
        log.error("destination %s, check: %s", destination.pk, type(error).__name__)
        return "unknown"
    return ""


def parcel_of(publication):
    """What is to be sent; raises Refused."""
    release = publication.release
    if release.is_demo:
        raise Refused("demo")
    if release.status != Release.Status.BUILT:
        raise Refused("not_built")
    parcel = parcels.opened(Path(settings.RELEASES_DIR) / release.name)
    if parcel.revision != publication.revision:
        raise Refused("changed" if parcel.revision > publication.revision else "damaged")
    return parcel


def check_scope(publication):
    """A place keeps to one portal and language; raises Refused."""
    done = Publication.objects.filter(destination=publication.destination, status=Publication.Status.DONE)
    before = done.select_related("release").first()
    release = publication.release
    if before and (before.release.portal_id, before.release.language) != (release.portal_id, release.language):
        raise Refused("other_scope")


def claim(pk):
    """The publication, ours until its lease ends; None if it is done, not due, or its place has another worker."""
    now = timezone.now()
    for left in Publication.objects.left(now):
        finish(left, status="failed", error_code="interrupted", next_try_at=now)
    token = uuid.uuid4()
    fields = {
        "status": "under-way",
        "claim_token": token,
        "lease_until": now + Publication.LEASE,
        "started_at": now,
        "finished_at": None,
        "error_code": "",
        "next_try_at": None,
    }
    try:
        with transaction.atomic():
            if not Publication.objects.filter(pk=pk).claimable(now).update(**fields):
                return None
    except IntegrityError:  # one_at_a_time_there
        return None
    return Publication.objects.select_related("release", "destination").get(pk=pk)


def publish(pk, say=lambda line: None):
    """Send what is missing and show it; the row says what came of it.

    Gives (publication, files in place), or None if it is not for us to do now.
    """
    publication = claim(pk)
    if publication is None:
        return None
    progress = Kept(publication, say)
    publication.tries += 1
    parcel = None
    try:
        with lease_kept(publication):
            check_scope(publication)
            door = door_to(publication.destination)
            parcel = parcel_of(publication)
            progress.notes |= {"files": len(parcel.files), "bytes": parcel.size}
            if not parcel.has_boards:
                say("No leaderboard.json: the boards of this release were not computed.")
            url = door.send(parcel, progress, publication.is_latest())
    except Exception as error:
        failed(publication, *reason(publication, error, parcel))
    except BaseException:
        failed(publication, "interrupted")
        raise
    else:
        done(publication, url, progress)
    publication.refresh_from_db()
    return publication, progress.in_place


def reason(publication, error, parcel):
    """(code, seconds to wait or None) of what stopped it. Files that changed under its feet explain any failure."""
    if parcel and parcel.has_changed():
        return "changed", None
    if isinstance(error, Refused):
        return error.code, error.wait
    log.error("publication %s: %s", publication.pk, type(error).__name__)
    return "unknown", None


def done(publication, url, progress):
    """The dataset that was made for a destination without one becomes its place."""
    with transaction.atomic():
        finish(publication, status="done", url=url[:500], tries=publication.tries)
        if made := progress.noted("dataset"):
            type(publication.destination).objects.filter(pk=publication.destination_id, place="").update(place=made)


def failed(publication, code, wait=None):
    tried = publication.tries
    pause = timedelta(seconds=wait) if wait is not None else min(FIRST_WAIT * 2 ** (tried - 1), LONGEST_WAIT)
    again = code in RETRIED and tried < MOST_TRIES and not (code == "changed" and passed_on(publication))
    next_try_at = timezone.now() + pause if again else None
    finish(publication, status="failed", error_code=code, next_try_at=next_try_at, tries=tried)


def passed_on(publication):
    """Whether a revision takes its turn; its row waits for the next job."""
    publication.release.refresh_from_db()
    release = publication.release
    if release.revision <= publication.revision:
        return False
    wanted = {"release": release, "revision": release.revision, "destination": publication.destination}
    Publication.objects.get_or_create(**wanted)
    return True


def finish(publication, **fields):
    """Unless another worker has it now."""
    mine = Publication.objects.filter(pk=publication.pk, claim_token=publication.claim_token, status="under-way")
    mine.update(claim_token=None, lease_until=None, finished_at=timezone.now(), **fields)


@contextmanager
def lease_kept(publication):
    """Renew the lease from a thread of its own: one file may take longer than a lease."""
    over = threading.Event()

    def renew():
        try:
            while not over.wait(HEARTBEAT):
                publication.extend()
        finally:
            connection.close()

    thread = threading.Thread(target=renew, name=f"lease-{publication.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
