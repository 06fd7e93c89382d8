"""Builds a release: one pass of the database into files, checked again, then named. docs/releases.md.

What an interrupted build left is cleared by the next one; a release that has its name is never written again but by a
revision (revising.py).
"""

import errno
import gc
import logging
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from itertools import compress, islice

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from arena import codes, outcomes, releasing
from datasets_export import audits
from datasets_export.enrichment import measuring
from datasets_export.models import Release
from staff import secrets

from . import changing, counting, describing, folders, leaving, tombstones, writing
from .folders import ReleaseRefused

log = logging.getLogger(__name__)

AT_ONCE = 5_000


def build(name="", portal=None, language="", demo=False, say=print, at=None):
    """Build a release of what may be published now, and give its row. Raises ReleaseRefused."""
    release = planned(name, portal, language, demo, at)
    with folders.one_at_a_time():
        settle_interrupted()
        release = started(release)
        try:
            make(release, say)
        except BaseException as error:
            Release.objects.filter(pk=release.pk).update(status=Release.Status.FAILED, error_code=code_of(error))
            raise
    return release


def build_due():
    """The release of today, of everything, unless it is there already or another is under way; whether it was made."""
    try:
        build(say=log.info)
    except ReleaseRefused as refused:
        log.warning("No release was built: %s", refused)
        return False
    return True


def planned(name="", portal=None, language="", demo=False, at=None):
    """The release that these words ask for, not saved. Raises ReleaseRefused."""
    at = at or timezone.now()
    name = name or usual_name(at, portal, language, demo)
    if not folders.NAME.fullmatch(name):
        raise ReleaseRefused("The name of a release has small letters, digits and hyphens, 40 at most.")
    until = at if demo else at - timedelta(days=settings.RELEASE_DELAY_DAYS)
    return Release(name=name, portal=portal, language=language, is_demo=demo, created_at=at, until=until)


def usual_name(at, portal, language, demo):
    day = timezone.localdate(at).isoformat()
    return "-".join(filter(None, (day, portal and portal.code, language, "demo" if demo else "")))


def started(release):
    """Its row, kept from a build that failed if there was one: the key of a name never changes. Raises
    ReleaseRefused."""
    known = Release.objects.filter(name=release.name).first()
    if (known and known.status == Release.Status.BUILT) or folders.place(release.name).exists():
        raise ReleaseRefused(f"Release {release.name} is there already, and never changes.")
    release.pk = known and known.pk
    release.encrypted_key = known.encrypted_key if known else new_key()
    release.previous = before(release)
    at = release.created_at
    release.save()
    if not known:  # the column sets itself when a row is made
        Release.objects.filter(pk=release.pk).update(created_at=at)
        release.created_at = at
    return release


def before(release):
    """The release of the same scope that this one follows."""
    same = Release.objects.filter(
        status=Release.Status.BUILT, portal=release.portal, language=release.language, is_demo=release.is_demo
    )
    return same.filter(until__lte=release.until).order_by("-until").first()


def new_key():
    try:
        return secrets.encrypt(codes.new_key().hex())
    except RuntimeError as missing:
        raise ReleaseRefused(str(missing)) from None


def key_of(release):
    """What makes its codes. Raises ReleaseRefused."""
    try:
        return bytes.fromhex(secrets.decrypt(bytes(release.encrypted_key)))
    except secrets.UNREADABLE:
        raise ReleaseRefused(f"The key of release {release.name} cannot be read: FIELD_KEYS lacks its own.") from None


def make(release, say):
    """Write its files and give it its name."""
    folder = folders.place(release.name).with_suffix(".building")
    key = key_of(release)
    folder.mkdir()
    with snapshot(), uncollected():
        say(f"{release.name}: turns asked before {release.until:%Y-%m-%d %H:%M}")
        left_out = rules(release)
        written = writing.write(folder, leaving.released(release), release, key, say)
        say("outcomes")
        path, voted = folder / "outcomes.parquet", leaving.with_outcome(release)
        outcomes.write_outcomes(path, voted, release.name, release.is_demo, key, written.styles)
    left_out["changed-since-analysis"] += written.changed
    say("tombstones")
    folders.write_json(folder / "tombstones.json", tombstones.before(release))
    while True:
        say("sums and documents")
        manifest = complete(folder, release, left_out, written.redacted)
        outcomes_gone, meanwhile = take_away(folder, release, key)
        if not (outcomes_gone or meanwhile):
            break
        left_out += meanwhile
        say(f"{meanwhile.total()} turns were withdrawn or set aside meanwhile: taken away")
    folder.rename(folders.place(release.name))
    finish(release, manifest)


@contextmanager
def snapshot():
    """All that is read inside is of one moment."""
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_first:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            # All rows are read: a plan that gives the first ones soon takes thirty times longer to the last.
            cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
            cursor.execute("SET LOCAL jit = off")
            cursor.execute("SET LOCAL work_mem = '64MB'")
        yield


@contextmanager
def uncollected():
    """Rows hold no cycles: looking for some among millions of values would take a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def rules(release):
    """How many turns each rule leaves out."""
    return Counter(dict(leaving.left_out(release).values_list("rule").annotate(turns=Count("pk"))))


def take_away(folder, release, key):
    """Take out of the files what may no longer be in them; how many outcomes, and {rule: turns}."""
    outcomes_gone = writing.drop_outcomes(folder, leaving.outcomes_gone(release, key))
    return outcomes_gone, writing.drop(folder, leaving.gone(release, key))


def complete(folder, release, left_out, redacted):
    manifest = {
        "format": describing.FORMAT,
        "name": release.name,
        "revision": 0,
        "created_at": release.created_at.isoformat(timespec="seconds"),
        "until": release.until.isoformat(timespec="seconds"),
        "demo": "DEMO" if release.is_demo else "",
        "scope": {"portal": release.portal.code if release.portal else "", "language": release.language},
        "licence": describing.LICENCE,
        "previous": release.previous and {"name": release.previous.name, "revision": release.previous.revision},
        "files": [],
        "counts": counting.counts(sorted(folder.glob("turns/*/*.parquet"))),
        "left_out": [{"rule": rule, "turns": turns} for rule, turns in sorted(left_out.items()) if turns],
        "redacted": dict(sorted(redacted.items())),
        "personal_data": personal_data(release),
        "versions": describing.versions(),
    }
    changes = changing.changes(manifest, release.previous and release.previous.manifest)
    folders.write_json(folder / "changes.json", changes)
    return describing.complete(folder, manifest)


def personal_data(release):
    """How well it is found: measured on cases that no rule was fitted to, and judged by a person on a sample."""
    return {"measured": measuring.measure(), "audit": audits.result(release)}


def finish(release, manifest):
    """Write in the database what the folder says. Again, it does nothing."""
    if not release.is_demo:
        mark_released(release, manifest)
    release.manifest, release.revision = manifest, manifest["revision"]
    release.status, release.error_code = Release.Status.BUILT, ""
    release.save(update_fields=["manifest", "revision", "status", "error_code"])


def mark_released(release, manifest):
    """Receipts say from now on in which release their comparison came out."""
    key, place = key_of(release), folders.place(release.name)
    there = counting.comparisons(place / file["path"] for file in manifest["files"] if file["kind"] == "turns")
    waiting = releasing.not_yet_released(release.until).values_list("pk", flat=True).iterator(AT_ONCE)
    while batch := list(islice(waiting, AT_ONCE)):
        found = np.array([codes.comparison_code(key, pk) for pk in batch], counting.CODE)
        releasing.mark_released(list(compress(batch, counting.are_among(there, found))), release.name)


def settle_interrupted():
    """Rows of builds whose process is gone: whole folders are told so, the others failed."""
    for release in Release.objects.filter(status=Release.Status.BUILDING):
        manifest = folders.place(release.name) / "manifest.json"
        if manifest.exists():
            finish(release, folders.read_json(manifest))
        else:
            release.status, release.error_code = Release.Status.FAILED, "interrupted"
            release.save(update_fields=["status", "error_code"])


def code_of(error):
    """What the row keeps of a failure: never the words of an error, which may quote a conversation."""
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return "interrupted"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "disk_full"
    if isinstance(error, ReleaseRefused):
        return "key_unreadable"
    return "unknown"
