"""A Chromium for the browser tests: the machine's own, else the distribution's, else playwright's."""

import os
import shutil
import subprocess
import sys

from .processes import LocalError, indent
from .progress import Counter, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """The path of a browser that playwright can drive, if the machine has one."""
    override = os.environ.get("BROWSER_PATH")
    if override:
        return override
    return next((path for path in map(shutil.which, NAMES) if path), None) or _downloaded()


def ensure() -> None:
    """Install a browser where there is none. Raises LocalError if that fails in continuous integration (CI set)."""
    if find():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("Fetching the list of packages", "apt-get", "update")
        _run("Installing Chromium for the browser tests", "apt-get", "install", "-y", "chromium")
    else:
        _run("Downloading Chromium for the browser tests", sys.executable, "-m", "playwright", "install", "chromium")
    if find():
        return
    sentence = "No Chromium could be installed: install chromium or chrome, or give its path in BROWSER_PATH."
    if os.environ.get("CI"):
        raise LocalError(sentence)
    say(f"{sentence} The browser tests will be skipped.")


def _downloaded() -> str | None:
    """Playwright's own browser, if it was downloaded before."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def _run(label: str, *command: str) -> None:
    counter = Counter(label)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env
    )
    said = []
    for line in process.stdout or ():
        said.append(line)
        counter.show(line.strip()[:60])
    counter.close("failed" if process.wait() else "done")
    if process.returncode:
        print(indent("".join(said), 6), flush=True)
