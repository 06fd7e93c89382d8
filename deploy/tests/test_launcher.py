"""What `make run` says and decides before it starts anything."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import environment, install, launcher, messages
from deploy.local.processes import LocalError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def busy_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def without_models(monkeypatch):
    for name in ("LOCAL_MODELS", "LOCAL_MODELS_URL", *("OPENROUTER_API_KEY", "ALBERT_API_KEY", "HF_TOKEN")):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("VERTEXAI_PROJECT", raising=False)


def test_a_port_in_use_is_one_sentence_without_a_traceback(busy_port):
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local", "run"],
        cwd=ROOT,
        env=os.environ | {"PORT": str(busy_port), "LOCAL_MODELS": "0"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"Port {busy_port} is in use. Stop the program that uses it (is the site running already?), "
        f"or choose another: PORT={busy_port + 1} make run"
    )


def test_a_port_of_models_that_serves_something_else_is_refused(http_ranges):
    with pytest.raises(LocalError, match="something else answers there"):
        launcher._serves_models(http_ranges(b"not a model"))


def test_a_port_of_models_where_nothing_listens_is_free():
    assert launcher._serves_models("http://127.0.0.1:1/v1") is False


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, True),
        ({"LOCAL_MODELS": "0"}, False),
        ({"OPENROUTER_API_KEY": "secret"}, False),
        ({"OPENROUTER_API_KEY": "secret", "LOCAL_MODELS": "1"}, True),
        ({"OPENROUTER_API_KEY": "secret", "LOCAL_MODELS_URL": "http://127.0.0.1:9999/v1"}, True),
    ],
)
def test_local_models_run_unless_refused_or_replaced(without_models, monkeypatch, variables, wanted):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert environment.wants_local_models(ROOT) is wanted


def test_the_secret_key_is_made_once_and_closed_to_others(tmp_path):
    file = tmp_path / "var" / "secret.key"
    key = environment._secret_key(file)
    assert len(key) >= 50
    assert environment._secret_key(file) == key
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("WARNING: Retrying …\nERROR: No matching distribution found for x", "The packages could not be downloaded"),
        ("ERROR: No matching distribution found for x", "A package does not exist for this Python"),
        ("something new", "The packages could not be installed"),
    ],
)
def test_a_failed_installation_is_one_sentence(said, sentence):
    assert install.explain(said).startswith(sentence)


def test_an_old_python_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(install.sys, "version_info", (3, 10, 4))
    with pytest.raises(LocalError, match="Python 3.11 or newer is needed"):
        install.install("run", tmp_path)


def test_the_fingerprint_follows_the_requirements(tmp_path):
    (tmp_path / "constraints.txt").write_text("x==1\n")
    before = install.fingerprint(tmp_path)
    assert install.fingerprint(tmp_path) == before
    (tmp_path / "requirements.txt").write_text("x\n")
    assert install.fingerprint(tmp_path) != before


def test_translations_are_compiled_only_when_they_changed(tmp_path):
    folder = tmp_path / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    po = folder / "django.po"
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Vote"\nmsgstr "Vóter"\n')
    assert messages.compile_messages(tmp_path) == 1
    assert "Vóter".encode() in (folder / "django.mo").read_bytes()
    assert messages.compile_messages(tmp_path) == 0


def test_a_broken_translation_file_is_one_sentence(tmp_path):
    folder = tmp_path / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text("this is not a translation\n")
    with pytest.raises(LocalError, match="cannot be read"):
        messages.compile_messages(tmp_path)
    assert not list(folder.glob("*.mo*"))
