"""A folder of this machine: each release copied beside its place and renamed, then a link that moves at once."""

import os
import shutil
from pathlib import Path

from .doors import Progress, Site
from .parcels import MANIFEST, Parcel, stamp
from .refusals import Refused

LATEST = "latest"


class FolderDoor:
    keeps_older = True

    def __init__(self, site: Site) -> None:
        self.root, self.place = site.root, site.place

    def home(self) -> Path:
        """Under the one folder that the machine opens; a link in it that leads elsewhere is refused."""
        if not self.root or not self.root.is_dir() or not os.access(self.root, os.W_OK):
            raise Refused("no_folder")
        home = (self.root / self.place).resolve()
        if not home.is_relative_to(self.root.resolve()):
            raise Refused("no_folder")
        return home

    def check(self) -> None:
        self.home()

    def send(self, parcel: Parcel, progress: Progress, is_latest: bool) -> str:
        home = self.home()
        try:
            return self.copy(parcel, progress, is_latest, home)
        except OSError as error:
            raise Refused("too_large" if error.errno in (27, 28, 122) else "no_folder") from None

    def copy(self, parcel: Parcel, progress: Progress, is_latest: bool, home: Path) -> str:
        final, partial = home / parcel.tag, home / f"{parcel.tag}.partial"
        if final.exists():
            if (final / MANIFEST).read_bytes() != parcel.read(MANIFEST):
                raise Refused("conflict")
        else:
            for file in parcel.files:
                copy = partial / file.path
                if not (progress.has(file) and copy.is_file() and stamp(copy)[0] == file.size):
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file.source, copy)
                    progress.sent(file)
            parcel.check_unchanged()
            partial.rename(final)
        link = home / LATEST
        if is_latest or link.is_symlink() and os.readlink(link) in parcel.older_tags:
            new = home / f"{LATEST}.partial"
            new.unlink(missing_ok=True)
            new.symlink_to(parcel.tag)
            new.replace(link)
        for tag in parcel.older_tags:
            shutil.rmtree(home / tag, ignore_errors=True)
            shutil.rmtree(home / f"{tag}.partial", ignore_errors=True)
        return ""
