"""Where releases stand on the disk: each appears whole or not at all, whatever was interrupted."""

import json
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LOCK = 6_020_261
"""Of PostgreSQL's advisory locks: only one process builds or revises, on whichever machine."""


class ReleaseRefused(Exception):
    """What was asked cannot be done; the message says why, for a person. Nothing was changed."""


def root():
    return Path(str(settings.RELEASES_DIR))


def place(name):
    return root() / name


@contextmanager
def one_at_a_time():
    """Only one process at a time. What fails inside leaves nothing; what a killed one left is cleared first.

    Raises ReleaseRefused.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise ReleaseRefused("Another release is being built or revised: wait until it ends.")
    try:
        root().mkdir(parents=True, exist_ok=True)
        tidy(root())
        try:
            yield
        finally:
            tidy(root())  # the disk may be full of what failed
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def tidy(folder):
    """Take away what was not finished. A release that was being put in the place of another is as it was before."""
    for left in sorted(folder.glob("*.replaced")):
        whole = left.with_suffix("")
        if whole.exists():
            shutil.rmtree(left)
        else:
            left.rename(whole)
    for left in (*folder.glob("*.building"), *folder.glob("*.revising")):
        shutil.rmtree(left)


def replace(whole, by):
    """Put a folder in the place of another. Stopped half-way, `tidy` puts the old one back."""
    old = whole.with_name(f"{whole.name}.replaced")
    whole.rename(old)
    by.rename(whole)
    shutil.rmtree(old)


def copy(source, target):
    """The same files under another folder, without their bytes being written again where the disk can share them."""
    shutil.copytree(source, target, copy_function=link)


def link(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def write_json(path, value):
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def write_text(path, text):
    """Never into a file that another folder shares: a new one takes its place."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
