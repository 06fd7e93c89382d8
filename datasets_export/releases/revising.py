"""After a withdrawal the text leaves the releases that were made before: a revision rewrites the files concerned."""

import logging
from collections import Counter

from datasets_export.models import Release

from . import building, counting, describing, folders, tombstones, writing
from .folders import ReleaseRefused

log = logging.getLogger(__name__)


def revise(release, say=print, dry_run=False):
    """Make the next revision of a release if something must leave it; how many turns. Raises ReleaseRefused.

    Outcomes hold no text and stay as they are: boards made of them can still be verified.
    """
    if release.status != Release.Status.BUILT:
        raise ReleaseRefused(f"Release {release.name} is not built.")
    with folders.one_at_a_time():
        whole = folders.place(release.name)
        if not (whole / "manifest.json").exists():
            raise ReleaseRefused(f"The folder of release {release.name} is not under {folders.root()}.")
        known = folders.read_json(whole / "manifest.json")
        gone = tombstones.due(release)
        say(f"{release.name}, revision {known['revision']}: {len(gone)} turns must leave")
        if dry_run:
            return len(gone)
        manifest = rewritten(release, whole, known, gone) if gone else known
        if release.manifest != manifest:
            building.finish(release, manifest)
    return len(gone)


def revise_all(say=log.info, dry_run=False):
    """Each release that is there; how many turns left. Another build or revision under way puts it off to the next
    night."""
    turns = 0
    for release in Release.objects.filter(status=Release.Status.BUILT).order_by("created_at"):
        try:
            turns += revise(release, say, dry_run)
        except ReleaseRefused as refused:
            log.warning("Release %s was not revised: %s", release, refused)
    return turns


def rewritten(release, whole, known, gone):
    """The new revision in the place of the old one; its manifest."""
    folder = whole.with_suffix(".revising")
    folders.copy(whole, folder)
    revision = known["revision"]
    (folder / "manifests").mkdir(exist_ok=True)
    (folder / "manifest.json").rename(folder / f"manifests/manifest-{revision}.json")
    told = folders.read_json(folder / "tombstones.json")["rows"] + tombstones.rows_of(release, gone)
    rules = writing.drop(folder, gone) + Counter({rule["rule"]: rule["turns"] for rule in known["left_out"]})
    folders.write_json(folder / "tombstones.json", tombstones.document(release, told))
    manifest = known | {
        "revision": revision + 1,
        "counts": counting.counts(sorted(folder.glob("turns/*/*.parquet"))),
        "personal_data": building.personal_data(release),
        "left_out": [{"rule": rule, "turns": turns} for rule, turns in sorted(rules.items())],
    }
    describing.complete(folder, manifest, before=known)
    folders.replace(whole, by=folder)
    return manifest
