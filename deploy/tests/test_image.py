"""The image, as far as it can be looked at without an engine that builds it."""

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
LOCK = (ROOT / "requirements.lock").read_text()


def requirements(name):
    lines = (ROOT / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]


def pins(name):
    return {canonicalize_name(wanted.name): str(wanted.specifier) for wanted in requirements(name)}


def locked():
    """{package: (its version, its hashes)} of requirements.lock."""
    entry = re.compile(r"^([\w.-]+)(==\S+) \\\n((?: +--hash=\S+(?: \\)?\n)+)", re.MULTILINE)
    return {
        canonicalize_name(name): (version, re.findall("sha256:[0-9a-f]{64}", hashes))
        for name, version, hashes in entry.findall(LOCK)
    }


def needed():
    """The packages that requirements.txt brings along on the machine that runs this."""
    waiting, found = requirements("requirements.txt"), set()
    while waiting:
        wanted = waiting.pop()
        for extra in ("", *wanted.extras):
            if (key := (canonicalize_name(wanted.name), extra)) in found:
                continue
            found.add(key)
            below = map(Requirement, metadata.requires(wanted.name) or ())
            waiting += [it for it in below if it.marker is None or it.marker.evaluate({"extra": extra})]
    return {name for name, _extra in found}


def test_the_lock_holds_what_the_requirements_say():
    """When this fails: `make lock`."""
    versions = {name: version for name, (version, _hashes) in locked().items()}
    known = pins("constraints.txt")
    assert pins("requirements.txt").items() <= versions.items()
    assert versions == {name: known.get(name) for name in versions}


@pytest.mark.skipif(sys.platform != "linux" or sys.version_info[:2] != (3, 11), reason="the image's Python alone tells")
def test_the_lock_holds_all_that_the_requirements_bring_along():
    """When this fails: `make lock`."""
    assert set(locked()) == needed()


def test_every_package_of_the_lock_has_its_hashes():
    assert [name for name, (_version, hashes) in locked().items() if not hashes] == []
    assert len(locked()) == LOCK.count("==")


def test_the_linter_of_dockerfiles_finds_nothing():
    linter = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 0)


def test_the_image_runs_as_nobody_and_is_told_to_stop_directly():
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    said = dict(
        line.split(" ", 1) for line in last.splitlines() if re.match("(USER|CMD|HEALTHCHECK|ENTRYPOINT) ", line)
    )
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", said["USER"])
    assert said["CMD"].startswith('["daphne"')  # no shell between the engine's signals and the site
    assert "ENTRYPOINT" not in said
    assert "RUN" not in last  # nothing is installed beside what was built


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """What `COPY . .` brings, as .dockerignore says."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    target = tmp_path_factory.mktemp("image")
    for name in tracked.stdout.splitlines():
        if (ROOT / name).is_file() and not is_ignored(name, rules):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


def is_ignored(name, rules):
    """The last rule that a file or one of its folders matches decides."""
    ignored, path = False, Path(name)
    places = [f"/{place}" for place in (path, *path.parents)]
    for rule in rules:
        pattern = "/" + rule.removeprefix("!")
        if any(fnmatch(place, pattern.replace("/**/", "*/")) for place in places):
            ignored = not rule.startswith("!")
    return ignored


def test_nothing_of_development_goes_into_the_image(copied):
    files = [str(path.relative_to(copied)) for path in copied.rglob("*") if path.is_file()]
    assert [name for name in files if re.search(r"(^|/)(tests?|bench|docs|\.\w+)/|\.(po~|mo|env)$|^\.", name)] == []
    assert {"manage.py", "requirements.lock", "locale/fr/LC_MESSAGES/django.po", "deploy/healthcheck.py"} <= set(files)


def run_in(folder, *command):
    """With the variables of the Dockerfile alone."""
    given = dict(re.findall(r"([A-Z_]+)=(\S+)", DOCKERFILE[DOCKERFILE.index("&& SECRET_KEY") :].partition("python")[0]))
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run([sys.executable, *command], cwd=folder, env=inherited | given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_image_s_steps_find_all_that_they_need(copied):
    run_in(copied, "-m", "deploy.local", "compile")
    run_in(copied, "manage.py", "collectstatic", "--noinput", "--dry-run")


def test_the_image_has_all_that_the_site_is_made_of(copied):
    run_in(copied, "-c", "import comparia.asgi, comparia.celery; comparia.celery.app.loader.import_default_modules()")
    run_in(copied, "manage.py", "check")
