"""Prepare ``.venv`` with the exact packages, only when they changed. Needs nothing but Python."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

from .processes import LocalError, errors, indent
from .progress import Counter, say, speak_plainly

ROOT = Path(__file__).resolve().parents[2]
SETS = {"run": "requirements-local.txt", "dev": "requirements-dev.txt"}
OLDEST = (3, 11)


def install(wanted: str, root: Path = ROOT) -> bool:
    """Install the packages to ``run`` the site or to develop it (``dev``). True if there was something to do."""
    if sys.version_info < OLDEST:
        raise LocalError(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
    environment, python = root / ".venv", root / ".venv" / "bin" / "python"
    stamp, current = environment / f"installed-{wanted}", fingerprint(root)
    if stamp.exists() and stamp.read_text() == current and _runs(python, "-c", ""):
        return False
    if not _runs(python, "-m", "pip", "--version"):
        _create(environment)
    _install(python, root / SETS[wanted], root / "constraints.txt")
    for name in SETS if wanted == "dev" else (wanted,):  # who develops can run
        (environment / f"installed-{name}").write_text(current)
    return True


def fingerprint(root: Path) -> str:
    """Changes when a requirement does."""
    files = sorted([*root.glob("requirements*.txt"), root / "constraints.txt"])
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _runs(python: Path, *arguments: str) -> bool:
    try:
        return subprocess.run([python, *arguments], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _create(environment: Path) -> None:
    say(f"Creating {environment.name} with Python {sys.version.split()[0]}")
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", environment], capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        if "ensurepip" in said:
            raise LocalError(
                "This Python cannot create a virtual environment: install its venv package "
                "(Debian and Ubuntu: apt-get install python3-venv), then try again."
            )
        raise LocalError(f"The virtual environment could not be created. Python said:\n{indent(said)}")


def _install(python: Path, requirements: Path, constraints: Path) -> None:
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    pip = subprocess.Popen(
        [*command, "-r", str(requirements), "-c", str(constraints)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    counter, said = Counter("Installing the packages"), []
    for line in pip.stdout or ():
        said.append(line)
        if line.startswith("Collecting "):
            counter.show(re.split(r"[^\w.-]", line.split()[1])[0])
        elif line.startswith("Installing collected packages"):
            counter.show("copying the files")
    if pip.wait():
        counter.close("failed")
        raise LocalError(explain("".join(said)))
    counter.close("done")


def explain(said: str) -> str:
    """One sentence for what pip said when it failed, then its own last words."""
    if "No space left" in said:
        reason = "The disk is full: free about 1 GB, then try again."
    elif "No matching distribution" in said and "Retrying" not in said:
        reason = "A package does not exist for this Python or this machine: Python 3.11, 3.12 and 3.13 are supported."
    elif "Retrying" in said or "ConnectionError" in said or "Could not fetch" in said:
        reason = "The packages could not be downloaded: check the connection to pypi.org, then try again."
    else:
        reason = "The packages could not be installed."
    return f"{reason} pip said:\n{errors(said)}"


if __name__ == "__main__":
    speak_plainly(lambda: install(sys.argv[1] if len(sys.argv) > 1 else "run"))
