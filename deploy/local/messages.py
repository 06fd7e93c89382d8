"""Translations: collect the texts of the code (gettext), compile them (no gettext needed)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .processes import LocalError, indent
from .progress import say

if TYPE_CHECKING:
    from babel.messages.catalog import Message

CHANGING = ('"POT-Creation-Date:', '"Report-Msgid-Bugs-To:')
"""What xgettext writes anew in each file although no text changed."""


def compile_messages(root: Path) -> int:
    """Compile each ``.po`` newer than its ``.mo``; returns how many were. Raises LocalError for a broken file."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    stale = [
        po
        for po in sorted(root.glob("**/locale/*/LC_MESSAGES/*.po"))
        if ".venv" not in po.parts and not _is_fresh(po.with_suffix(".mo"), po)
    ]
    for po in stale:
        partial = po.with_suffix(f".mo.{os.getpid()}")
        try:
            with po.open("rb") as source, partial.open("wb") as target:
                write_mo(target, read_po(source, locale=po.parts[-3], abort_invalid=True))
        except (PoFileError, ValueError) as error:
            partial.unlink(missing_ok=True)
            raise LocalError(f"The translations in {po} cannot be read: {error}") from error
        partial.replace(po.with_suffix(".mo"))
    return len(stale)


def collect(root: Path) -> None:
    """Bring the ``.po`` files up to the texts of the code and the templates, and say what is left to translate.

    Run again with nothing new, it changes no file. Raises LocalError.
    """
    if not shutil.which("xgettext"):
        raise LocalError(
            "The program xgettext is missing: install gettext (Debian and Ubuntu: apt-get install gettext; "
            "macOS: brew install gettext), then try again."
        )
    languages = sorted(file.parts[-3] for file in root.glob("locale/*/LC_MESSAGES/django.po")) or ["fr"]
    options = [part for language in languages for part in ("--locale", language)]
    options += [part for name in ("html", "py", "svg", "txt") for part in ("--extension", name)]
    ignored = [part for name in (".venv", "var", "bench", "deploy") for part in ("--ignore", f"{name}/*")]
    env = os.environ | {  # the settings want them; nothing connects
        "LOCAL": "1", "SECRET_KEY": "x", "DATABASE_URL": "postgres://x/x", "REDIS_URL": "redis://127.0.0.1:1/0",
    }  # fmt: skip
    command = [
        sys.executable,
        "manage.py",
        "makemessages",
        "--no-location",
        "--no-wrap",
        *options,
        *ignored,
    ]
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalError(f"The texts could not be collected. Django said:\n{indent(done.stderr)}")
    for po in sorted(root.glob("locale/*/LC_MESSAGES/django.po")):
        lines = po.read_text().splitlines(keepends=True)
        po.write_text("".join(line for line in lines if not line.startswith(CHANGING)))
        say(f"{po.parts[-3]}: {_to_do(po)} to translate or to check")


def _to_do(po: Path) -> int:
    from babel.messages.pofile import read_po

    def is_done(text: "Message") -> bool:
        forms = [text.string] if isinstance(text.string, str) else text.string or [""]
        return not text.fuzzy and all(forms)

    with po.open("rb") as source:
        return sum(not is_done(text) for text in read_po(source, locale=po.parts[-3]) if text.id)


def _is_fresh(mo: Path, po: Path) -> bool:
    return mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime
