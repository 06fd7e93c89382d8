"""PostgreSQL refuses to run as root. Started by root (a container, often), it runs as ``nobody``."""

import os
import pwd
import shutil
import stat
from pathlib import Path

from .processes import LocalError


def account() -> pwd.struct_passwd | None:
    """The account to become: none for a normal user."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def give(path: Path, mode: int) -> None:
    """Set the mode of a file or directory and hand it to the account that will use it."""
    path.chmod(mode)
    if owner := account():
        os.chown(path, owner.pw_uid, owner.pw_gid)


def become(command: list[str], *needed: Path) -> tuple[list[str], dict]:
    """The command and the ``subprocess`` arguments that run it as that account.

    ``needed`` are the directories that it must reach. Where one is closed to others (a project under ``/root``),
    the process keeps root's right to open files rather than have the directories opened for everybody.
    """
    owner = account()
    if owner is None:
        return command, {}
    if not any(map(_closed, needed)):
        return command, {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    if not shutil.which("setpriv"):
        raise LocalError(
            f"PostgreSQL refuses to run as root, and another account cannot enter {needed[0]}. Run this as a normal "
            "user, or move the project to a folder that is open to all such as /srv, or set DATABASE_URL."
        )
    identity = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    right = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return ["setpriv", *identity, *right, *command], {}


def _closed(directory: Path) -> bool:
    directory = directory.resolve()
    return any(not place.stat().st_mode & stat.S_IXOTH for place in directory.parents)
